#include "harness/report/html.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include "harness/report/clean.h"
#include "harness/report/explained.h"
#include "harness/report/text.h"
#include "harness/report/xml.h"

namespace harness {
namespace {

constexpr std::size_t kValueColumns = 160;
constexpr std::size_t kMostPrints = 200;
constexpr std::size_t kMostTrace = 2'000;

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --dim: #5f6770; --line: #d8dde3;
  --block: #f6f7f9; --bad: #b3261e; --bad-soft: #fbe9e7; --error: #8e3b00; --error-soft: #fff0e0;
  --good: #1e7a34; --skip: #7a6200; --mark: #ffe08a; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --ink: #e4e7ea; --dim: #99a1aa;
  --line: #31373e; --block: #1c2126; --bad: #ff8f85; --bad-soft: #3a1f1d; --error: #ffb077;
  --error-soft: #38271a; --good: #7ccf8c; --skip: #e2c35b; --mark: #6b5200; } }
* { box-sizing: border-box; }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; margin: 0; }
main { margin: 0 auto; max-width: 76rem; padding: 1.25rem 1.5rem 3rem; }
h1 { font-size: 1.35rem; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
code, pre, .operands td { font: 13px/1.55 ui-monospace, SFMono-Regular, Menlo, monospace; }
pre { background: var(--block); border-radius: .35rem; margin: .35rem 0; overflow-x: auto; padding: .5rem .75rem;
  tab-size: 4; }
mark { background: var(--mark); border-radius: .15rem; color: inherit; }
.dim { color: var(--dim); } .failed { --tone: var(--bad); --soft: var(--bad-soft); }
.error { --tone: var(--error); --soft: var(--error-soft); } .passed { --tone: var(--good); }
.skipped { --tone: var(--skip); } .tone { color: var(--tone); font-weight: 600; }
.bar { border-radius: .25rem; display: flex; height: .5rem; margin: 1rem 0 .75rem; overflow: hidden; }
.bar div { background: var(--tone); min-width: 3px; }
input.show { height: 1px; opacity: 0; position: absolute; width: 1px; }
.tools { align-items: center; display: flex; flex-wrap: wrap; gap: .5rem; }
.tools label { border: 1px solid var(--line); border-radius: 1rem; cursor: pointer; padding: .15rem .8rem; }
.tools label b { color: var(--tone); } .tools .none { opacity: .55; }
.tools input { background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; color: inherit;
  font: inherit; padding: .15rem .8rem; width: 16rem; }
.tools .find { border: 0; margin-left: auto; padding: 0; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; padding: .5rem .75rem; }
summary .where { color: var(--dim); float: right; font-size: 13px; margin-left: 1rem; }
.block { border-left: 4px solid var(--tone); } .block > summary { background: var(--soft); border-radius: 0 .45rem .45rem 0; }
.body { padding: .25rem .9rem .75rem; } .body p { margin: .5rem 0; overflow-wrap: anywhere; }
.place { margin: .6rem 0; } .place .note { color: var(--tone); }
.operands { border-collapse: collapse; margin: .25rem 0 0 .75rem; }
.operands td { overflow-wrap: anywhere; padding: .1rem 1rem .1rem 0; vertical-align: top; }
dl { display: grid; gap: .25rem 1rem; grid-template-columns: max-content 1fr; margin: .75rem 0 0; }
dt { color: var(--dim); } dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
dd pre { margin: 0; } dd code { user-select: all; white-space: pre-wrap; }
.removed { color: var(--bad); } .added { color: var(--good); }
table.cases { border-collapse: collapse; width: 100%; }
.cases td { border-top: 1px solid var(--line); overflow-wrap: anywhere; padding: .3rem .75rem; vertical-align: top; }
.cases td:first-child { color: var(--tone); width: 5.5rem; } .cases td:nth-child(3), .cases td:last-child {
  color: var(--dim); font-size: 13px; text-align: right; white-space: nowrap; width: 1%; }
.policy { content-visibility: auto; contain-intrinsic-size: auto 2.6rem; }
[hidden] { display: none !important; }
#show-passed:not(:checked) ~ main .case.passed, #show-failed:not(:checked) ~ main .case.failed,
#show-error:not(:checked) ~ main .case.error, #show-skipped:not(:checked) ~ main .case.skipped { display: none; }
#show-passed:not(:checked) ~ main [for=show-passed], #show-failed:not(:checked) ~ main [for=show-failed],
#show-error:not(:checked) ~ main [for=show-error], #show-skipped:not(:checked) ~ main [for=show-skipped] {
  opacity: .45; text-decoration: line-through; }
#show-passed:focus-visible ~ main [for=show-passed], #show-failed:focus-visible ~ main [for=show-failed],
#show-error:focus-visible ~ main [for=show-error], #show-skipped:focus-visible ~ main [for=show-skipped] {
  outline: 2px solid; }
