// GitLab's code quality report: a list of findings, empty where all is well.
#pragma once

#include <string>

#include "harness/report/run_report.h"

namespace harness {

std::string render_gitlab(const RunReport& report);

}  // namespace harness
