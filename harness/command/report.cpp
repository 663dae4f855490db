// `harness report`: saved JSON results into other formats; several become one.
#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/command/output.h"
#include "harness/report/read_json.h"
#include "plugin/base/file.h"

namespace harness {

int report_command(const Arguments& arguments, Context& context) {
  if (arguments.words().empty()) {
    show_problem({.what = "`harness report` names no file",
                  .advice = "save one with `harness run --report json=result.json`"});
    return kExitUsage;
  }
  const auto requests = report_requests(arguments, context);
  if (!requests) {
    show_problem(requests.error());
    return kExitUsage;
  }
  std::vector<RunReport> reports;
  for (const std::string& word : arguments.words()) {
    const auto text = base::read_file(context.system.working_directory / word);
    if (!text) {
      show_problem(text.error());
      return kExitUsage;
    }
    auto report = read_json_report(*text, word);
    if (!report) {
      show_problem(report.error());
      return kExitUsage;
    }
    reports.push_back(std::move(*report));
  }
  const RunReport merged = merge_reports(std::move(reports));
  if (!write_reports(merged, *requests, arguments, context)) return kExitRuntime;
  return merged.exit_code;
}

}  // namespace harness
