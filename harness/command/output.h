// Where reports go: files, written at once or not at all, and standard output.
#pragma once

#include <string>
#include <vector>

#include "harness/command/command.h"
#include "harness/report/run_report.h"
#include "harness/report/table.h"
#include "harness/report/text.h"
#include "plugin/base/result.h"

namespace harness {

/// One `--report FORMAT[=PATH]`.
struct ReportRequest {
  const FormatRow* format = nullptr;
  base::Path path;  // absolute; empty: standard output
};

/// Reads the options. Errors: unknown format, two reports on standard output or in one file.
base::Result<std::vector<ReportRequest>> report_requests(const Arguments& arguments,
                                                         const Context& context);

/// Where a report's file is, or will be, as one name for all ways to write it; empty for standard
/// output, and for what takes any number of reports, as /dev/null and pipes do.
base::Path file_of(const ReportRequest& request);

/// A request for a format that is empty without coverage; null where there is none.
const ReportRequest* request_of_coverage(const std::vector<ReportRequest>& requests);

TextOptions text_options(const Arguments& arguments, const Context& context,
                         const base::Terminal& terminal);

/// Writes every report; text for people goes to standard output, or to standard error where a
/// report has taken that. False: one could not be written, which has been said.
bool write_reports(const RunReport& report, const std::vector<ReportRequest>& requests,
                   const Arguments& arguments, const Context& context);

}  // namespace harness
