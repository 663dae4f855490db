#include "harness/command/signal.h"

#include <array>
#include <cstdint>
#include <thread>

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace harness {

struct SignalWatch::Inside {
  int signals = -1;
  int stop = -1;
  sigset_t before{};
  std::thread thread;
};

SignalWatch::SignalWatch(const base::CancelToken& cancel) : inside_(std::make_unique<Inside>()) {
  sigset_t watched;
  ::sigemptyset(&watched);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    ::sigaddset(&watched, signal);
  ::pthread_sigmask(SIG_BLOCK, &watched, &inside_->before);
  inside_->signals = ::signalfd(-1, &watched, SFD_CLOEXEC);
  inside_->stop = ::eventfd(0, EFD_CLOEXEC);
  inside_->thread = std::thread([cancel, inside = inside_.get()] {
    std::array<pollfd, 2> polled{{{inside->signals, POLLIN, 0}, {inside->stop, POLLIN, 0}}};
    for (int seen = 0;;) {
      if (::poll(polled.data(), polled.size(), -1) < 0) continue;
      if (polled[1].revents != 0) return;
      signalfd_siginfo info{};
      if (::read(inside->signals, &info, sizeof info) != sizeof info) continue;
      const bool interrupt = info.ssi_signo == SIGINT;
      if (++seen > 1) ::_exit(interrupt ? 130 : 143);
      cancel.cancel(interrupt ? base::CancelReason::Interrupt : base::CancelReason::Terminate);
    }
  });
}

SignalWatch::~SignalWatch() {
  const std::uint64_t one = 1;
  if (::write(inside_->stop, &one, sizeof one) == sizeof one) inside_->thread.join();
  ::close(inside_->signals);
  ::close(inside_->stop);
  ::pthread_sigmask(SIG_SETMASK, &inside_->before, nullptr);
}

}  // namespace harness
