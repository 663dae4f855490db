// An interesting plan as a mock and a case: into the manifest where its text has a place for them,
// else as a snippet to paste.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/impact/impact.h"
#include "harness/manifest/manifest.h"
#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace harness {

/// What `--save NAME[=RUN]` asks for.
struct SaveRequest {
  std::string name;  // of the mock
  std::string run;   // "run-…" or "plan-…"; empty: the newest plan that a policy did not pass
};
base::Result<SaveRequest> parse_save(std::string_view text);

/// The plan meant; null where there is none.
const PlanImpact* plan_to_save(const ImpactReport& report, const SaveRequest& request);

/// A case to add: a policy, as the manifest names it, and what is expected of it.
struct NewCase {
  std::string policy;
  std::string name;
  std::string mock;
  std::string expect;
};

/// The text of a manifest with one mock and some cases more; nothing where its `mocks` or `tests`
/// are not written as blocks, so that there is no safe place. `mock`: its value, in one line. A
/// case goes behind those of its policy, where there are some.
std::optional<std::string> with_case(std::string_view manifest, std::string_view name,
                                     std::string_view mock, const std::vector<NewCase>& cases);

/// The same as a text to paste.
std::string snippet(std::string_view name, std::string_view mock,
                    const std::vector<NewCase>& cases);

/// Writes mock and cases of `plan` into the manifest (a new one in `folder` where there is none),
/// and records the mock from what was fetched already. Returns what it did, in words.
base::Result<std::string> save_plan(const Manifest* manifest, const base::Path& folder,
                                    const ImpactOptions& options, const ImpactReport& report,
                                    const PlanImpact& plan, const std::string& name,
                                    const base::System& system, const base::CancelToken& cancel);

}  // namespace harness
