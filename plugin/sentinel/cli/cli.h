// HashiCorp's `sentinel` command line over our runtime: commands, flags, text, JSON and exit codes
// as documented for Sentinel 0.40. `harness sentinel` and the link named `sentinel` are this.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "plugin/base/cancel.h"
#include "plugin/base/system.h"

namespace sentinel {

struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
};

// Exit codes.
inline constexpr int kPassed = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUndefinedResult = 2;
inline constexpr int kRuntimeError = 3;
inline constexpr int kOtherError = 9;
inline constexpr int kUnknownCommand = 127;

/// `arguments` begin behind the program's name. Thread-safe; never throws.
int run_command_line(const std::vector<std::string>& arguments, const base::System& system,
                     Streams streams, const base::CancelToken& cancel);

/// Names of the commands, for shell completion.
std::vector<std::string> command_names();

}  // namespace sentinel
