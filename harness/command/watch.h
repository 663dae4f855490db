// Waits for files of a repository to change, for `--watch`.
#pragma once

#include <memory>
#include <set>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace harness {

/// Watches every folder below `root` but `.git`, `.harness` and `.sentinel`, new ones too.
class Watch {
 public:
  static base::Result<std::unique_ptr<Watch>> open(const base::Path& root);
  ~Watch();

  /// Waits until something changes and then is quiet for a moment. Empty: cancelled.
  std::set<base::Path> wait(const base::CancelToken& cancel);

 private:
  Watch();
  void add(const base::Path& folder);

  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace harness
