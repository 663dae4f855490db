// What tests against the emulator share: a clock that never waits, a machine with chosen
// environment, a folder of runs to serve, temporary folders.
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "plugin/base/system.h"
#include "tests/emulator/emulator.h"
#include "tests/temporary_folder.h"

namespace emulator {

/// A sleep moves the time and returns. Thread-safe.
class FakeClock final : public base::Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    const std::lock_guard lock(mutex_);
    return std::chrono::system_clock::time_point(std::chrono::seconds(1'790'000'000)) + passed_;
  }
  std::chrono::steady_clock::time_point steady() const override {
    const std::lock_guard lock(mutex_);
    return std::chrono::steady_clock::time_point(std::chrono::hours(1)) + passed_;
  }
  bool sleep(std::chrono::milliseconds time, const base::CancelToken& cancel) const override {
    if (cancel.cancelled()) return false;
    std::function<void()> hook;
    bool waits = false;
    {
      const std::lock_guard lock(mutex_);
      passed_ += time;
      slept_ += time;
      hook = on_sleep_;
      waits = passed_ >= patience_;
    }
    if (hook) hook();
    while (waits && !cancel.cancelled())
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return !cancel.cancelled();
  }
  void advance(std::chrono::milliseconds time) {
    const std::lock_guard lock(mutex_);
    passed_ += time;
  }
  /// All that anybody slept.
  std::chrono::milliseconds slept() const {
    const std::lock_guard lock(mutex_);
    return slept_;
  }
  /// Once `time` has passed from now, a sleep ends no more unless it is cancelled.
  void sleep_on_after(std::chrono::milliseconds time) {
    const std::lock_guard lock(mutex_);
    patience_ = passed_ + time;
  }
  void on_sleep(std::function<void()> hook) {
    const std::lock_guard lock(mutex_);
    on_sleep_ = std::move(hook);
  }

 private:
  mutable std::mutex mutex_;
  mutable std::chrono::milliseconds passed_{0}, slept_{0};
  std::chrono::milliseconds patience_ = std::chrono::milliseconds::max();
  std::function<void()> on_sleep_;
};

inline base::System test_system(std::shared_ptr<base::Clock> clock, base::Environment environment) {
  base::System out;
  out.clock = std::move(clock);
  out.environment = std::move(environment);
  out.working_directory = std::filesystem::temp_directory_path();
  return out;
}

using TemporaryFolder = temporary::Folder;

inline std::string read_text(const base::Path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// A run of acme/WORKSPACE whose bundle is two small files in `folder`.
inline RunData run_data(const TemporaryFolder& folder, const std::string& id,
                        const std::string& workspace = "network-prod") {
  folder.write("bundle/mock-tfplan-v2.sentinel", "terraform_version = \"1.9.8\"\n");
  folder.write(
      "bundle/sentinel.hcl",
      "mock \"tfplan/v2\" {\n  module {\n    source = \"mock-tfplan-v2.sentinel\"\n  }\n}\n");
  return {.id = id,
          .organization = "acme",
          .workspace = workspace,
          .created_at = "2026-11-20T10:00:00.000Z",
          .folder = folder.path() / "bundle"};
}

}  // namespace emulator
