// Never more requests in any second than the server allows, however many mocks share it.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include "plugin/base/cancel.h"
#include "plugin/base/system.h"

namespace terraform_api {

/// At most `limit` requests arrive at the server in any `window`, whatever the network does to
/// their order: a request counts from before it is sent until a window after its answer came, and
/// its arrival lies between. Thread-safe.
class RateLimiter {
 public:
  RateLimiter(std::shared_ptr<base::Clock> clock, std::size_t limit,
              std::chrono::milliseconds window)
      : clock_(std::move(clock)), limit_(limit), window_(window) {}

  /// One request's place; dropped when its answer is there.
  class Place {
   public:
    explicit Place(RateLimiter* limiter) : limiter_(limiter) {}
    Place(Place&& other) noexcept : limiter_(std::exchange(other.limiter_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    Place(const Place&) = delete;
    ~Place() {
      if (limiter_ != nullptr) limiter_->leave();
    }
    /// False: cancelled while waiting; nothing may be sent.
    explicit operator bool() const { return limiter_ != nullptr; }

   private:
    RateLimiter* limiter_;
  };

  Place enter(const base::CancelToken& cancel);

  /// The server's own number, from its X-RateLimit-Limit.
  void announce(std::size_t limit);
  /// Nobody sends before `time` from now: the server said so to one of us.
  void pause(std::chrono::milliseconds time);
  std::size_t limit() const;

 private:
  void leave();

  std::shared_ptr<base::Clock> clock_;
  mutable std::mutex mutex_;
  std::size_t limit_;
  std::chrono::milliseconds window_;
  std::size_t on_the_way_ = 0;
  std::deque<std::chrono::steady_clock::time_point> answered_;
  std::chrono::steady_clock::time_point paused_until_{};
};

}  // namespace terraform_api
