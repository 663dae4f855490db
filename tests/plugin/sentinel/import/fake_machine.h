// A machine without a program: tests write a call as a policy would, and get the printed result.
//
//   evaluate(R"(strings.split("a.b", "."))")  ->  ["a" "b"]
//
// There are literals, calls, selectors, indexes and the callbacks named in fake_machine.cpp: no
// operators, no variables.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "plugin/base/system.h"
#include "plugin/sentinel/value/collection.h"
#include "plugin/sentinel/value/native.h"

namespace sentinel {

/// What a failing call throws.
struct Failed {
  std::string message;
};

class FakeClock : public base::Clock {
 public:
  std::chrono::system_clock::time_point now() const override { return wall; }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(slept);
  }
  bool sleep(std::chrono::milliseconds time, const base::CancelToken& cancel) const override {
    slept += time;
    return !cancel.cancelled();
  }

  std::chrono::system_clock::time_point wall{std::chrono::seconds(1573867230)};
  mutable std::chrono::milliseconds slept{0};
};

class FakeMachine : public Machine {
 public:
  FakeMachine() : FakeMachine(std::make_shared<FakeClock>()) {}

  Value call(const Value& function, std::span<const Value> arguments) override;
  [[noreturn]] void fail(std::string message) override { throw Failed{std::move(message)}; }
  void print(std::string_view line) override { printed += std::string(line) + "\n"; }
  ImportState& state(const ImportRow& import) override { return states[&import]; }
  Value writable(const Value& collection) override { return collection; }

  /// The value of a call written as text; throws Failed.
  Value value(std::string_view text);
  /// Its printed form, strings quoted; `error: …` where it fails.
  std::string evaluate(std::string_view text);

  std::shared_ptr<FakeClock> clock;
  base::System machine_system;
  std::map<const ImportRow*, ImportState> states;
  std::string printed;
  int calls = 0;  // of callbacks

 private:
  explicit FakeMachine(std::shared_ptr<FakeClock> fake_clock)
      : Machine(memory_, machine_system), clock(std::move(fake_clock)) {
    machine_system.clock = clock;
  }

  Arena memory_;
};

/// On a fresh machine.
std::string evaluate(std::string_view text);

struct CallCase {
  std::string_view name;
  std::string_view call;
  std::string_view result;
};

/// Expects the result of each call.
void expect_results(std::span<const CallCase> cases);

}  // namespace sentinel
