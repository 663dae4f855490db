#include "harness/command/mock_progress.h"

#include <chrono>

#include "harness/command/console.h"
#include "harness/report/clean.h"

namespace harness {

MockProgress::MockProgress(const base::Terminal& terminal, bool silent)
    : silent_(silent),
      redrawn_(terminal.interactive),
      width_(terminal.width > 10 ? terminal.width - 1 : 79) {
  if (silent_ || redrawn_) return;
  heart_ = std::jthread([this](const std::stop_token& stop) {
    constexpr std::chrono::seconds kHeartbeat{30};
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      wake_.wait_for(lock, stop, kHeartbeat, [] { return false; });
      if (!stop.stop_requested() && !states_.empty()) write_err("waiting: " + line() + "\n");
    }
  });
}

MockProgress::~MockProgress() {
  if (drawn_) write_err("\r\x1b[K");
}

void MockProgress::show(const std::string& mock, std::string_view state) {
  if (silent_) return;
  const std::lock_guard hold(mutex_);
  states_[mock] = state;
  if (redrawn_) redraw();
}

void MockProgress::done(const std::string& mock) {
  if (silent_) return;
  const std::lock_guard hold(mutex_);
  states_.erase(mock);
  if (redrawn_) redraw();
}

std::string MockProgress::line() const {
  std::string out;
  for (const auto& [mock, state] : states_)
    out += (out.empty() ? "" : "; ") + mock + ": " + clean_line(state, 80);
  return out;
}

void MockProgress::redraw() {
  std::string text = line();
  while (columns_of(text) > width_) {
    text.pop_back();
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80)
      text.pop_back();
  }
  write_err("\r\x1b[K" + text);
  drawn_ = true;
}

}  // namespace harness
