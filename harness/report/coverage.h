// Which lines of policies and modules ran, for lcov's and Cobertura's readers.
#pragma once

#include <string>

#include "harness/report/run_report.h"

namespace harness {

std::string render_lcov(const RunReport& report);
std::string render_cobertura(const RunReport& report);

}  // namespace harness
