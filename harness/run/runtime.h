// Which runtime runs the policies, and which one explains.
#pragma once

#include <memory>
#include <string>

#include "harness/manifest/manifest.h"
#include "harness/run/run.h"
#include "plugin/base/result.h"
#include "plugin/policy_runtime/policy_runtime.h"

namespace harness {

struct Runtimes {
  std::unique_ptr<policy_runtime::PolicyRuntime> builtin;
  std::unique_ptr<policy_runtime::PolicyRuntime> cli;  // null: not used
  bool both = false;                                   // their verdicts are compared

  /// The one whose outcomes are judged.
  policy_runtime::PolicyRuntime& judged() const { return cli ? *cli : *builtin; }
  /// "builtin 1.0", "sentinel 0.40.0", "sentinel 0.40.0 and builtin 1.0"
  std::string shown() const;
};

/// "builtin 1.0"
std::string shown(const policy_runtime::RuntimeInfo& info);

/// `auto` takes the `sentinel` on PATH (absolute entries outside the repository) unless it is this
/// very program. `home`: an empty folder for the child. Errors: no CLI where one is demanded, one
/// that cannot be used, or whose version the manifest does not want.
base::Result<Runtimes> open_runtimes(const Manifest& manifest, const RunOptions& options,
                                     const base::System& system, const base::Path& home,
                                     const base::CancelToken& cancel);

/// Whether `version` satisfies a list of constraints, all of which must hold: `>= 0.26, < 1.0`,
/// `0.40.0`, `~> 0.26`.
bool satisfies(std::string_view version, std::string_view constraints);

}  // namespace harness
