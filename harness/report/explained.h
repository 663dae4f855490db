// What of a case's explanation a reader is shown: the text and the HTML report say the same.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "harness/report/run_report.h"

namespace harness {

/// One place of the policy or a module, and what was seen there.
struct ShownPlace {
  base::Location where;
  std::string note;  // "false: element 2 of 2 is false"; not cleaned
  std::vector<policy_runtime::Operand> operands;
  bool quoted = true;  // false: it is the error's, shown with that
};

/// What decided, outermost first: of the rules that are not as expected, each place once, down to
/// the returns of the functions that were called. `everything`: of all rules. The place of the
/// first undefined value is the last, where none of the others has shown it.
std::vector<ShownPlace> shown_places(const CaseReport& item, bool everything);

/// Where the error was, as wide as its explanation among `places` is, with what was undefined there
/// and what was seen. `error` has a place.
ShownPlace shown_error(const policy_runtime::LanguageError& error,
                       const std::vector<ShownPlace>& places);

/// The calls that led to an error, innermost first, and how often each is among them.
std::vector<std::pair<base::Location, std::size_t>> shown_calls(
    const policy_runtime::LanguageError& error);

/// A value that fits `columns`, as policies write it: JSON, but `undefined`.
std::string shown_value(const policy_runtime::ShownValue& value, std::size_t columns);

}  // namespace harness
