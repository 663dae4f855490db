#include "harness/run/judge.h"

#include <algorithm>
#include <sstream>

#include <re2/re2.h>

#include "harness/report/json_writer.h"
#include "harness/run/value_text.h"

namespace harness {
namespace {

using policy_runtime::Outcome;
using Result = Expectation::Result;

constexpr std::size_t kMostShownPrints = 400;
constexpr std::size_t kMostDifference = 40;  // lines
constexpr std::size_t kMostCompared = 400;   // lines of either side

std::string_view expected_name(Result result) {
  switch (result) {
  case Result::Pass:
    return "pass";
  case Result::Fail:
    return "fail";
  case Result::Undefined:
    return "undefined";
  case Result::Error:
    return "error";
  }
  return "";
}

bool is_boolean(const std::optional<policy_runtime::ShownValue>& value) {
  return !value || value->json == "true" || value->json == "false";
}

/// What `main` was, as a reader wants to see it.
std::string actual_main(const Outcome& outcome) {
  switch (outcome.result) {
  case Outcome::Result::Error:
    return "an error";
  case Outcome::Result::Undefined:
    return "undefined";
  case Outcome::Result::Pass:
    return outcome.main ? outcome.main->json : "true";
  case Outcome::Result::Fail:
    if (!outcome.result_known) return "false or undefined";
    return outcome.main ? outcome.main->json : "false";
  }
  return "";
}

bool matches(Result expected, const Outcome& outcome) {
  return expected_name(expected) == result_name(outcome.result);
}

void check_result(Result expected, const Outcome& outcome, std::vector<Mismatch>& out) {
  if (matches(expected, outcome)) return;
  if (expected == Result::Error) {
    out.push_back({"result", "error", std::string(result_name(outcome.result)), ""});
    return;
  }
  std::string wanted;
  const bool boolean = outcome.result == Outcome::Result::Undefined ||
                       outcome.result == Outcome::Result::Error || is_boolean(outcome.main);
  switch (expected) {
  case Result::Pass:
    wanted = boolean ? "true" : "an empty or zero value";
    break;
  case Result::Fail:
    wanted = boolean ? "false" : "a value that is neither empty nor zero";
    break;
  case Result::Undefined:
  case Result::Error:
    wanted = "undefined";
    break;
  }
  out.push_back({"main", wanted, actual_main(outcome), ""});
}

void check_rule(const RuleExpectation& expected, const Outcome& outcome, MainLookup lookup,
                std::vector<Mismatch>& out) {
  const std::string wanted = json_of(expected.value);
  const auto rule = std::find_if(outcome.rules.begin(), outcome.rules.end(),
                                 [&](const auto& r) { return r.name == expected.name; });
  if (rule != outcome.rules.end()) {
    if (rule->undefined) {
      out.push_back({expected.name, wanted, "undefined", ""});
    } else if (!equals_json(expected.value, rule->value.json)) {
      out.push_back({expected.name, wanted, rule->value.json, ""});
    }
    return;
  }
  if (expected.name == "main" && lookup == MainLookup::RuleOrResult &&
      outcome.result != Outcome::Result::Error) {
    const std::string actual = actual_main(outcome);
    if (outcome.result == Outcome::Result::Undefined || !equals_json(expected.value, actual))
      out.push_back({"main", wanted, actual, ""});
    return;
  }
  out.push_back({expected.name, wanted, "not evaluated", ""});
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  return out;
}

/// Lines only expected with `-`, lines only seen with `+`, common ones with a blank; what both
/// begin and end with is left out but for a line.
std::string difference(const std::string& expected, const std::string& actual) {
  std::vector<std::string> a = lines_of(expected);
  std::vector<std::string> b = lines_of(actual);
  // The table below is quadratic, and nobody reads more.
  a.resize(std::min(a.size(), kMostCompared));
  b.resize(std::min(b.size(), kMostCompared));
  // common[i][j]: how many lines a from i on and b from j on share.
  std::vector<std::vector<std::uint16_t>> common(a.size() + 1,
                                                 std::vector<std::uint16_t>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;)
      common[i][j] = a[i] == b[j] ? static_cast<std::uint16_t>(common[i + 1][j + 1] + 1)
                                  : std::max(common[i + 1][j], common[i][j + 1]);
  }
  std::vector<std::string> lines;
  std::size_t first = SIZE_MAX, last = 0;
  const auto changed = [&](std::string line) {
    first = std::min(first, lines.size());
    last = lines.size();
    lines.push_back(std::move(line));
  };
  for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      lines.push_back("  " + a[i]);
      ++i, ++j;
    } else if (i < a.size() && (j == b.size() || common[i + 1][j] >= common[i][j + 1])) {
      changed("- " + a[i++]);
    } else {
      changed("+ " + b[j++]);
    }
  }
  std::string out;
  if (first == SIZE_MAX) return out;
  const std::size_t begin = first == 0 ? 0 : first - 1;
  const std::size_t end = std::min(last + 2, lines.size());
  for (std::size_t i = begin; i < end; ++i) {
    if (i - begin == kMostDifference) return out + "… " + std::to_string(end - i) + " lines more\n";
    out += lines[i] + "\n";
  }
  return out;
}

