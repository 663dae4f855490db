// SARIF 2.1.0, for code scanning: failures and errors are results, a policy is a rule.
#pragma once

#include <string>

#include "harness/report/run_report.h"

namespace harness {

std::string render_sarif(const RunReport& report);

}  // namespace harness
