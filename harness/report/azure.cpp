#include "harness/report/azure.h"

#include "harness/report/clean.h"

namespace harness {
namespace {

/// Escaped as the agent reads a property.
std::string property(std::string_view text) {
  std::string out;
  for (const char c : clean_for_ci(text)) {
    if (c == '%')
      out += "%AZP25";
    else if (c == ';')
      out += "%3B";
    else if (c == ']')
      out += "%5D";
    else
      out += c;
  }
  return out;
}

std::string message(std::string_view text) {
  std::string out;
  for (const char c : clean_for_ci(text)) {
    if (c == '%')
      out += "%AZP25";
    else
      out += c;
  }
  return out;
}

}  // namespace

std::string render_azure(const RunReport& report) {
  std::string out;
  for (const CaseReport& item : report.cases) {
    if (item.verdict != Verdict::Failed && item.verdict != Verdict::Error) continue;
    const base::Location where = deciding_place(item);
    out += "##vso[task.logissue type=error;sourcepath=" + property(where.file);
    if (where.line != 0) out += ";linenumber=" + std::to_string(where.line);
    if (where.column != 0) out += ";columnnumber=" + std::to_string(where.column);
    out +=
        ";code=" + property(item.policy) + "]" + message(item.name + ": " + headline(item)) + "\n";
  }
  for (const base::Diagnostic& problem : report.own_problems())
    out += "##vso[task.logissue type=error]" + message(in_one_line(problem)) + "\n";
  if (report.exit_code != 0)
    out += "##vso[task.complete result=Failed]" +
           message(report.reasons.empty() ? "" : report.reasons[0].why) + "\n";
  return out;
}

}  // namespace harness
