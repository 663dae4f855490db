// One problem, ready to be shown. Every message that a user meets is one of these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

/// A place in a file, self-contained so that it outlives the text it came from.
struct Location {
  std::string file;
  std::uint32_t line = 0;    // 1-based; 0: the file as a whole
  std::uint32_t column = 0;  // 1-based, in bytes of UTF-8; 0: the line as a whole
  std::uint32_t length = 1;  // bytes to underline, within the line
  std::string source_line;   // without its line end; empty: nothing to quote

  bool operator==(const Location&) const = default;
};

/// `file:line:column`, or as much of it as is known.
std::string to_text(const Location& location);

/// Messages: lower case, no full stop, the user's names in backticks, what was found before what
/// was expected.
struct Diagnostic {
  std::string what;                // "mock `network` cannot be fetched"
  std::optional<Location> where;   // none: the problem has no place in a file
  std::string why;                 // "app.terraform.io answered 401 Unauthorized"
  std::string advice;              // "run `terraform login app.terraform.io`"
  std::vector<Diagnostic> causes;  // innermost last

  bool operator==(const Diagnostic&) const = default;
};

/// What a user wrote, as messages name it: between backticks.
std::string in_ticks(std::string_view text);

/// The text of a diagnostic as a terminal or log shows it, ending in a line end:
///
///     tests.yaml:14:9: unknown key `polcy` in a test
///         14 |       - polcy: policies/restrict-ssh.sentinel
///            |         ^~~~~ did you mean `policy`?
///
/// The advice stands behind the caret where there is a source line, else on a line of its own.
std::string to_text(const Diagnostic& diagnostic);

/// The source line with its number and a caret, indented four columns, ending in a line end; empty
/// where the location quotes no line. `note` is printed behind the caret. Tabs become one space so
/// that the caret stands right; a line longer than `width` columns is cut around the caret.
std::string quote_source(const Location& location, std::string_view note, std::size_t width = 110);

/// The one of `candidates` that `word` is most likely a typo of; empty where none is near.
/// Near: an edit distance (with swaps) of at most a third of the word, at least 1.
std::string_view nearest_name(std::string_view word,
                              const std::vector<std::string_view>& candidates);

}  // namespace base
