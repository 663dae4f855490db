#include "harness/report/tap.h"

#include <map>
#include <vector>

#include "harness/report/clean.h"
#include "harness/report/json_writer.h"

namespace harness {
namespace {

/// `#` begins a directive and `\` an escape.
std::string described(std::string_view text) {
  std::string out;
  for (const char c : clean_line(text)) {
    if (c == '#' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

/// The YAML block below a test point. JSON strings are YAML, too.
std::string details(const CaseReport& item, const std::string& indent) {
  const base::Location where = deciding_place(item);
  std::string out = indent + "---\n";
  const auto add = [&](std::string_view key, const std::string& value) {
    out += indent + std::string(key) + ": " + value + "\n";
  };
  add("message", json_string(headline(item)));
  add("severity", item.verdict == Verdict::Error ? "error" : "fail");
  if (!item.expected.empty()) add("expected", json_string(item.expected));
  if (!item.actual.empty()) add("actual", json_string(item.actual));
  add("file", json_string(where.file));
  if (where.line != 0) add("line", std::to_string(where.line));
  add("duration_ms", std::to_string(item.duration.count() / 1'000));
  return out + indent + "...\n";
}

std::string point(const CaseReport& item, std::size_t number, std::string_view name,
                  const std::string& indent) {
  const bool good = item.verdict == Verdict::Passed || item.verdict == Verdict::Skipped;
  std::string out =
      indent + (good ? "ok " : "not ok ") + std::to_string(number) + " - " + described(name);
  if (item.verdict == Verdict::Skipped) out += " # SKIP " + described(item.skip_reason);
  out += "\n";
  return good ? out : out + details(item, indent + "  ");
}

/// The run was stopped, or a mock or a runtime could not be had: the results are not all of them.
std::string bail_out(const RunReport& report) {
  for (const CaseReport& item : report.cases) {
    if (item.cut_off) return "Bail out! " + described(item.skip_reason) + "\n";
  }
  for (const ExitReason& reason : report.reasons) {
    if (reason.code == 3 || reason.code == 4) return "Bail out! " + described(reason.why) + "\n";
  }
  return "";
}

}  // namespace

std::string render_tap(const RunReport& report) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<const CaseReport*>> policies;
  for (const CaseReport& item : report.cases) {
    if (policies.find(item.policy) == policies.end()) order.push_back(item.policy);
    policies[item.policy].push_back(&item);
  }
  std::string out = "TAP version 14\n1.." + std::to_string(order.size()) + "\n";
  std::size_t number = 0;
  for (const std::string& policy : order) {
    const std::vector<const CaseReport*>& cases = policies[policy];
    out += "# Subtest: " + described(policy) + "\n    1.." + std::to_string(cases.size()) + "\n";
    bool good = true;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      out += point(*cases[i], i + 1, cases[i]->name, "    ");
      good = good && cases[i]->verdict != Verdict::Failed && cases[i]->verdict != Verdict::Error;
    }
    out += (good ? "ok " : "not ok ") + std::to_string(++number) + " - " + described(policy) + "\n";
  }
  return out + bail_out(report);
}

std::string render_tap13(const RunReport& report) {
  std::string out = "TAP version 13\n1.." + std::to_string(report.cases.size()) + "\n";
  for (std::size_t i = 0; i < report.cases.size(); ++i)
    out += point(report.cases[i], i + 1, report.cases[i].full_name, "");
  return out + bail_out(report);
}

}  // namespace harness
