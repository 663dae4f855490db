#include "plugin/http/poco/stop.h"

#include <algorithm>

#include <sys/socket.h>

namespace http {

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Watchdog::work() {
  std::unique_lock lock(mutex_);
  while (!closing_) {
    const auto now = std::chrono::steady_clock::now();
    // Far enough for any exchange, near enough for the arithmetic of condition variables.
    Instant next = now + std::chrono::hours(1);
    for (auto& [until, socket] : watched_) {
      if (until <= now) {
        ::shutdown(socket, SHUT_RDWR);
        // Again soon: a socket that was still connecting takes no notice the first time.
        next = std::min(next, now + std::chrono::milliseconds(100));
      } else {
        next = std::min(next, until);
      }
    }
    changed_.wait_until(lock, next);
  }
}

Watchdog::Watch::Watch(Watchdog& dog, int socket, Instant until) : dog_(dog) {
  {
    const std::lock_guard lock(dog_.mutex_);
    entry_ = dog_.watched_.emplace(dog_.watched_.end(), until, socket);
    if (!dog_.thread_.joinable()) dog_.thread_ = std::thread([&d = dog_] { d.work(); });
  }
  dog_.changed_.notify_all();
}

Watchdog::Watch::~Watch() {
  const std::lock_guard lock(dog_.mutex_);
  dog_.watched_.erase(entry_);
}

std::chrono::milliseconds Stop::at_most(std::chrono::milliseconds most) const {
  // Rounded up: what waits that long must find the time over, or another reason is named.
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until_ - std::chrono::steady_clock::now());
  return std::max(std::chrono::milliseconds(1), std::min(most, left));
}

Guard::Guard(Watchdog& dog, int socket, const Stop& stop)
    : watch_(dog, socket, stop.until()),
      hook_(stop.token().on_cancel([socket] { ::shutdown(socket, SHUT_RDWR); })) {}

}  // namespace http
