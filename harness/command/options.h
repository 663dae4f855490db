// What stands on the command line: every option and command is a row, and `--help`, completion,
// `HARNESS_*` variables and the documentation take their words from the rows.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace harness {

enum class Takes {
  Nothing,
  Value,          // the last one counts
  List,           // may be repeated
  OptionalValue,  // `--coverage` or `--coverage=80`
};

struct OptionRow {
  std::string_view name;  // without dashes
  char letter = 0;
  Takes takes = Takes::Nothing;
  std::string_view value;    // how its value is called: "N"
  std::string_view choices;  // "auto|cli|builtin|both"; empty: anything
  std::string_view help;
  std::string_view example;
};

/// All options of all commands.
std::span<const OptionRow> option_rows();
/// Null where there is none of that name.
const OptionRow* find_option(std::string_view name);

/// HARNESS_CASE_TIMEOUT
std::string variable_of(const OptionRow& option);

/// What was given for one command.
class Arguments {
 public:
  /// A flag that was given, or any option with a value.
  bool has(std::string_view option) const { return values_.contains(option); }
  /// The last value; empty where it was not given.
  std::string value(std::string_view option) const;
  std::vector<std::string> values(std::string_view option) const;
  /// How often a flag was given: -vv is 2.
  std::size_t count(std::string_view option) const;
  const std::vector<std::string>& words() const { return words_; }
  /// "`--jobs`" or "`HARNESS_JOBS`": where the value came from, for messages.
  std::string origin(std::string_view option) const;

 private:
  friend base::Result<Arguments> parse_arguments(std::string_view command,
                                                 std::span<const std::string_view> options,
                                                 const std::vector<std::string>& words,
                                                 const base::Environment& environment);
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::map<std::string, std::string, std::less<>> origins_;
  std::vector<std::string> words_;
};

/// Takes the words behind a command's name apart. `options` are the names of those that the
/// command knows. Flag > variable > default; an empty variable is none.
base::Result<Arguments> parse_arguments(std::string_view command,
                                        std::span<const std::string_view> options,
                                        const std::vector<std::string>& words,
                                        const base::Environment& environment);

}  // namespace harness
