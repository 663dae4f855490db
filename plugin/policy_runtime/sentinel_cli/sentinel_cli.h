// HashiCorp's `sentinel` as a child process, driven by its documented JSON.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/base/result.h"
#include "plugin/policy_runtime/policy_runtime.h"

namespace policy_runtime {

struct CliSettings {
  base::Path program;             // absolute
  base::Environment environment;  // all the child gets: no token
  /// How long `sentinel version` may take, and what a run gets on top of its cases' time.
  std::chrono::milliseconds patience{10'000};
};

/// "0.26.1"; missing parts are 0.
struct CliVersion {
  int major = 0;
  int minor = 0;
  int patch = 0;

  auto operator<=>(const CliVersion&) const = default;
};

std::optional<CliVersion> parse_version(std::string_view text);
std::string to_text(const CliVersion& version);

/// The oldest CLI whose configuration and JSON are understood.
inline constexpr CliVersion kOldestCli{0, 19, 0};

/// Asks the program for its version. Errors: it does not start, hangs, crashes, is no `sentinel`,
/// or is older than kOldestCli.
base::Result<std::unique_ptr<PolicyRuntime>> open_sentinel_cli(CliSettings settings,
                                                               const base::CancelToken& cancel);

}  // namespace policy_runtime
