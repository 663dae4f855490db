// What commands that only fetch mocks show meanwhile: one redrawn line on a terminal, else a sign
// of life every half minute.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "plugin/base/system.h"

namespace harness {

/// Thread-safe. Erases its line when it goes.
class MockProgress {
 public:
  MockProgress(const base::Terminal& terminal, bool silent);
  MockProgress(const MockProgress&) = delete;
  MockProgress& operator=(const MockProgress&) = delete;
  ~MockProgress();

  void show(const std::string& mock, std::string_view state);
  void done(const std::string& mock);

 private:
  void redraw();
  std::string line() const;

  std::mutex mutex_;
  bool silent_;
  bool redrawn_;
  std::size_t width_;
  bool drawn_ = false;
  std::map<std::string, std::string> states_;  // of mocks that are being fetched
  std::condition_variable_any wake_;
  std::jthread heart_;
};

}  // namespace harness
