// The report for people: only failures and one line of counts, unless more is asked for.
#pragma once

#include <string>

#include "harness/report/run_report.h"

namespace harness {

struct TextOptions {
  std::size_t width = 120;  // columns
  bool colour = false;
  bool utf8 = true;
  int verbosity = 0;          // -1: the last line only; 1: every case; 2: traces of failures, too
  bool trace = false;         // traces of every case
  std::size_t durations = 0;  // the slowest cases, listed at the end
};

std::string render_text(const RunReport& report, const TextOptions& options);

/// One case's block, ending in a line end.
std::string render_case(const RunReport& report, const CaseReport& item,
                        const TextOptions& options);

/// `41 passed, 1 failed, 0 errors, 2 skipped (12 policies, 5 mocks, builtin 1.0) in 0.41 s`
std::string summary_line(const RunReport& report);

}  // namespace harness
