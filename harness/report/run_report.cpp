#include "harness/report/run_report.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/report/number.h"

namespace harness {

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
  case Verdict::Passed:
    return "passed";
  case Verdict::Failed:
    return "failed";
  case Verdict::Error:
    return "error";
  case Verdict::Skipped:
    return "skipped";
  }
  return "";
}

std::string MockReport::summary() const {
  std::string out = name;
  if (!shown.empty() && shown != name) out += ", " + shown;
  if (!run.empty()) {
    out += ", from " + run;
    if (!workspace.empty()) out += " (" + workspace + ")";
  } else if (!plan.empty()) {
    out += ", from " + plan;
  }
  if (age) out += ", " + age_text(*age) + (*age < std::chrono::minutes(1) ? "" : " old");
  return out;
}

Counts RunReport::counts() const {
  Counts out;
  std::set<std::string_view> policies;
  for (const CaseReport& item : cases) {
    policies.insert(item.policy);
    switch (item.verdict) {
    case Verdict::Passed:
      ++out.passed;
      break;
    case Verdict::Failed:
      ++out.failed;
      break;
    case Verdict::Error:
      ++out.errors;
      break;
    case Verdict::Skipped:
      ++out.skipped;
      if (item.cut_off) ++out.cut_off;
      break;
    }
  }
  out.policies = policies.size();
  return out;
}

std::map<std::string, std::map<std::uint32_t, std::uint64_t>> RunReport::coverage() const {
  std::map<std::string, std::map<std::uint32_t, std::uint64_t>> out;
  for (const CaseReport& item : cases) {
    for (const policy_runtime::CoveredLine& line : item.coverage)
      out[line.file][line.line] += line.hits;
  }
  return out;
}

CoverageShare coverage_share(
    const std::map<std::string, std::map<std::uint32_t, std::uint64_t>>& coverage) {
  CoverageShare out;
  for (const auto& [file, lines] : coverage) {
    out.lines += lines.size();
    for (const auto& [line, hits] : lines)
      out.covered += hits > 0 ? 1 : 0;
  }
  return out;
}

double CoverageShare::percent() const {
  return lines == 0 ? 100 : 100 * static_cast<double>(covered) / static_cast<double>(lines);
}

std::string CoverageShare::text() const {
  // Rounded down: 100.0 means all of it.
  return fixed(std::floor(percent() * 10) / 10, 1) + " % of " + counted(lines, "line", "lines");
}

const MockReport* RunReport::find_mock(std::string_view name) const {
  for (const MockReport& mock : mocks) {
    if (mock.name == name) return &mock;
  }
  return nullptr;
}

std::vector<base::Diagnostic> RunReport::own_problems() const {
  std::vector<base::Diagnostic> out;
  for (const base::Diagnostic& problem : problems) {
    if (std::none_of(cases.begin(), cases.end(),
                     [&problem](const CaseReport& item) { return item.problem == problem; }))
      out.push_back(problem);
  }
  return out;
}

std::vector<ExitReason> reasons_of_verdicts(const RunReport& report) {
  std::size_t failed = 0, mocks = 0, runtimes = 0;
  for (const CaseReport& item : report.cases) {
    if (item.verdict == Verdict::Failed) ++failed;
    if (item.verdict == Verdict::Error) ++(item.error_kind == ErrorKind::Mock ? mocks : runtimes);
  }
  std::vector<ExitReason> out;
  if (failed > 0) out.push_back({1, counted(failed, "case failed", "cases failed")});
  if (mocks > 0) out.push_back({3, counted(mocks, "case", "cases") + " without a mock"});
  if (runtimes > 0)
    out.push_back({4, counted(runtimes, "case", "cases") + " that could not be run"});
  return out;
}

void order_reasons(RunReport& report) {
  const auto rank = [](int code) { return code > 100 ? 0 : code; };
  std::stable_sort(
      report.reasons.begin(), report.reasons.end(),
      [&rank](const ExitReason& a, const ExitReason& b) { return rank(a.code) < rank(b.code); });
  report.exit_code = report.reasons.empty() ? 0 : report.reasons.front().code;
}

std::string in_one_line(const base::Diagnostic& problem) {
  return (problem.where ? base::to_text(*problem.where) + ": " : "") + problem.what +
         (problem.why.empty() ? "" : ": " + problem.why) +
         (problem.advice.empty() ? "" : "; " + problem.advice);
}

std::string headline(const CaseReport& item) {
  if (item.problem) {
    const base::Diagnostic& problem = *item.problem;
    return problem.what + (problem.why.empty() ? "" : ": " + problem.why);
  }
  if (item.cut_off) return "not finished: " + item.skip_reason;
  if (item.timed_out) return "stopped at the time limit of a case";
  std::string out;
  for (const Mismatch& mismatch : item.mismatches) {
    out += (out.empty() ? "" : "; ") + mismatch.subject + ": expected " + mismatch.expected +
           ", was " + mismatch.actual;
  }
  if (item.error) out += (out.empty() ? "" : "; ") + std::string("error: ") + item.error->message;
  return out.empty() ? std::string(verdict_name(item.verdict)) : out;
}

base::Location deciding_place(const CaseReport& item) {
  if (item.problem) return item.where;
  if (item.error && item.error->where) return *item.error->where;
  if (item.undefined_origin) return *item.undefined_origin;
  if (!item.explanations.empty() && item.explanations.front().where.line != 0)
    return item.explanations.front().where;
  if (!item.rules.empty() && item.rules.front().where.line != 0) return item.rules.front().where;
  return item.where;
}

std::string counted(std::size_t number, std::string_view one, std::string_view many) {
  return std::to_string(number) + " " + std::string(number == 1 ? one : many);
}

std::string age_text(std::chrono::seconds age) {
  const auto seconds = static_cast<std::size_t>(age.count() < 0 ? 0 : age.count());
  if (seconds < 60) return "just now";
  if (seconds < 3'600) return counted(seconds / 60, "minute", "minutes");
  if (seconds < 172'800) return counted(seconds / 3'600, "hour", "hours");
  return counted(seconds / 86'400, "day", "days");
}

std::string duration_text(std::chrono::microseconds duration) {
  const double seconds = static_cast<double>(duration.count()) / 1e6;
  if (seconds < 0.0995) return fixed(seconds * 1'000, 0) + " ms";
  if (seconds < 9.995) return fixed(seconds, 2) + " s";
  if (seconds < 120) return fixed(seconds, 1) + " s";
  const auto whole = static_cast<std::int64_t>(seconds);
  return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
}

}  // namespace harness
