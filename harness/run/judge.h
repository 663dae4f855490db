// The only place that makes a verdict: an expectation and what a runtime observed come in, the
// verdict and what does not hold go out.
#pragma once

#include <vector>

#include "harness/manifest/manifest.h"
#include "harness/report/run_report.h"
#include "plugin/policy_runtime/policy_runtime.h"

namespace harness {

struct Judgement {
  Verdict verdict = Verdict::Failed;  // Passed or Failed
  std::vector<Mismatch> mismatches;   // empty where passed, timed out or not parsed
};

/// How strictly the value of `main` is looked for where a rule of that name is expected.
enum class MainLookup {
  RuleOrResult,  // `main = expression` counts, too
  RuleOnly,      // as HashiCorp's `sentinel test` does: a native case
};

/// A policy that does not parse and one that ran into the time limit fail whatever is expected.
/// An expectation without any part asserts only that there is no error.
Judgement judge(const Expectation& expectation, const policy_runtime::Outcome& outcome,
                MainLookup lookup = MainLookup::RuleOrResult);

/// "pass", "fail", "undefined", "error"
std::string_view result_name(policy_runtime::Outcome::Result result);

/// An expectation in words: "pass", "main = false, prints".
std::string in_words(const Expectation& expectation);

}  // namespace harness