std::string shown_text(const std::string& text, std::string_view when_empty) {
  if (text.empty()) return std::string(when_empty);
  return json_string(text.substr(0, kMostShownPrints));
}

void check_text(const std::string& subject, const TextExpectation& expected,
                const std::string& actual, std::string_view when_empty,
                std::vector<Mismatch>& out) {
  const std::string shown = shown_text(actual, when_empty);
  const std::string quoted = json_string(expected.text);
  switch (expected.how) {
  case TextExpectation::How::Contains:
    if (actual.find(expected.text) == std::string::npos)
      out.push_back({subject, "to contain " + quoted, shown, ""});
    break;
  case TextExpectation::How::NotContains:
    if (actual.find(expected.text) != std::string::npos)
      out.push_back({subject, "not to contain " + quoted, shown, ""});
    break;
  case TextExpectation::How::Matches: {
    const re2::RE2 pattern(expected.text, re2::RE2::Quiet);
    if (!pattern.ok() || !re2::RE2::PartialMatch(actual, pattern))
      out.push_back({subject, "to match " + quoted, shown, ""});
    break;
  }
  case TextExpectation::How::Equals: {
    std::string wanted = expected.text;
    while (!wanted.empty() && wanted.back() == '\n')
      wanted.pop_back();
    std::string seen = actual;
    while (!seen.empty() && seen.back() == '\n')
      seen.pop_back();
    if (wanted != seen) out.push_back({subject, quoted, shown, difference(wanted, seen)});
    break;
  }
  }
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines)
    out += (&line == lines.data() ? "" : "\n") + line;
  return out;
}

}  // namespace

std::string_view result_name(Outcome::Result result) {
  switch (result) {
  case Outcome::Result::Pass:
    return "pass";
  case Outcome::Result::Fail:
    return "fail";
  case Outcome::Result::Undefined:
    return "undefined";
  case Outcome::Result::Error:
    return "error";
  }
  return "";
}

std::string in_words(const Expectation& expectation) {
  std::string out;
  const auto add = [&out](const std::string& part) { out += (out.empty() ? "" : ", ") + part; };
  if (expectation.result) add(std::string(expected_name(*expectation.result)));
  for (const RuleExpectation& rule : expectation.rules)
    add(rule.name + " = " + json_of(rule.value));
  if (!expectation.prints.empty()) add("prints");
  if (!expectation.error.empty() || (expectation.wants_error && !expectation.result)) add("error");
  return out.empty() ? "no error" : out;
}

Judgement judge(const Expectation& expectation, const Outcome& outcome, MainLookup lookup) {
  if (outcome.timed_out || outcome.parse_error) return {Verdict::Failed, {}};
  Judgement out;
  std::vector<Mismatch>& mismatches = out.mismatches;
  if (expectation.result) check_result(*expectation.result, outcome, mismatches);
  const bool erred = outcome.result == Outcome::Result::Error;
  const bool wants_error =
      expectation.wants_error || !expectation.error.empty() || expectation.result == Result::Error;
  if (erred && !wants_error && mismatches.empty()) {
    mismatches.push_back(
        {"result", expectation.rules.empty() ? "no error" : in_words(expectation), "an error", ""});
  } else if (!erred && wants_error && mismatches.empty()) {
    mismatches.push_back({"result", "error", std::string(result_name(outcome.result)), ""});
  }
  // After an unexpected error the rules say nothing more.
  if (!erred || wants_error) {
    for (const RuleExpectation& rule : expectation.rules)
      check_rule(rule, outcome, lookup, mismatches);
  }
  for (const TextExpectation& text : expectation.prints)
    check_text("prints", text, joined(outcome.prints), "nothing", mismatches);
  if (erred) {
    for (const TextExpectation& text : expectation.error)
      check_text("error", text, outcome.error ? outcome.error->message : "", "no message",
                 mismatches);
  }
  out.verdict = mismatches.empty() ? Verdict::Passed : Verdict::Failed;
  return out;
}

}  // namespace harness
