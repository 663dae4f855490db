#include "harness/command/progress.h"

#include "harness/command/console.h"
#include "harness/report/clean.h"

namespace harness {
namespace {

constexpr std::chrono::milliseconds kRedraw{80};
constexpr std::chrono::seconds kHeartbeat{30};

}  // namespace

Progress::Progress(ProgressStyle style, const base::System& system,
                   const std::map<std::string, std::size_t>& policies)
    : style_(style), system_(system), last_(system.clock->steady()) {
  for (const auto& [policy, count] : policies)
    policies_[policy] = {.left = count, .all = count};
}

Progress::~Progress() {
  if (heart_.joinable()) {
    heart_.request_stop();
    wake_.notify_all();
    heart_.join();
  }
  const std::lock_guard hold(mutex_);
  erase();
}

void Progress::on(const Event& event) {
  if (style_ == ProgressStyle::None) return;
  const std::lock_guard hold(mutex_);
  switch (event.kind) {
  case Event::Kind::Started:
    all_ = event.cases;
    break;
  case Event::Kind::Progress:
    mocks_[event.mock] = event.state;
    // Only who waits needs a sign of life, and most runs do not.
    if (style_ == ProgressStyle::Plain && !heart_.joinable())
      heart_ = std::jthread([this](const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested()) {
          wake_.wait_for(lock, stop, kHeartbeat, [] { return false; });
          if (!stop.stop_requested()) beat();
        }
      });
    break;
  case Event::Kind::MockReady:
    mocks_.erase(event.mock);
    break;
  case Event::Kind::Verdict: {
    ++done_;
    const bool bad =
        event.verdict->verdict == Verdict::Failed || event.verdict->verdict == Verdict::Error;
    if (bad) ++failed_;
    PolicyState& state = policies_[event.verdict->policy];
    if (bad) ++state.failed;
    if (event.verdict->verdict == Verdict::Skipped) ++state.not_finished;
    if (state.left > 0 && --state.left == 0) finish_policy(event.verdict->policy, state);
    break;
  }
  case Event::Kind::Finished:
    erase();
    return;
  }
  redraw(event.kind == Event::Kind::Started);
}

std::string Progress::status() const {
  std::string out = std::to_string(done_) + "/" + std::to_string(all_) + " cases";
  if (failed_ > 0) out += ", " + std::to_string(failed_) + " failed";
  for (const auto& [name, state] : mocks_)
    out += ", " + name + ": " + clean_line(state, 80);
  return out;
}

void Progress::redraw(bool force) {
  if (style_ != ProgressStyle::Redrawn) return;
  const auto now = system_.clock->steady();
  if (!force && now - last_ < kRedraw) return;
  last_ = now;
  std::string line = status();
  const std::size_t width = system_.err.width > 10 ? system_.err.width - 1 : 79;
  while (columns_of(line) > width) {
    line.pop_back();
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xC0U) == 0x80)
      line.pop_back();
  }
  write_err("\r\x1b[K" + line);
  drawn_ = true;
}

void Progress::erase() {
  if (drawn_) write_err("\r\x1b[K");
  drawn_ = false;
}

void Progress::beat() {
  if (mocks_.empty() && done_ == all_) return;
  write_err("waiting: " + status() + "\n");
}

void Progress::finish_policy(const std::string& policy, const PolicyState& state) {
  if (style_ != ProgressStyle::Plain) return;
  const std::string_view mark = state.failed > 0         ? "FAIL  "
                                : state.not_finished > 0 ? "STOP  "
                                                         : "done  ";
  write_err(
      std::string(mark) + clean_for_ci(policy) + "  " + counted(state.all, "case", "cases") +
      (state.failed > 0 ? ", " + std::to_string(state.failed) + " failed" : "") +
      (state.not_finished > 0 ? ", " + std::to_string(state.not_finished) + " not finished" : "") +
      "\n");
}

}  // namespace harness
