#include "harness/report/read_json.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <simdjson.h>

#include "harness/report/json.h"

namespace harness {
namespace {

using simdjson::dom::element;

constexpr int kDeepest = 64;

std::string text_of(element parent, const char* key) {
  std::string_view text;
  return parent[key].get(text) ? std::string() : std::string(text);
}

bool flag_of(element parent, const char* key) {
  bool value = false;
  return !parent[key].get(value) && value;
}

std::int64_t number_of(element parent, const char* key) {
  std::int64_t value = 0;
  return parent[key].get(value) ? 0 : value;
}

std::chrono::microseconds seconds_of(element parent, const char* key) {
  double value = 0;
  if (parent[key].get(value) || !(value >= 0 && value < 1e12)) return {};
  return std::chrono::microseconds(std::llround(value * 1e6));
}

std::vector<element> items_of(element parent, const char* key) {
  simdjson::dom::array items;
  if (parent[key].get(items)) return {};
  return {items.begin(), items.end()};
}

std::vector<std::string> texts_of(element parent, const char* key) {
  std::vector<std::string> out;
  for (const element item : items_of(parent, key)) {
    std::string_view text;
    if (!item.get(text)) out.emplace_back(text);
  }
  return out;
}

base::Location location(element from) {
  base::Location out;
  out.file = text_of(from, "file");
  out.line =
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(number_of(from, "line"), 0, UINT32_MAX));
  out.column = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(number_of(from, "column"), 0, UINT32_MAX));
  out.length = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(number_of(from, "length"), 1, UINT32_MAX));
  out.source_line = text_of(from, "source");
  return out;
}

std::optional<base::Location> location_of(element parent, const char* key) {
  element found;
  if (parent[key].get(found) || !found.is_object()) return std::nullopt;
  return location(found);
}

base::Diagnostic diagnostic(element from, int depth = 0) {
  base::Diagnostic out{.what = text_of(from, "what"),
                       .where = location_of(from, "where"),
                       .why = text_of(from, "why"),
                       .advice = text_of(from, "advice")};
  if (depth < kDeepest) {
    for (const element cause : items_of(from, "causes"))
      out.causes.push_back(diagnostic(cause, depth + 1));
  }
  return out;
}

std::optional<base::Diagnostic> diagnostic_of(element parent, const char* key) {
  element found;
  if (parent[key].get(found) || !found.is_object()) return std::nullopt;
  return diagnostic(found);
}

std::string json_of(element parent, const char* key) {
  element found;
  return parent[key].get(found) ? std::string("null") : std::string(simdjson::minify(found));
}

policy_runtime::Explanation explanation(element from, int depth = 0) {
  policy_runtime::Explanation out;
  out.where = location_of(from, "where").value_or(base::Location{});
  out.note = text_of(from, "note");
  for (const element operand : items_of(from, "operands")) {
    out.operands.push_back({.expression = text_of(operand, "expression"),
                            .value = {json_of(operand, "value"), text_of(operand, "text")},
                            .mock_path = text_of(operand, "mock_path")});
  }
  if (depth < kDeepest) {
    for (const element cause : items_of(from, "causes"))
      out.causes.push_back(explanation(cause, depth + 1));
  }
  return out;
}

std::optional<Verdict> verdict_of(std::string_view name) {
  for (const Verdict verdict :
       {Verdict::Passed, Verdict::Failed, Verdict::Error, Verdict::Skipped}) {
    if (verdict_name(verdict) == name) return verdict;
  }
  return std::nullopt;
}

/// What is wrong with the case at `number`, from 1; empty: nothing is.
std::string fault_of(element item, std::size_t number) {
  const std::string self = "case " + std::to_string(number);
  if (!item.is_object()) return self + " is no object";
  const std::string name = text_of(item, "full_name");
  if (name.empty()) return self + " has no `full_name`";
  std::string_view verdict;
  if (item["verdict"].get(verdict))
    return self + ", " + base::in_ticks(name) + ", has no `verdict`";
  if (verdict_of(verdict)) return "";
  return self + ", " + base::in_ticks(name) + ", has the `verdict` " + base::in_ticks(verdict) +
         ", expected passed, failed, error or skipped";
}

