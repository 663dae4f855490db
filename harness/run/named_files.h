// Everything that a manifest names, read as a run would read it: what `harness check` promises.
#pragma once

#include <vector>

#include "harness/fixture/store.h"
#include "harness/manifest/manifest.h"
#include "harness/run/run.h"
#include "plugin/base/cancel.h"
#include "plugin/base/diagnostic.h"
#include "plugin/base/system.h"

namespace harness {

/// What is wrong with policies, modules, static files, extra mocks, mocks and native cases, in the
/// manifest's order, each problem once. A recorded mock that has no fixture yet is no problem.
/// Nothing is fetched, no command of the manifest is run, and nothing is written but to a folder
/// for temporary files, which is removed. `store`: null where it cannot be opened; then recorded
/// mocks are passed over.
std::vector<base::Diagnostic> problems_of_named_files(const Manifest& manifest,
                                                      const FixtureStore* store,
                                                      const RunOptions& options,
                                                      const base::System& system,
                                                      const base::CancelToken& cancel);

}  // namespace harness
