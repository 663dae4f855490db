// One token that Ctrl-C, `--timeout` and `--fail-fast` all pull.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace base {

enum class CancelReason { None, Interrupt, Terminate, Timeout, FailFast };

/// Shared by everything that may have to stop. Copies share one state. All methods are thread-safe.
class CancelToken {
 public:
  CancelToken() : state_(std::make_shared<State>()) {}

  /// The first reason stays.
  void cancel(CancelReason reason) const;
  bool cancelled() const { return reason() != CancelReason::None; }
  CancelReason reason() const;

  /// Sleeps for `time`, or until cancelled. True: slept to the end.
  bool sleep(std::chrono::milliseconds time) const;

  /// Calls `action` once when the token is pulled, from the pulling thread (at once if it has
  /// been). The action must be quick and must not call back into the token. Dropping the handle
  /// unhooks it and waits for a running action.
  class Hook {
   public:
    Hook() = default;
    Hook(Hook&& other) noexcept : token_(std::move(other.token_)), id_(other.id_) { other.id_ = 0; }
    Hook& operator=(Hook&& other) noexcept;
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;
    ~Hook();

   private:
    friend class CancelToken;
    struct Access;
    std::shared_ptr<Access> token_;
    std::uint64_t id_ = 0;
  };
  [[nodiscard]] Hook on_cancel(std::function<void()> action) const;

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    CancelReason reason = CancelReason::None;
    std::uint64_t next_id = 1;
    std::map<std::uint64_t, std::function<void()>> hooks;
  };
  std::shared_ptr<State> state_;
};

}  // namespace base
