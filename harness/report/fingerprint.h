// An identity of a finding that does not change when lines move.
#pragma once

#include <string>

#include "harness/report/run_report.h"

namespace harness {

/// 16 hex digits, of policy and case.
std::string fingerprint(const CaseReport& item);

}  // namespace harness
