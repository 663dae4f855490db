#include "plugin/base/lane.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <utility>

#include <pthread.h>
#include <sched.h>

namespace base {
namespace {

/// Moves a new thread off the processor of its maker, where it may wait for as long as the maker
/// works: Linux balances such a pair only after some ten milliseconds, which is as long as a small
/// suite takes. From then on it may run anywhere, as before.
void send_away(std::jthread& thread) {
  cpu_set_t all;
  const int here = ::sched_getcpu();
  if (here < 0 || ::sched_getaffinity(0, sizeof(all), &all) != 0 || CPU_COUNT(&all) < 2) return;
  cpu_set_t others = all;
  CPU_CLR(static_cast<unsigned>(here), &others);
  if (::pthread_setaffinity_np(thread.native_handle(), sizeof(others), &others) == 0) {
    ::pthread_setaffinity_np(thread.native_handle(), sizeof(all), &all);
  }
}

}  // namespace

Lane::Lane(std::size_t threads) {
  threads_.reserve(threads == 0 ? 1 : threads);
  for (std::size_t i = 0; i < (threads == 0 ? 1 : threads); ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

Lane::~Lane() {
  drain();
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
}

void Lane::post(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void Lane::drain() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [&] { return jobs_.empty() && running_ == 0; });
}

void Lane::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return closing_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    ++running_;
    lock.unlock();
    job();
    job = nullptr;  // what it holds is dropped before the lane counts as idle
    lock.lock();
    --running_;
    if (jobs_.empty() && running_ == 0) idle_.notify_all();
  }
}

void for_each_number(std::size_t count, std::size_t threads,
                     const std::function<void(std::size_t)>& job) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t at = next++; at < count; at = next++)
      job(at);
  };
  std::vector<std::jthread> others;
  const std::size_t wanted = std::min(std::max<std::size_t>(threads, 1), count);
  try {
    while (others.size() + 1 < wanted)
      send_away(others.emplace_back(work));
  } catch (const std::system_error&) {
    // The system gives no more threads: those that there are do the work.
  }
  work();
}

}  // namespace base