@media (max-width: 40rem) { main { padding: 1rem .75rem; } summary .where { display: block; float: none; margin: 0; }
  .cases td:nth-child(3) { display: none; } .tools .find, .tools input { margin: 0; width: 100%; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; }
  .operands, .operands tbody, .operands tr, .operands td { display: block; } }
@media print { .tools { display: none; } }
)css";

/// Only the search by text needs it: everything else works without. The page's policy names its
/// SHA-256, so that no other script runs; tests/validator holds one against the other.
constexpr std::string_view kScript = R"js(
(function () {
  var field = document.getElementById('filter');
  var cases = Array.prototype.slice.call(document.querySelectorAll('.case'));
  var groups = Array.prototype.slice.call(document.querySelectorAll('.policy'));
  var texts = cases.map(function (one) { return one.getAttribute('data-name').toLowerCase(); });
  field.parentNode.hidden = false;
  function apply() {
    var words = field.value.toLowerCase().split(' ').filter(Boolean);
    cases.forEach(function (one, i) {
      one.hidden = !words.every(function (word) { return texts[i].indexOf(word) >= 0; });
    });
    groups.forEach(function (group) {
      group.hidden = !group.querySelector('.case:not([hidden])');
      if (words.length > 0 && !group.hidden) group.open = true;
    });
  }
  field.addEventListener('input', apply);
  if (field.value) apply();
})();
)js";
constexpr std::string_view kScriptHash = "sha256-Ju4n0fXkXCQHJRD2W+klNYpyrpviW3V3jDlw/z3rCdE=";

std::string text(std::string_view content, std::size_t most = 4'096) {
  return xml_text(clean_for_ci(content, most));
}

std::string wrapped(std::string_view element, std::string_view style, const std::string& content) {
  return "<" + std::string(element) +
         (style.empty() ? "" : " class=\"" + std::string(style) + "\"") + ">" + content + "</" +
         std::string(element) + ">";
}

std::string place_text(const base::Location& where) {
  return text(base::to_text(where), 400);
}

/// The source line with its number; what is meant is marked.
std::string source(const base::Location& where) {
  if (where.source_line.empty()) return "";
  const std::string line = clean_in_place(where.source_line);
  const std::size_t begin =
      std::min<std::size_t>(where.column == 0 ? 0 : where.column - 1, line.size());
  std::size_t end =
      std::min<std::size_t>(begin + std::max<std::uint32_t>(where.length, 1), line.size());
  // A character may have more bytes than it was said to have.
  while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80)
    ++end;
  return "<pre>" + wrapped("span", "dim", std::to_string(where.line)) + "  " +
         xml_text(line.substr(0, begin)) +
         wrapped("mark", "", xml_text(line.substr(begin, end - begin))) +
         xml_text(line.substr(end)) + "</pre>";
}

std::string operands(const std::vector<policy_runtime::Operand>& operands) {
  if (operands.empty()) return "";
  std::string out = "<table class=\"operands\"><tbody>";
  for (const policy_runtime::Operand& operand : operands) {
    out += "<tr>" + wrapped("td", "", text(operand.expression, 200)) +
           wrapped("td", "", "= " + text(shown_value(operand.value, kValueColumns))) +
           wrapped("td", "dim", text(operand.mock_path, 400)) + "</tr>";
  }
  return out + "</tbody></table>";
}

