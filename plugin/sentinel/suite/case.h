// One native test case: read, run, judged. Documentation: Sentinel, writing, testing.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "plugin/base/cancel.h"
#include "plugin/base/system.h"
#include "plugin/sentinel/eval/evaluate.h"
#include "plugin/sentinel/suite/inputs.h"
#include "plugin/sentinel/suite/loader.h"

namespace sentinel {

/// What holds for all cases of a run.
struct CaseOptions {
  Reach reach;
  Limits limits;
  Observe observe;
  bool allow_network = false;
  base::CancelToken cancel;
};

/// A rule that has not the value that the case's `test` block asks for.
struct Mismatch {
  std::string rule;
  OwnedValue expected;
  bool evaluated = true;  // false: the rule is not in the trace
  Value actual;           // lives in the outcome's memory

  /// `expected "main" to be true, got: false`
  std::string to_text(std::string_view policy) const;
};

struct CaseResult {
  enum class Status { Pass, Fail, Error };

  Status status = Status::Error;
  std::vector<base::Diagnostic> problems;  // why it could not run; Error
  std::optional<Outcome> outcome;          // none: it could not run
  std::vector<Mismatch> mismatches;        // Fail
  bool legacy = false;                     // the case is in the old JSON dialect
  std::vector<std::string> warnings;
  std::chrono::steady_clock::duration duration{};
};

/// "PASS", "FAIL", "ERROR"
std::string_view name_of(CaseResult::Status status);

/// Runs the case in `case_file` against `policy`. Thread-safe.
CaseResult run_case(const LoadedFile& policy, const base::Path& case_file, Loader& loader,
                    const CaseOptions& options, const base::System& system);

}  // namespace sentinel
