#include "harness/report/read_json.h"

#include <algorithm>
#include <cmath>
#include <map>

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

Verdict verdict_of(const std::string& name) {
  for (const Verdict verdict : {Verdict::Passed, Verdict::Failed, Verdict::Error}) {
    if (verdict_name(verdict) == name) return verdict;
  }
  return Verdict::Skipped;
}

CaseReport read_case(element from) {
  CaseReport out;
  out.policy = text_of(from, "policy");
  out.name = text_of(from, "name");
  out.full_name = text_of(from, "full_name");
  out.where = location_of(from, "where").value_or(base::Location{});
  out.tags = texts_of(from, "tags");
  out.verdict = verdict_of(text_of(from, "verdict"));
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
  for (const element one : items_of(document, "problems"))
    out.problems.push_back(diagnostic(one));
  out.warnings = texts_of(document, "warnings");
  out.work_folder = text_of(document, "work_folder");
  for (const element mock : items_of(document, "mocks"))
    out.mocks.push_back(read_mock(mock));
  for (const element item : items_of(document, "cases"))
    out.cases.push_back(read_case(item));
  return out;
}

RunReport merge_reports(std::vector<RunReport> reports) {
  if (reports.empty()) return {};
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
  // Signals first, then 1, 3, 4; an empty shard (5) is no reason where others had cases.
  const auto rank = [](int code) { return code > 100 ? 0 : code; };
  std::stable_sort(
      out.reasons.begin(), out.reasons.end(),
      [&rank](const ExitReason& a, const ExitReason& b) { return rank(a.code) < rank(b.code); });
  if (!out.cases.empty()) {
    std::erase_if(out.reasons, [](const ExitReason& reason) { return reason.code == 5; });
  }
  out.exit_code = out.reasons.empty() ? 0 : out.reasons.front().code;
  return out;
}

}  // namespace harness