std::string place(const ShownPlace& one) {
  return "<div class=\"place\">" + wrapped("span", "dim", place_text(one.where)) +
         (one.note.empty() ? "" : " " + wrapped("span", "note", text(one.note, 1'000))) +
         source(one.where) + operands(one.operands) + "</div>";
}

std::string lines(const std::vector<std::string>& items, std::size_t most) {
  std::string out = "<pre>";
  std::size_t count = 0;
  for (const std::string& item : items) {
    if (count++ == most) {
      out += "… " + std::to_string(items.size() - most) + " lines more\n";
      break;
    }
    out += xml_text(clean_lines_for_ci(item, 4'096)) + "\n";
  }
  return out + "</pre>";
}

std::string difference(const std::string& content) {
  if (content.empty()) return "";
  std::string out = "<pre>";
  std::istringstream in(content);
  for (std::string line; std::getline(in, line);) {
    const std::string style = line.starts_with('-')   ? "removed"
                              : line.starts_with('+') ? "added"
                                                      : "dim";
    out += wrapped("span", style, text(line, 1'000)) + "\n";
  }
  return out + "</pre>";
}

std::string mismatch(const Mismatch& one, bool printed) {
  if (one.subject == "prints" && !one.difference.empty())
    return "<p>What was printed differs from what was expected:</p>" + difference(one.difference);
  // What was printed stands below.
  if (one.subject == "prints" && printed)
    return "<p><b>prints</b>: expected " +
           wrapped("code", "", text(shorten_json(one.expected, kValueColumns))) + ", but " +
           wrapped("span", "tone", one.expected.starts_with("not ") ? "they do" : "they do not") +
           "</p>";
  return "<p>" + wrapped("b", "", text(one.subject, 200)) + ": expected " +
         wrapped("code", "", text(shorten_json(one.expected, kValueColumns))) + ", was " +
         wrapped("code", "tone", text(shorten_json(one.actual, kValueColumns))) + "</p>" +
         difference(one.difference);
}

std::string term(std::string_view name, const std::string& content) {
  return wrapped("dt", "", std::string(name)) + wrapped("dd", "", content);
}

std::string details(const RunReport& report, const CaseReport& item) {
  std::string out;
  for (const Mismatch& one : item.mismatches)
    out += mismatch(one, !item.prints.empty());
  if (item.problem)
    out += "<pre>" + xml_text(clean_lines_for_ci(base::to_text(*item.problem))) + "</pre>";
  if (item.timed_out) out += "<p>Stopped at the time limit of a case.</p>";
  const std::vector<ShownPlace> places = shown_places(item, false);
  if (item.error) {
    out += "<p>" + wrapped("span", "tone", "error: ") + text(item.error->message) + "</p>";
    if (item.error->where) out += place(shown_error(*item.error, places));
    for (const auto& [call, times] : shown_calls(*item.error)) {
      out += "<div class=\"dim\">called from " + place_text(call) +
             (times > 1 ? ", " + std::to_string(times) + " times" : "") + "</div>";
    }
  }
  if (!item.explained_by.empty() && !places.empty())
    out += "<p class=\"dim\">explained by " + text(item.explained_by, 200) + "</p>";
  for (const ShownPlace& one : places) {
    if (one.quoted) out += place(one);
  }
  out += "<dl>";
  // A difference shows every line.
  const bool shown = std::any_of(
      item.mismatches.begin(), item.mismatches.end(),
      [](const Mismatch& one) { return one.subject == "prints" && !one.difference.empty(); });
  if (!item.prints.empty() && !shown) out += term("prints", lines(item.prints, kMostPrints));
  for (const std::string& warning : item.warnings)
    out += term("warning", text(warning));
  for (const std::string& name : item.mocks) {
    const MockReport* mock = report.find_mock(name);
    out += term("mock", text(mock != nullptr ? mock->summary() : name, 400));
  }
  if (!item.again.empty()) out += term("again", wrapped("code", "", text(item.again)));
  out += "</dl>";
  if (!item.trace.empty())
    out += "<details><summary>trace</summary>" + lines(item.trace, kMostTrace) + "</details>";
  return out;
}

/// `class="case failed" data-name="…"`: what the filters look at.
std::string filtered(const CaseReport& item, std::string_view more) {
  return "class=\"case " + std::string(verdict_name(item.verdict)) + std::string(more) + "\"" +
         xml_attribute("data-name", clean_for_ci(item.policy + " " + item.name, 1'000));
}

std::string case_place(const CaseReport& item) {
  return text(item.where.file, 300) +
         (item.where.line == 0 ? "" : ":" + std::to_string(item.where.line));
}

std::string failure(const RunReport& report, const CaseReport& item) {
  return "<details open " + filtered(item, " block") + "><summary>" +
         wrapped("span", "tone", std::string(verdict_name(item.verdict))) + " " +
         wrapped("b", "", text(item.name)) + " " + wrapped("span", "dim", text(item.policy)) +
         wrapped("span", "where", case_place(item) + " · " + duration_text(item.duration)) +
         "</summary><div class=\"body\">" + details(report, item) + "</div></details>\n";
}

std::string row(const CaseReport& item) {
  std::string name = text(item.name);
  if (item.verdict == Verdict::Skipped && !item.skip_reason.empty())
    name += " " + wrapped("span", "dim", text(item.skip_reason));
  return "<tr " + filtered(item, "") + ">" +
         wrapped("td", "", std::string(verdict_name(item.verdict))) + wrapped("td", "", name) +
         wrapped("td", "", case_place(item)) + wrapped("td", "", duration_text(item.duration)) +
         "</tr>\n";
}

bool bad(const CaseReport& item) {
  return item.verdict == Verdict::Failed || item.verdict == Verdict::Error;
}

std::string policies(const RunReport& report) {
  std::vector<std::pair<std::string_view, std::vector<const CaseReport*>>> groups;
  std::map<std::string_view, std::size_t> known;
  for (const CaseReport& item : report.cases) {
    const auto [at, fresh] = known.emplace(item.policy, groups.size());
    if (fresh) groups.push_back({item.policy, {}});
    groups[at->second].second.push_back(&item);
  }
  std::string out;
  for (const auto& [policy, cases] : groups) {
    std::size_t not_good = 0;
    for (const CaseReport* item : cases)
      not_good += bad(*item) ? 1 : 0;
    out += "<details class=\"policy\"><summary>" + text(policy) + " " +
           wrapped("span", "dim", counted(cases.size(), "case", "cases")) +
           (not_good > 0
                ? ", <span class=\"failed\">" +
                      wrapped("span", "tone", std::to_string(not_good) + " not passed") + "</span>"
                : "") +
           "</summary><table class=\"cases\"><tbody>\n";
    for (const CaseReport* item : cases)
      out += row(*item);
    out += "</tbody></table></details>\n";
  }
  return out;
}

struct Shown {
  std::string_view style;
  std::string_view name;
  std::size_t count;
};

std::string switches(const Shown (&all)[4]) {
  std::string out;
  for (const Shown& one : all)
    out += "<input type=\"checkbox\" class=\"show\" id=\"show-" + std::string(one.style) +
           "\" checked aria-label=\"show " + std::string(one.name) + "\">";
  return out;
}

std::string tools(const Shown (&all)[4]) {
  std::string out = "<div class=\"bar\">";
  for (const Shown& one : all) {
    if (one.count > 0)
      out += "<div class=\"" + std::string(one.style) +
             "\" style=\"flex:" + std::to_string(one.count) + "\"></div>";
  }
  out += "</div>\n<div class=\"tools\">";
  for (const Shown& one : all) {
    out += "<label for=\"show-" + std::string(one.style) + "\" class=\"" + std::string(one.style) +
           (one.count == 0 ? " none" : "") + "\"><b>" + std::to_string(one.count) + "</b> " +
           std::string(one.name) + "</label>";
  }
  return out +
         "<label class=\"find\" hidden><input type=\"search\" id=\"filter\" placeholder=\"policy "
         "or "
         "case…\" aria-label=\"show cases whose name holds\"></label></div>\n";
}

}  // namespace

std::string render_html(const RunReport& report) {
  const Counts counts = report.counts();
  const Shown all[] = {{"failed", "failed", counts.failed},
                       {"error", counts.errors == 1 ? "error" : "errors", counts.errors},
                       {"skipped", "skipped", counts.skipped},
                       {"passed", "passed", counts.passed}};
  const std::size_t not_good = counts.failed + counts.errors;
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; script-src '" +
      std::string(kScriptHash) + "'\">\n<title>" +
      (not_good > 0            ? std::to_string(not_good) + " failed"
       : report.exit_code == 0 ? std::string("passed")
                               : std::string("not passed")) +
      ": " + text(report.manifest) + "</title>\n<style>" + std::string(kStyle) +
      "</style></head><body>\n" + switches(all) + "\n<main><header><h1>" +
      (report.exit_code == 0
           ? "<span class=\"passed\">" + wrapped("span", "tone", "✓") + "</span> "
           : "<span class=\"failed\">" + wrapped("span", "tone", "✗") + "</span> ") +
      text(report.manifest) + "</h1>\n<div class=\"dim\">" + text(report.started_at) + " · " +
      duration_text(report.duration) + " · " + counted(counts.policies, "policy", "policies") +
      " · " + (report.runtime.empty() ? "" : text(report.runtime) + " · ") + "harness " +
      text(report.harness_version) + "</div></header>\n" + tools(all);
  for (const base::Diagnostic& problem : report.problems)
    out +=
        "<pre class=\"error\">" + xml_text(clean_lines_for_ci(base::to_text(problem))) + "</pre>\n";
  if (!report.reasons.empty()) {
    out += "<p class=\"dim\">exit code " + std::to_string(report.exit_code) + ": ";
    for (const ExitReason& reason : report.reasons)
      out += (&reason == report.reasons.data() ? "" : "; ") + text(reason.why);
    out += "</p>\n";
  }
  for (const std::string& warning : report.warnings)
    out +=
        "<p class=\"skipped\">" + wrapped("span", "tone", "warning: ") + text(warning) + "</p>\n";
  if (not_good > 0) out += "<section><h2>What failed</h2>\n";
  for (const CaseReport& item : report.cases) {
    if (bad(item)) out += failure(report, item);
  }
  if (not_good > 0) out += "</section>\n";
  if (!report.cases.empty())
    out += "<section><h2>All cases, by policy</h2>\n" + policies(report) + "</section>\n";
  return out + "</main>\n<script>" + std::string(kScript) + "</script></body></html>\n";
}

}  // namespace harness
