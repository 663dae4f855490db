// What ends an exchange from outside: the caller's cancel, and the total time-out.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "plugin/base/cancel.h"

namespace http {

using Instant = std::chrono::steady_clock::time_point;

/// Shuts sockets down when their time has come: a read that a server feeds a byte at a time never
/// meets a time-out of its own. Thread-safe. The thread starts with the first watch.
class Watchdog {
 public:
  Watchdog() = default;
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

  /// One socket under watch, until dropped. Drop it before the socket is closed.
  class Watch {
   public:
    Watch(Watchdog& dog, int socket, Instant until);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();

   private:
    Watchdog& dog_;
    std::list<std::pair<Instant, int>>::iterator entry_;
  };

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<std::pair<Instant, int>> watched_;
  bool closing_ = false;
  std::thread thread_;
};

/// The end of one exchange. `cancelled` and `expired` are looked at before any error of a socket is
/// believed, since both end a read like a server that went away.
class Stop {
 public:
  Stop(const base::CancelToken& cancel, Instant until) : cancel_(cancel), until_(until) {}

  bool cancelled() const { return cancel_.cancelled(); }
  bool expired() const { return std::chrono::steady_clock::now() >= until_; }
  Instant until() const { return until_; }
  const base::CancelToken& token() const { return cancel_; }
  /// The smaller of `most` and what is left; at least a millisecond.
  std::chrono::milliseconds at_most(std::chrono::milliseconds most) const;

 private:
  const base::CancelToken& cancel_;
  Instant until_;
};

/// Shuts `socket` down on cancel or at the end of time, until dropped.
class Guard {
 public:
  Guard(Watchdog& dog, int socket, const Stop& stop);

 private:
  Watchdog::Watch watch_;
  base::CancelToken::Hook hook_;
};

}  // namespace http
