#include "plugin/base/cancel.h"

namespace base {

struct CancelToken::Hook::Access {
  std::shared_ptr<State> state;
};

void CancelToken::cancel(CancelReason reason) const {
  const std::lock_guard lock(state_->mutex);
  if (state_->reason != CancelReason::None) return;
  state_->reason = reason;
  // Under the lock, so that a Hook's destructor can wait for a running action.
  for (const auto& [id, action] : state_->hooks)
    action();
  state_->changed.notify_all();
}

CancelReason CancelToken::reason() const {
  const std::lock_guard lock(state_->mutex);
  return state_->reason;
}

bool CancelToken::sleep(std::chrono::milliseconds time) const {
  std::unique_lock lock(state_->mutex);
  return !state_->changed.wait_for(lock, time,
                                   [&] { return state_->reason != CancelReason::None; });
}

CancelToken::Hook CancelToken::on_cancel(std::function<void()> action) const {
  Hook hook;
  const std::lock_guard lock(state_->mutex);
  if (state_->reason != CancelReason::None) {
    action();
    return hook;
  }
  hook.token_ = std::make_shared<Hook::Access>(Hook::Access{state_});
  hook.id_ = state_->next_id++;
  state_->hooks.emplace(hook.id_, std::move(action));
  return hook;
}

CancelToken::Hook& CancelToken::Hook::operator=(Hook&& other) noexcept {
  std::swap(token_, other.token_);
  std::swap(id_, other.id_);
  return *this;
}

CancelToken::Hook::~Hook() {
  if (!token_ || id_ == 0) return;
  const std::lock_guard lock(token_->state->mutex);
  token_->state->hooks.erase(id_);
}

}  // namespace base
