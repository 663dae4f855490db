// A saved JSON result → RunReport, and several of them (shards) → one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/report/run_report.h"
#include "plugin/base/result.h"

namespace harness {

/// `name`: the file's in messages. Members that are not known are passed over; a case without a
/// verdict, or with an unknown one, is an error: it must not count as one that passed.
base::Result<RunReport> read_json_report(std::string_view text, const std::string& name);

/// An error for each two reports that both ran a case: which verdict counts, nobody can tell.
/// `names`: of their files.
std::vector<base::Diagnostic> merge_conflicts(const std::vector<RunReport>& reports,
                                              const std::vector<std::string>& names);

/// Cases in the order of the reports; a case that several have is kept once, the last verdict but
/// "skipped" counting. The worst exit code stays, and is that of the verdicts at least.
RunReport merge_reports(std::vector<RunReport> reports);

}  // namespace harness
