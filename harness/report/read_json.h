// A saved JSON result → RunReport, and several of them (shards) → one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/report/run_report.h"
#include "plugin/base/result.h"

namespace harness {

/// `name`: the file's in messages. Members that are not known are passed over.
base::Result<RunReport> read_json_report(std::string_view text, const std::string& name);

/// Cases in the order of the reports; a case that several have is kept once, the last verdict but
/// "skipped" counting. The worst exit code stays.
RunReport merge_reports(std::vector<RunReport> reports);

}  // namespace harness
