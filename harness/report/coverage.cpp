#include "harness/report/coverage.h"

#include "harness/report/clean.h"
#include "harness/report/number.h"
#include "harness/report/xml.h"

namespace harness {
namespace {

std::string rate(const CoverageShare& share) {
  return fixed(share.percent() / 100, 4);
}

}  // namespace

std::string render_lcov(const RunReport& report) {
  std::string out;
  for (const auto& [file, lines] : report.coverage()) {
    const CoverageShare share = coverage_share({{file, lines}});
    out += "TN:\nSF:" + clean_for_ci(file) + "\n";
    for (const auto& [line, hits] : lines)
      out += "DA:" + std::to_string(line) + "," + std::to_string(hits) + "\n";
    out += "LF:" + std::to_string(share.lines) + "\nLH:" + std::to_string(share.covered) +
           "\nend_of_record\n";
  }
  return out;
}

std::string render_cobertura(const RunReport& report) {
  const auto coverage = report.coverage();
  // Milliseconds, as Cobertura itself writes it.
  const auto started = base::from_rfc3339(report.started_at);
  const std::int64_t timestamp =
      started ? std::chrono::duration_cast<std::chrono::milliseconds>(started->time_since_epoch())
                    .count()
              : 0;
  const CoverageShare all = coverage_share(coverage);
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<coverage" +
      xml_attribute("line-rate", rate(all)) + xml_attribute("branch-rate", "0") +
      xml_attribute("lines-covered", std::to_string(all.covered)) +
      xml_attribute("lines-valid", std::to_string(all.lines)) +
      xml_attribute("branches-covered", "0") + xml_attribute("branches-valid", "0") +
      xml_attribute("complexity", "0") + xml_attribute("version", report.harness_version) +
      xml_attribute("timestamp", std::to_string(timestamp)) +
      ">\n  <sources><source>.</source></sources>\n  <packages>\n    <package" +
      xml_attribute("name", "policies") + xml_attribute("line-rate", rate(all)) +
      xml_attribute("branch-rate", "0") + xml_attribute("complexity", "0") + ">\n      <classes>\n";
  for (const auto& [file, lines] : coverage) {
    out += "        <class" + xml_attribute("name", file) + xml_attribute("filename", file) +
           xml_attribute("line-rate", rate(coverage_share({{file, lines}}))) +
           xml_attribute("branch-rate", "0") + xml_attribute("complexity", "0") +
           ">\n          <methods/>\n          <lines>\n";
    for (const auto& [line, hits] : lines) {
      out += "            <line" + xml_attribute("number", std::to_string(line)) +
             xml_attribute("hits", std::to_string(hits)) + "/>\n";
    }
    out += "          </lines>\n        </class>\n";
  }
  return out + "      </classes>\n    </package>\n  </packages>\n</coverage>\n";
}

}  // namespace harness