CaseReport read_case(element from) {
  CaseReport out;
  out.policy = text_of(from, "policy");
  out.name = text_of(from, "name");
  out.full_name = text_of(from, "full_name");
  out.where = location_of(from, "where").value_or(base::Location{});
  out.tags = texts_of(from, "tags");
  out.verdict = verdict_of(text_of(from, "verdict")).value_or(Verdict::Skipped);
  const std::string kind = text_of(from, "error_kind");
  if (kind == "mock") out.error_kind = ErrorKind::Mock;
  if (kind == "runtime") out.error_kind = ErrorKind::Runtime;
  out.skip_reason = text_of(from, "skip_reason");
  out.cut_off = out.verdict == Verdict::Skipped && flag_of(from, "cut_off");
  for (const element one : items_of(from, "mismatches")) {
    out.mismatches.push_back({text_of(one, "subject"), text_of(one, "expected"),
                              text_of(one, "actual"), text_of(one, "difference")});
  }
  out.problem = diagnostic_of(from, "problem");
  out.expected = text_of(from, "expected");
  out.actual = text_of(from, "actual");
  out.timed_out = flag_of(from, "timed_out");
  out.parse_error = flag_of(from, "parse_error");
  out.runtime = text_of(from, "runtime");
  for (const element rule : items_of(from, "rules")) {
    const std::string json = json_of(rule, "value");
    out.rules.push_back({.name = text_of(rule, "name"),
                         .description = text_of(rule, "description"),
                         .where = location_of(rule, "where").value_or(base::Location{}),
                         .undefined = flag_of(rule, "undefined"),
                         .value = {json, json}});
  }
  out.prints = texts_of(from, "prints");
  element error;
  if (!from["error"].get(error) && error.is_object()) {
    out.error = {.message = text_of(error, "message"), .where = location_of(error, "where")};
    for (const element call : items_of(error, "calls"))
      out.error->calls.push_back(location_of(call, "where").value_or(base::Location{}));
  }
  out.undefined_origin = location_of(from, "undefined_origin");
  for (const element one : items_of(from, "explanations"))
    out.explanations.push_back(explanation(one));
  out.explained_by = text_of(from, "explained_by");
  out.trace = texts_of(from, "trace");
  out.warnings = texts_of(from, "warnings");
  for (const element line : items_of(from, "coverage")) {
    out.coverage.push_back({text_of(line, "file"),
                            static_cast<std::uint32_t>(number_of(line, "line")),
                            static_cast<std::uint64_t>(number_of(line, "hits"))});
  }
  out.mocks = texts_of(from, "mocks");
  out.again = text_of(from, "again");
  out.by_hand = text_of(from, "by_hand");
  out.duration = seconds_of(from, "duration");
  return out;
}

MockReport read_mock(element from) {
  MockReport out;
  out.name = text_of(from, "name");
  out.kind = text_of(from, "kind");
  out.shown = text_of(from, "shown");
  out.workspace = text_of(from, "workspace");
  out.run = text_of(from, "run");
  out.plan = text_of(from, "plan");
  out.made_at = text_of(from, "made_at");
  out.digest = text_of(from, "digest");
  std::int64_t age = 0;
  if (!from["age_seconds"].get(age)) out.age = std::chrono::seconds(age);
  out.stale = flag_of(from, "stale");
  out.fetched = flag_of(from, "fetched");
  out.problem = diagnostic_of(from, "problem");
  return out;
}

}  // namespace

base::Result<RunReport> read_json_report(std::string_view text, const std::string& name) {
  base::Diagnostic problem{.what = "`" + name + "` is no result of `harness run --report json`"};
  simdjson::dom::parser parser;
  element document;
  if (const auto error = parser.parse(text.data(), text.size()).get(document)) {
    problem.why = simdjson::error_message(error);
    return problem;
  }
  const std::string schema = document.is_object() ? text_of(document, "schema") : "";
  if (schema != kResultSchema) {
    problem.why = "its `schema` is `" + schema + "`, expected `" + std::string(kResultSchema) + "`";
    return problem;
  }
  RunReport out;
  element harness;
  if (!document["harness"].get(harness) && harness.is_object())
    out.harness_version = text_of(harness, "version");
  out.runtime = text_of(document, "runtime");
  out.manifest = text_of(document, "manifest");
  out.started_at = text_of(document, "started_at");
  out.duration = seconds_of(document, "duration");
  out.exit_code = static_cast<int>(number_of(document, "exit_code"));
  for (const element reason : items_of(document, "reasons"))
    out.reasons.push_back({static_cast<int>(number_of(reason, "code")), text_of(reason, "why")});
  if (out.exit_code != 0 &&
      std::none_of(out.reasons.begin(), out.reasons.end(),
                   [&out](const ExitReason& one) { return one.code == out.exit_code; }))
    out.reasons.push_back(
        {out.exit_code, "exit code " + std::to_string(out.exit_code) + " of `" + name + "`"});
  for (const element one : items_of(document, "problems"))
    out.problems.push_back(diagnostic(one));
  out.warnings = texts_of(document, "warnings");
  out.work_folder = text_of(document, "work_folder");
  for (const element mock : items_of(document, "mocks"))
    out.mocks.push_back(read_mock(mock));
  element cases;
  if (document["cases"].get(cases) || !cases.is_array()) {
    problem.why = document["cases"].error() ? "it has no `cases`" : "its `cases` is no list";
    return problem;
  }
  for (const element item : items_of(document, "cases")) {
    problem.why = fault_of(item, out.cases.size() + 1);
    if (!problem.why.empty()) return problem;
    out.cases.push_back(read_case(item));
  }
  return out;
}

