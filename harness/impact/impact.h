// What would a policy have stopped? Policies and a search for workspaces come in; the plans of
// their runs are had (kept in a state folder, so that a second start goes on where the first one
// ended), the policies run over them; an ImpactReport goes out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/impact/search.h"
#include "harness/manifest/manifest.h"
#include "harness/run/run.h"
#include "plugin/base/diagnostic.h"
#include "plugin/base/system.h"
#include "plugin/http/http.h"
#include "plugin/mock_source/mock_source.h"

namespace harness {

/// What a policy said to one plan.
enum class ImpactResult { Pass, Fail, Undefined, Error };

/// "pass", "fail", "undefined", "error"
std::string_view impact_name(ImpactResult result);

struct PolicyImpact {
  ImpactResult result = ImpactResult::Error;
  std::string why;    // one line; empty for a pass
  base::Location at;  // where in the policy; line 0: not known
};

/// One plan, and what every policy said to it, in the order of the policies.
struct PlanImpact {
  FoundRun run;
  std::vector<PolicyImpact> policies;       // empty: they were not run over it
  std::optional<base::Diagnostic> problem;  // why there is no result
  bool runtime_failed = false;              // the problem is the runtime's, not the plan's
  bool fetched = false;                     // by this start
};

struct ImpactCounts {
  std::size_t pass = 0;
  std::size_t fail = 0;
  std::size_t undefined = 0;
  std::size_t error = 0;

  std::size_t all() const { return pass + fail + undefined + error; }
};

struct ImpactReport {
  std::string harness_version;
  std::string runtime;  // "builtin 1.0"; empty: nothing was run
  std::string host;
  std::string origin;                      // "https://app.terraform.io"
  std::string since;                       // RFC 3339
  std::vector<std::string> searches;       // "acme/*-prod"
  std::vector<std::string> policies;       // paths from the repository's root
  std::vector<FoundWorkspace> workspaces;  // in the order of their names
  std::vector<PlanImpact> plans;           // by workspace, newest first
  std::size_t left = 0;                    // plans that were found and not looked at
  bool complete = true;                    // false: stopped before all was found and run
  std::vector<base::Diagnostic> problems;  // of the search
  std::vector<std::string> warnings;

  ImpactCounts counts(std::size_t policy, std::string_view workspace = {}) const;
  /// Plans that could not be had.
  std::size_t missing(std::string_view workspace = {}) const;
  /// 0; 3: plans or workspaces could not be had; 4: a runtime failed; 5: there was no plan.
  int exit_code() const;
};

struct ImpactOptions {
  http::Url origin;
  std::vector<WorkspaceSearch> searches;
  Since since;
  bool plan_only = false;  // speculative runs, too
  base::Path root;         // the repository's: the state is in its `.harness/impact`
  /// The policies with what the manifest gives them: modules, params … `mocks` is not looked at.
  std::vector<Case> policies;
  Sentinel sentinel;
  bool allow_outside = false;
  RunOptions run;
};

/// "12 of 40 workspaces, 130 plans, 90 ready, 80 done"
using ImpactProgress = std::function<void(std::string_view state)>;

/// An error: nothing could be begun (no token, another one is at work in the same repository).
base::Result<ImpactReport> measure_impact(const ImpactOptions& options, const base::System& system,
                                          const base::CancelToken& cancel,
                                          const ImpactProgress& progress);

/// A plan that was had before, by the id of its plan: its files and where they came from.
struct KeptPlan {
  base::Path folder;
  mock_source::Provenance provenance;
};
std::optional<KeptPlan> kept_plan(const base::Path& root, const http::Url& origin,
                                  const std::string& plan);

}  // namespace harness
