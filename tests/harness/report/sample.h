// A run with one case of every kind, for the golden files of all formats.
#pragma once

#include "harness/report/run_report.h"

namespace harness {

/// Nothing but what a user may write.
RunReport sample_run();

/// The same kinds with hostile text in every name, print and value.
RunReport hostile_run();

/// No case at all.
RunReport empty_run();

/// One that came to its time limit: a case passed, one is skipped by the manifest, two did not
/// finish.
RunReport stopped_run();

/// With the coverage of one file.
RunReport covered_run();

/// As many `cases`, four a policy; one in fifty did not pass.
RunReport large_run(std::size_t cases);

}  // namespace harness
