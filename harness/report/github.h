// GitHub Actions: annotations on the lines of policies. A step shows ten errors and drops the rest
// silently, so nine are written and the others counted.
#pragma once

#include <string>

#include "harness/report/run_report.h"

namespace harness {

std::string render_github(const RunReport& report);

}  // namespace harness
