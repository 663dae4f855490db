#include "plugin/sentinel/suite/case.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "plugin/base/file.h"
#include "plugin/sentinel/config/value.h"
#include "plugin/sentinel/value/arena.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

const RuleResult* find_rule(const Outcome& outcome, std::string_view name) {
  for (const RuleResult& rule : outcome.rules) {
    if (rule.in_policy && rule.name == name) return &rule;
  }
  return nullptr;
}

/// A list may hold itself: such a value equals nothing that configuration can say.
bool equals(const Value& actual, const Value& expected) {
  try {
    return !actual.is_undefined() && equal(actual, expected);
  } catch (const ValueTooLarge&) {
    return false;
  }
}

void append_shown(std::string& out, const Value& value) {
  const std::size_t size = out.size();
  try {
    append_text(out, value, true);
  } catch (const ValueTooLarge& error) {
    out.resize(size);
    out += "(" + std::string(error.what) + ")";
  }
  constexpr std::size_t kLongest = std::size_t{1} << 20U;
  if (out.size() - size > kLongest) {
    const std::string left = std::to_string(out.size() - size - kLongest);
    out.resize(size + kLongest);
    out += "… (" + left + " bytes more)";
  }
}

/// Only rules are in a trace; a `main` that is no rule is judged by the result all the same.
std::vector<Mismatch> compare(const std::vector<Setting>& expected, const Outcome& outcome) {
  std::vector<Mismatch> out;
  const auto arena = std::make_shared<Arena>();
  for (const Setting& setting : expected) {
    Mismatch mismatch;
    mismatch.rule = setting.name;
    mismatch.expected = {to_value(*arena, setting.value), arena};
    if (const RuleResult* rule = find_rule(outcome, setting.name)) {
      mismatch.actual = rule->value;
    } else if (setting.name == "main") {
      mismatch.actual = outcome.main;
    } else {
      mismatch.evaluated = false;
    }
    const bool fine = mismatch.evaluated && equals(mismatch.actual, mismatch.expected.value);
    if (!fine) out.push_back(std::move(mismatch));
  }
  std::sort(out.begin(), out.end(),
            [](const Mismatch& a, const Mismatch& b) { return a.rule < b.rule; });
  return out;
}

void judge(CaseResult& result, const Configuration& configuration) {
  const Outcome& outcome = *result.outcome;
  if (outcome.result == Outcome::Result::Error) {
    result.status = CaseResult::Status::Error;
    return;
  }
  if (!configuration.expected_rules) {
    result.status = outcome.result == Outcome::Result::Pass ? CaseResult::Status::Pass
                                                            : CaseResult::Status::Fail;
    return;
  }
  result.mismatches = compare(*configuration.expected_rules, outcome);
  result.status = result.mismatches.empty() ? CaseResult::Status::Pass : CaseResult::Status::Fail;
}

}  // namespace

std::string Mismatch::to_text(std::string_view policy) const {
  if (!evaluated) {
    return "rule \"" + rule + "\" not found in trace for policy " + std::string(policy);
  }
  std::string out = "expected \"" + rule + "\" to be ";
  append_shown(out, expected.value);
  out += ", got: ";
  append_shown(out, actual);
  return out;
}

std::string_view name_of(CaseResult::Status status) {
  switch (status) {
  case CaseResult::Status::Pass:
    return "PASS";
  case CaseResult::Status::Fail:
    return "FAIL";
  case CaseResult::Status::Error:
    return "ERROR";
  }
  return "";
}

CaseResult run_case(const LoadedFile& policy, const base::Path& case_file, Loader& loader,
                    const CaseOptions& options, const base::System& system) {
  const auto begin = system.clock->steady();
  CaseResult result;
  const auto finish = [&]() -> CaseResult&& {
    result.duration = system.clock->steady() - begin;
    return std::move(result);
  };
  if (policy.program == nullptr) {
    result.problems = policy.errors;
    return finish();
  }
  auto text = base::read_file(case_file, kLargestConfiguration);
  if (!text) {
    result.problems.push_back(std::move(text.error()));
    return finish();
  }
  const Configuration configuration = read_configuration(
      std::make_shared<const base::Source>(loader.name(case_file), std::move(*text)),
      result.problems);
  result.legacy = configuration.legacy;
  result.warnings = configuration.warnings;
  if (!result.problems.empty()) return finish();

  Inputs inputs;
  inputs.policy = policy.program;
  inputs.limits = options.limits;
  inputs.cancel = options.cancel;
  inputs.allow_network = options.allow_network;
  inputs.observe = options.observe;
  add_inputs(inputs, configuration, case_file.parent_path(), loader, options.reach,
             result.problems);
  if (!result.problems.empty()) return finish();

  result.outcome = evaluate(inputs, system);
  judge(result, configuration);
  return finish();
}

}  // namespace sentinel
