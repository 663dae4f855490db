#include "harness/report/html.h"

#include <map>
#include <vector>

#include "harness/report/clean.h"
#include "harness/report/text.h"
#include "harness/report/xml.h"

namespace harness {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2024; --dim: #62686f; --line: #d9dde1;
  --block: #f5f6f8; --bad: #c62828; --good: #2e7d32; --skip: #b26a00; }
@media (prefers-color-scheme: dark) { :root { --paper: #15181c; --ink: #e6e8ea; --dim: #9aa1a9;
  --line: #33383e; --block: #1e2227; --bad: #ff8a80; --good: #81c784; --skip: #ffb74d; } }
* { box-sizing: border-box; }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif;
  margin: 0 auto; max-width: 78rem; padding: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.dim { color: var(--dim); } .failed, .error { color: var(--bad); } .passed { color: var(--good); }
.skipped { color: var(--skip); }
.counts { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; }
.counts li { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem; }
.counts b { display: block; font-size: 1.5rem; line-height: 1.2; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; }
summary { cursor: pointer; padding: .5rem .75rem; overflow-wrap: anywhere; }
summary .verdict { display: inline-block; font-weight: 600; min-width: 4.5rem; }
pre { background: var(--block); border-top: 1px solid var(--line); font: 13px/1.5 ui-monospace,
  monospace; margin: 0; overflow-x: auto; padding: .75rem; white-space: pre; }
table { border-collapse: collapse; width: 100%; } td, th { border-top: 1px solid var(--line);
  padding: .3rem .75rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
td:last-child { text-align: right; white-space: nowrap; }
)";

std::string count_item(std::size_t number, std::string_view name, std::string_view style) {
  return "<li class=\"" + std::string(number > 0 ? style : "dim") + "\"><b>" +
         std::to_string(number) + "</b>" + std::string(name) + "</li>";
}

/// The block of the terminal, less its heading, which the summary says.
std::string body_of(const RunReport& report, const CaseReport& item) {
  return render_case(report, item, {.verbosity = 2});
}

std::string failure(const RunReport& report, const CaseReport& item) {
  return "<details open><summary><span class=\"verdict " + std::string(verdict_name(item.verdict)) +
         "\">" + std::string(verdict_name(item.verdict)) + "</span> " +
         xml_text(clean_line(item.policy)) + " <b>" + xml_text(clean_line(item.name)) +
         "</b></summary><pre>" + xml_text(body_of(report, item)) + "</pre></details>\n";
}

std::string row(const CaseReport& item) {
  return "<tr><td class=\"" + std::string(verdict_name(item.verdict)) + "\">" +
         std::string(verdict_name(item.verdict)) + "</td><td>" + xml_text(clean_line(item.name)) +
         (item.verdict == Verdict::Skipped
              ? " <span class=\"dim\">" + xml_text(clean_line(item.skip_reason)) + "</span>"
              : "") +
         "</td><td class=\"dim\">" + xml_text(clean_line(item.where.file)) +
         (item.where.line == 0 ? "" : ":" + std::to_string(item.where.line)) +
         "</td><td class=\"dim\">" + duration_text(item.duration) + "</td></tr>\n";
}

std::string policies(const RunReport& report) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<const CaseReport*>> groups;
  for (const CaseReport& item : report.cases) {
    if (groups.find(item.policy) == groups.end()) order.push_back(item.policy);
    groups[item.policy].push_back(&item);
  }
  std::string out;
  for (const std::string& policy : order) {
    std::size_t bad = 0;
    for (const CaseReport* item : groups[policy])
      bad += item->verdict == Verdict::Failed || item->verdict == Verdict::Error ? 1 : 0;
    out += "<details><summary>" + xml_text(clean_line(policy)) + " <span class=\"dim\">" +
           counted(groups[policy].size(), "case", "cases") + "</span>" +
           (bad > 0 ? " <span class=\"failed\">" + std::to_string(bad) + " failed</span>" : "") +
           "</summary><table>\n";
    for (const CaseReport* item : groups[policy])
      out += row(*item);
    out += "</table></details>\n";
  }
  return out;
}

}  // namespace

std::string render_html(const RunReport& report) {
  const Counts counts = report.counts();
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<title>" +
      xml_text(clean_line(report.manifest)) + ": " + std::to_string(counts.failed + counts.errors) +
      " failed</title>\n<style>" + std::string(kStyle) + "</style></head><body>\n<h1>" +
      xml_text(clean_line(report.manifest)) + "</h1>\n<div class=\"dim\">" +
      xml_text(clean_line(report.started_at)) + " · " + duration_text(report.duration) + " · " +
      xml_text(clean_line(report.runtime)) + " · harness " +
      xml_text(clean_line(report.harness_version)) + "</div>\n<ul class=\"counts\">" +
      count_item(counts.passed, "passed", "passed") +
      count_item(counts.failed, "failed", "failed") + count_item(counts.errors, "errors", "error") +
      count_item(counts.skipped, "skipped", "skipped") + "</ul>\n";
  for (const base::Diagnostic& problem : report.problems)
    out +=
        "<pre class=\"error\">" + xml_text(clean_lines_for_ci(base::to_text(problem))) + "</pre>\n";
  for (const std::string& warning : report.warnings)
    out += "<p class=\"skipped\">" + xml_text(clean_line(warning)) + "</p>\n";
  if (counts.failed + counts.errors > 0) out += "<h2>What failed</h2>\n";
  for (const CaseReport& item : report.cases) {
    if (item.verdict == Verdict::Failed || item.verdict == Verdict::Error)
      out += failure(report, item);
  }
  if (!report.cases.empty()) out += "<h2>All cases, by policy</h2>\n" + policies(report);
  return out + "</body></html>\n";
}

}  // namespace harness
