// The versioned JSON result, `harness/result/1`: docs/reference/result.schema.json describes it.
// Members are only ever added.
#pragma once

#include <string>

#include "harness/report/run_report.h"

namespace harness {

inline constexpr std::string_view kResultSchema = "harness/result/1";

std::string render_json(const RunReport& report);

/// One event a line: `run-started`, `mock-ready`, `case-finished`, `run-finished`.
std::string render_jsonl(const RunReport& report);

}  // namespace harness
