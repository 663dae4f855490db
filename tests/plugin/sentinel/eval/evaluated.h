// Programs written in a test → what came of them, as text.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "plugin/sentinel/eval/evaluate.h"

namespace sentinel {

/// Parses and resolves; a test failure where that does not work.
ProgramPtr program_of(std::string_view text, const std::string& name = "policy.sentinel");

/// Inputs with mocks that are code (or data: what `read_data` accepts).
Inputs inputs_of(std::string_view policy, const std::map<std::string, std::string>& mocks = {});

Outcome outcome_of(const Inputs& inputs);

/// The printed lines, then how it ended:
///
///     hello
///     pass: true                           fail: VALUE, undefined: LINE:COLUMN of its origin
///     error: LINE:COLUMN: message          FILE: stands in front of a module's
std::string evaluated(std::string_view policy,
                      const std::map<std::string, std::string>& mocks = {});
std::string shown(const Outcome& outcome);

/// A row of a table of policies.
struct PolicyCase {
  const char* name;
  const char* policy;
  const char* outcome;  // as `evaluated` tells it
};
void check(std::span<const PolicyCase> cases);

/// The value of one expression as `print` shows it inside a list, or `error: …`.
std::string value_of(std::string_view expression);

}  // namespace sentinel
