// Azure Pipelines: logging commands that link errors to lines.
#pragma once

#include <string>

#include "harness/report/run_report.h"

namespace harness {

std::string render_azure(const RunReport& report);

}  // namespace harness
