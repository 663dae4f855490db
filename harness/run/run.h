// The main job: a checked manifest and the chosen cases come in; mocks are had, the Sentinel test
// directory is built, policies are run and judged; a RunReport goes out. A policy's cases start
// when their own mocks are there.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/fixture/store.h"
#include "harness/manifest/manifest.h"
#include "harness/report/run_report.h"
#include "harness/run/event.h"
#include "plugin/base/system.h"
#include "plugin/mock_bundle/unpack.h"

namespace harness {

struct RunOptions {
  std::optional<RuntimeChoice> runtime;  // none: the manifest's
  std::size_t jobs = 1;
  bool fail_fast = false;
  bool trace = false;
  bool coverage = false;
  double least_coverage = 0;  // percent; below, the run fails
  bool keep_workdir = false;
  bool keep_failed = true;  // the work folder of a run with failures
  bool allow_exec = false;
  bool allow_network = false;
  FixtureMode fixtures;
  std::chrono::milliseconds case_timeout{60'000};
  std::chrono::milliseconds export_timeout{600'000};
  std::optional<std::chrono::milliseconds>
      timeout;  // of the run, for messages: the token is pulled
  mock_bundle::UnpackLimits limits;
  std::vector<std::string> pass_env;
  std::string version;  // of the harness, for reports
};

/// `cases`: indices into the manifest's, in its order. Every one of them gets a verdict, also when
/// the run is stopped. `exit_code` and `reasons` of the report are set.
RunReport run(const Manifest& manifest, const std::vector<std::size_t>& cases,
              const RunOptions& options, const base::System& system,
              const base::CancelToken& cancel, const EventSink& sink);

/// Sets `exit_code` and `reasons` from the verdicts, the coverage and why the run was stopped.
void decide_exit(RunReport& report, const RunOptions& options, base::CancelReason stopped);

/// A run with no case and an error that kept it from starting.
RunReport failed_run(const Manifest& manifest, const RunOptions& options,
                     const base::System& system, base::Diagnostic problem, int exit_code);

}  // namespace harness
