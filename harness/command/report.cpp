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
  std::vector<base::Diagnostic> problems;
  for (const std::string& word : arguments.words()) {
    const auto text = base::read_file(context.system.working_directory / word);
    if (!text) {
      problems.push_back(text.error());
      continue;
    }
    auto report = read_json_report(*text, word);
    if (report)
      reports.push_back(std::move(*report));
    else
      problems.push_back(std::move(report.error()));
  }
  if (problems.empty()) problems = merge_conflicts(reports, arguments.words());
  if (!problems.empty()) {
    show_problems(problems);
    return kExitUsage;
  }
  const RunReport merged = merge_reports(std::move(reports));
  if (const ReportRequest* request = request_of_coverage(*requests);
      request != nullptr && merged.coverage().empty()) {
    show_problem({.what = "the saved results hold no coverage, which `--report " +
                          std::string(request->format->name) + "` wants",
                  .advice = "save them with `harness run --coverage --report json=result.json`"});
    return kExitUsage;
  }
  if (!write_reports(merged, *requests, arguments, context)) return kExitRuntime;
  return merged.exit_code;
}

}  // namespace harness
