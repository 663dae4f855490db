// The machine, as the rest of the program sees it. `main.cpp` makes the one System and passes it
// down; a test makes its own, with a clock that never really waits.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/base/cancel.h"

namespace base {

using Path = std::filesystem::path;

/// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall time, UTC.
  virtual std::chrono::system_clock::time_point now() const = 0;
  /// For measuring; never runs backwards.
  virtual std::chrono::steady_clock::time_point steady() const = 0;
  /// Sleeps for `time`, or until cancelled. True: slept to the end.
  virtual bool sleep(std::chrono::milliseconds time, const CancelToken& cancel) const = 0;
};

std::shared_ptr<Clock> real_clock();

/// A snapshot of environment variables.
using Environment = std::map<std::string, std::string, std::less<>>;

/// The value of `name`; empty where it is not set.
std::string_view get(const Environment& environment, std::string_view name);

/// One output stream's abilities.
struct Terminal {
  bool interactive = false;  // a terminal somebody looks at
  bool colour = false;       // as the stream itself and TERM say; flags and NO_COLOR come on top
  bool utf8 = true;
  std::size_t width = 80;  // columns
};

struct System {
  std::shared_ptr<Clock> clock;
  Environment environment;
  Terminal out;
  Terminal err;
  bool interactive_input = false;  // somebody can answer a prompt
  Path working_directory;
};

/// This process's machine.
System real_system();

/// `2026-11-24T21:36:04Z`
std::string to_rfc3339(std::chrono::system_clock::time_point time);

/// Accepts `Z` or a numeric offset, with or without fractions of a second.
std::optional<std::chrono::system_clock::time_point> from_rfc3339(std::string_view text);

}  // namespace base
