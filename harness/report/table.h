// The report formats there are. `--help`, messages and the documentation take their words from
// here. A new format is one file, one row and one test.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "harness/report/run_report.h"

namespace harness {

struct FormatRow {
  std::string_view name;
  std::string (*render)(const RunReport& report);  // null for `text`, which knows its terminal
  std::string_view help;
  bool of_coverage = false;  // tells nothing where no lines were counted
};

std::span<const FormatRow> formats();

/// Null where there is none of that name.
const FormatRow* find_format(std::string_view name);

}  // namespace harness
