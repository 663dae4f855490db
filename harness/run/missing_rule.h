// Why a rule that a case expects has no value: the policy has no such rule, or nothing asked for
// it.
#pragma once

#include "harness/report/run_report.h"
#include "plugin/base/system.h"

namespace harness {

/// Completes mismatches that say `not evaluated`: "missing: the policy has no rule `x`; did you
/// mean `y`?", or "not evaluated: nothing that `main` needs asks for it". A policy that does not
/// parse, and one that ended in an error, say enough.
void explain_missing_rules(CaseReport& item, const base::Path& policy);

}  // namespace harness
