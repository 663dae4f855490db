#include "plugin/terraform_api/rate.h"

#include <algorithm>
#include <utility>

namespace terraform_api {

RateLimiter::Place RateLimiter::enter(const base::CancelToken& cancel) {
  using std::chrono::milliseconds;
  for (;;) {
    if (cancel.cancelled()) return Place(nullptr);
    milliseconds wait{0};
    {
      const std::lock_guard lock(mutex_);
      const auto now = clock_->steady();
      while (!answered_.empty() && answered_.front() + window_ < now)
        answered_.pop_front();
      if (now >= paused_until_ && on_the_way_ + answered_.size() < limit_) {
        ++on_the_way_;
        return Place(this);
      }
      auto next = now + milliseconds(2);  // all on the way: an answer may come at any time
      if (now < paused_until_) {
        next = paused_until_;
      } else if (!answered_.empty() && on_the_way_ == 0) {
        next = answered_.front() + window_;
      } else if (!answered_.empty()) {
        next = std::max(next, answered_.front() + window_);
      }
      wait = std::chrono::duration_cast<milliseconds>(next - now) + milliseconds(1);
    }
    if (!clock_->sleep(wait, cancel)) return Place(nullptr);
  }
}

void RateLimiter::leave() {
  const std::lock_guard lock(mutex_);
  --on_the_way_;
  answered_.push_back(clock_->steady());
}

void RateLimiter::announce(std::size_t limit) {
  const std::lock_guard lock(mutex_);
  limit_ = std::max<std::size_t>(1, limit);
}

void RateLimiter::pause(std::chrono::milliseconds time) {
  const std::lock_guard lock(mutex_);
  paused_until_ = std::max(paused_until_, clock_->steady() + time);
}

std::size_t RateLimiter::limit() const {
  const std::lock_guard lock(mutex_);
  return limit_;
}

}  // namespace terraform_api
