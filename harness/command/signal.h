// Ctrl-C and its kin: the first signal pulls the cancel token, so that everything ends in order and
// the reports are written; the second ends the program at once.
#pragma once

#include <memory>

#include "plugin/base/cancel.h"

namespace harness {

/// Made before any other thread. Only one may live at a time.
class SignalWatch {
 public:
  explicit SignalWatch(const base::CancelToken& cancel);
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace harness
