// Help texts, made from the tables of commands and options.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "harness/command/command.h"

namespace harness {

/// One exit code; never renumbered.
struct ExitRow {
  std::string_view code;     // "130, 143"
  std::string_view meaning;  // a few words, for --help
  std::string_view details;  // for the manual and docs/reference/exit-codes.md
};
std::span<const ExitRow> exit_rows();

/// A variable of the environment that is not an option's HARNESS_*.
struct VariableRow {
  std::string_view name;  // "TF_TOKEN_HOST"
  std::string_view group;
  std::string_view help;
};
std::span<const VariableRow> variable_rows();

/// The head of an option's entry: "--jobs N", "--coverage[=PERCENT]".
std::string head_of(const OptionRow& option);

/// `harness --help`
std::string help_text();
/// `harness COMMAND --help`
std::string help_text(const CommandRow& command);

}  // namespace harness
