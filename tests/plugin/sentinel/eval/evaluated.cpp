#include "tests/plugin/sentinel/eval/evaluated.h"

#include <gtest/gtest.h>

#include "plugin/sentinel/data/frozen_data.h"
#include "plugin/sentinel/syntax/parser.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

std::string place(const base::Location& where) {
  return (where.file == "policy.sentinel" ? std::string() : where.file + ":") +
         std::to_string(where.line) + ":" + std::to_string(where.column);
}

}  // namespace

ProgramPtr program_of(std::string_view text, const std::string& name) {
  const ParseResult parsed = parse(std::make_shared<base::Source>(name, std::string(text)));
  for (const base::Diagnostic& error : parsed.errors)
    ADD_FAILURE() << base::to_text(error);
  if (parsed.tree == nullptr) return nullptr;
  ResolveResult resolved = resolve(parsed.tree);
  for (const base::Diagnostic& error : resolved.errors)
    ADD_FAILURE() << base::to_text(error);
  return resolved.program;
}

Inputs inputs_of(std::string_view policy, const std::map<std::string, std::string>& mocks) {
  Inputs inputs;
  inputs.policy = program_of(policy);
  for (const auto& [path, text] : mocks) {
    ImportBinding binding;
    binding.path = path;
    if (auto data = read_data(std::make_shared<base::Source>(path + ".sentinel", text))) {
      binding.data = {Value::map((*data)->root), *data};
    } else {
      binding.kind = ImportBinding::Kind::Module;
      binding.module = program_of(text, path + ".sentinel");
    }
    inputs.imports.push_back(std::move(binding));
  }
  return inputs;
}

Outcome outcome_of(const Inputs& inputs) {
  if (inputs.policy == nullptr) return {};
  return evaluate(inputs, base::real_system());
}

std::string shown(const Outcome& outcome) {
  std::string text;
  for (const std::string& line : outcome.prints)
    text += line + "\n";
  switch (outcome.result) {
  case Outcome::Result::Pass:
  case Outcome::Result::Fail:
    text += outcome.result == Outcome::Result::Pass ? "pass: " : "fail: ";
    append_text(text, outcome.main, true);
    break;
  case Outcome::Result::Undefined:
    text += "undefined: " + (outcome.undefined_origin ? place(*outcome.undefined_origin) : "?");
    break;
  case Outcome::Result::Error:
    if (!outcome.error) return text + "error without error";
    text += "error: " + (outcome.error->where ? place(*outcome.error->where) + ": " : "") +
            outcome.error->message;
    break;
  }
  return text;
}

std::string evaluated(std::string_view policy, const std::map<std::string, std::string>& mocks) {
  return shown(outcome_of(inputs_of(policy, mocks)));
}

void check(std::span<const PolicyCase> cases) {
  for (const PolicyCase& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(evaluated(c.policy), c.outcome);
  }
}

std::string value_of(std::string_view expression) {
  const Outcome outcome = outcome_of(
      inputs_of("value = (" + std::string(expression) + ")\nprint([value])\nmain = true"));
  if (outcome.error) return "error: " + outcome.error->message;
  if (outcome.prints.empty()) return "nothing";
  const std::string& line = outcome.prints.back();
  return line.substr(1, line.size() - 2);
}

}  // namespace sentinel
