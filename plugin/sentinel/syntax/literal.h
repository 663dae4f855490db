// The values of literals as they are written, for the parser, for `int("0x1F")` and for readers of
// mock data. Sentinel specification, "Integer literals" to "String literals".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sentinel {

/// The value of a well-formed decimal, octal (0600) or hexadecimal literal, negated if `negative`;
/// nothing if it does not fit.
std::optional<std::int64_t> int_value(std::string_view text, bool negative = false);

/// The value of a well-formed float literal; infinite where it is too large.
double float_value(std::string_view text);

struct EscapeProblem {
  std::size_t begin = 0;  // in the text between the quotes
  std::size_t length = 0;
  std::string what;
  std::string advice;
};

/// Puts the value of a quoted string, given without its quotes, into `out`. Stops at the first bad
/// escape.
std::optional<EscapeProblem> resolve_escapes(std::string_view inside, std::string& out);

}  // namespace sentinel