std::vector<base::Diagnostic> merge_conflicts(const std::vector<RunReport>& reports,
                                              const std::vector<std::string>& names) {
  struct Twice {
    std::string first;  // the name of a case
    std::size_t cases = 0;
  };
  std::map<std::string_view, std::size_t> ran;  // case → report
  std::map<std::pair<std::size_t, std::size_t>, Twice> twice;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    for (const CaseReport& item : reports[i].cases) {
      if (item.verdict == Verdict::Skipped) continue;
      const auto [found, fresh] = ran.emplace(item.full_name, i);
      if (fresh) continue;
      Twice& both = twice[{found->second, i}];
      if (both.cases++ == 0) both.first = item.full_name;
    }
  }
  std::vector<base::Diagnostic> out;
  for (const auto& [pair, both] : twice) {
    const std::string more =
        both.cases == 1 ? "" : " and " + counted(both.cases - 1, "more case", "more cases");
    out.push_back({.what = "case " + base::in_ticks(both.first) + more + " ran in " +
                           base::in_ticks(names[pair.first]) + " and again in " +
                           base::in_ticks(names[pair.second]),
                   .advice = "give the results of one run, or of its shards"});
  }
  return out;
}

namespace {

/// Why the runs were stopped, as far as cases say so that did not finish.
std::set<std::string> stops_of(const std::vector<CaseReport>& cases) {
  std::set<std::string> out;
  for (const CaseReport& item : cases) {
    if (item.cut_off) out.insert(item.skip_reason);
  }
  return out;
}

/// That a run was stopped is no reason any more where another one ran what it left.
void forget_stops(RunReport& report, const std::set<std::string>& stops) {
  const std::set<std::string> left = stops_of(report.cases);
  for (const std::string& stop : stops) {
    if (left.contains(stop)) continue;
    std::erase_if(report.reasons,
                  [&stop](const ExitReason& one) { return one.why.starts_with(stop); });
    std::erase_if(report.problems,
                  [&stop](const base::Diagnostic& one) { return one.what.starts_with(stop); });
  }
}

}  // namespace

RunReport merge_reports(std::vector<RunReport> reports) {
  if (reports.empty()) return {};
  std::set<std::string> stops;
  for (const RunReport& report : reports)
    stops.merge(stops_of(report.cases));
  RunReport out = std::move(reports.front());
  std::map<std::string, std::size_t> place;
  for (std::size_t i = 0; i < out.cases.size(); ++i)
    place[out.cases[i].full_name] = i;
  for (std::size_t i = 1; i < reports.size(); ++i) {
    RunReport& next = reports[i];
    if (out.runtime.empty()) out.runtime = next.runtime;
    // Shards run side by side: the slowest is what one waits for.
    out.duration = std::max(out.duration, next.duration);
    out.started_at = std::min(out.started_at, next.started_at);
    for (MockReport& mock : next.mocks) {
      if (out.find_mock(mock.name) == nullptr) out.mocks.push_back(std::move(mock));
    }
    for (CaseReport& item : next.cases) {
      const auto [found, fresh] = place.emplace(item.full_name, out.cases.size());
      if (fresh) {
        out.cases.push_back(std::move(item));
      } else if (item.verdict != Verdict::Skipped) {
        out.cases[found->second] = std::move(item);
      }
    }
    for (const auto& [from, into] : {std::pair{&next.warnings, &out.warnings}}) {
      for (std::string& warning : *from) {
        if (std::find(into->begin(), into->end(), warning) == into->end())
          into->push_back(std::move(warning));
      }
    }
    out.problems.insert(out.problems.end(), next.problems.begin(), next.problems.end());
    out.reasons.insert(out.reasons.end(), next.reasons.begin(), next.reasons.end());
  }
  forget_stops(out, stops);
  // What was edited, or written by another program, may say less than its verdicts do.
  for (ExitReason& reason : reasons_of_verdicts(out)) {
    if (std::none_of(out.reasons.begin(), out.reasons.end(),
                     [&reason](const ExitReason& one) { return one.code == reason.code; }))
      out.reasons.push_back(std::move(reason));
  }
  // An empty shard is no reason where others had cases.
  if (!out.cases.empty()) {
    std::erase_if(out.reasons, [](const ExitReason& reason) { return reason.code == 5; });
  }
  order_reasons(out);
  return out;
}

}  // namespace harness
