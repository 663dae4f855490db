// What a run shows while it runs: one redrawn line on a terminal; else a line for each finished
// policy, and a sign of life every half minute while something is awaited.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "harness/run/event.h"
#include "plugin/base/system.h"

namespace harness {

enum class ProgressStyle { None, Plain, Redrawn };

class Progress {
 public:
  /// `policies`: how many cases each policy has, by its path.
  Progress(ProgressStyle style, const base::System& system,
           const std::map<std::string, std::size_t>& policies);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  void on(const Event& event);

 private:
  struct PolicyState {
    std::size_t left = 0;
    std::size_t failed = 0;
    std::size_t not_finished = 0;  // the run was stopped
    std::size_t all = 0;
  };

  void redraw(bool force);
  void erase();
  void beat();
  void finish_policy(const std::string& policy, const PolicyState& state);
  std::string status() const;

  ProgressStyle style_;
  base::System system_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::map<std::string, PolicyState> policies_;
  std::map<std::string, std::string> mocks_;  // being fetched → state
  std::size_t all_ = 0;
  std::size_t done_ = 0;
  std::size_t failed_ = 0;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_;
  std::jthread heart_;
};

}  // namespace harness
