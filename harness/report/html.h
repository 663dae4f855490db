// One HTML file: no script, no network, light and dark. Failures first, each unfolded; what passed
// is folded by policy.
#pragma once

#include <string>

#include "harness/report/run_report.h"

namespace harness {

std::string render_html(const RunReport& report);

}  // namespace harness
