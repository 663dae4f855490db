// A lane of worker threads: a few for waiting (network, child processes), `-j` for work.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace base {

/// Runs posted jobs on its threads, in the order they were posted. Jobs must not throw. A job may
/// post further jobs. The destructor waits for all of them.
class Lane {
 public:
  explicit Lane(std::size_t threads);
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  ~Lane();

  void post(std::function<void()> job);
  /// Waits until nothing is queued or running.
  void drain();

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::deque<std::function<void()>> jobs_;
  std::size_t running_ = 0;
  bool closing_ = false;
  std::vector<std::jthread> threads_;
};

/// Calls `job` with each number below `count`, on the calling thread and up to `threads` - 1
/// others, and returns when all calls have returned. Every thread takes the lowest number that none
/// has taken. `job` must not throw.
void for_each_number(std::size_t count, std::size_t threads,
                     const std::function<void(std::size_t)>& job);

}  // namespace base
