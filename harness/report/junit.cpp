#include "harness/report/junit.h"

#include <map>
#include <vector>

#include "harness/report/number.h"
#include "harness/report/text.h"
#include "harness/report/xml.h"

namespace harness {
namespace {

std::string seconds(std::chrono::microseconds duration) {
  return fixed(static_cast<double>(duration.count()) / 1e6, 6);
}

/// A missed expectation is a failure; what could not be judged is an error. A run that was stopped
/// must not look as one that passed.
bool is_error(const CaseReport& item) {
  return item.verdict == Verdict::Error || item.cut_off;
}

bool is_skipped(const CaseReport& item) {
  return item.verdict == Verdict::Skipped && !item.cut_off;
}

struct Suite {
  std::vector<const CaseReport*> cases;
  std::size_t failures = 0, errors = 0, skipped = 0;
  std::chrono::microseconds duration{0};
};

std::string counts(const Suite& suite) {
  return xml_attribute("tests", std::to_string(suite.cases.size())) +
         xml_attribute("failures", std::to_string(suite.failures)) +
         xml_attribute("errors", std::to_string(suite.errors)) +
         xml_attribute("skipped", std::to_string(suite.skipped)) +
         xml_attribute("time", seconds(suite.duration));
}

void add(Suite& suite, const CaseReport& item) {
  suite.cases.push_back(&item);
  suite.duration += item.duration;
  if (item.verdict == Verdict::Failed) ++suite.failures;
  if (is_error(item)) ++suite.errors;
  if (is_skipped(item)) ++suite.skipped;
}

std::string render_one(const RunReport& report, const CaseReport& item, bool strict) {
  std::string out = "    <testcase" + xml_attribute("classname", item.policy) +
                    xml_attribute("name", item.name) +
                    xml_attribute("time", seconds(item.duration));
  if (!strict && !item.where.file.empty()) {
    out += xml_attribute("file", item.where.file);
    if (item.where.line != 0) out += xml_attribute("line", std::to_string(item.where.line));
  }
  if (item.verdict == Verdict::Passed) return out + "/>\n";
  if (is_skipped(item)) {
    return out + ">\n      <skipped" + xml_attribute("message", item.skip_reason) +
           "/>\n    </testcase>\n";
  }
  const std::string element = is_error(item) ? "error" : "failure";
  const TextOptions options{.width = 120};
  return out + ">\n      <" + element + xml_attribute("message", headline(item)) +
         xml_attribute("type", item.cut_off       ? "not finished"
                               : item.parse_error ? "parse error"
                               : item.timed_out   ? "time-out"
                               : item.error       ? "language error"
                               : is_error(item)   ? "error"
                                                  : "expectation") +
         ">" + xml_text(item.cut_off ? item.skip_reason : render_case(report, item, options)) +
         "</" + element + ">\n    </testcase>\n";
}

std::string render(const RunReport& report, bool strict) {
  Suite all;
  std::vector<std::string> order;
  std::map<std::string, Suite> suites;
  for (const CaseReport& item : report.cases) {
    if (suites.find(item.policy) == suites.end()) order.push_back(item.policy);
    add(suites[item.policy], item);
    add(all, item);
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" +
                    xml_attribute("name", "harness") + counts(all) + ">\n";
  for (const std::string& policy : order) {
    const Suite& suite = suites[policy];
    out += "  <testsuite" + xml_attribute("name", policy) + counts(suite) +
           xml_attribute("timestamp", report.started_at.substr(0, 19)) + ">\n";
    for (const CaseReport* item : suite.cases)
      out += render_one(report, *item, strict);
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace

std::string render_junit(const RunReport& report) {
  return render(report, false);
}
std::string render_junit_strict(const RunReport& report) {
  return render(report, true);
}

}  // namespace harness
