// The Test Anything Protocol: version 14 with a subtest for each policy, and flat version 13.
#pragma once

#include <string>

#include "harness/report/run_report.h"

namespace harness {

std::string render_tap(const RunReport& report);
std::string render_tap13(const RunReport& report);

}  // namespace harness
