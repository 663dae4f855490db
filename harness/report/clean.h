// Text of policies, mocks and names is hostile: it may hold control characters, escape sequences
// and commands for a CI system. Every format passes it through here.
#pragma once

#include <string>
#include <string_view>

namespace harness {

/// One line: escape sequences and control characters gone, line ends and tabs made into blanks,
/// bytes that are no UTF-8 replaced by U+FFFD; longer than `most` bytes: cut, with
/// "… N bytes more".
std::string clean_line(std::string_view text, std::size_t most = 4'096);

/// The same for text of several lines: line ends (as \n) and tabs stay.
std::string clean_text(std::string_view text, std::size_t most = 65'536);

/// Cleaned like a line, and harmless as a line of a CI system's log: a leading or embedded `::`
/// or `##[`, `##vso[` is broken with a blank.
std::string clean_for_ci(std::string_view text, std::size_t most = 4'096);

/// The same for each line of a text.
std::string clean_lines_for_ci(std::string_view text, std::size_t most = 65'536);

/// Azure Pipelines takes `##[` and `##vso[` anywhere in a line for a command: their second `#`
/// becomes `number_sign`, as the format writes that character otherwise.
std::string without_ci_commands(std::string text, std::string_view number_sign);

/// A source line for a quotation with a caret: what is harmful becomes one blank or `?` a byte, so
/// that positions stay.
std::string clean_in_place(std::string_view text);

/// JSON text without the white space between its tokens.
std::string compact_json(std::string_view json);

/// A JSON value that fits `columns`: of lists and maps the first elements, then `… 12 more`;
/// strings cut in the middle. A value that fits stays as it is. Text that is no JSON is only cut.
std::string shorten_json(std::string_view json, std::size_t columns);

/// Columns that a terminal needs for `text`.
std::size_t columns_of(std::string_view text);

/// `text` with everything beyond ASCII replaced, for terminals without UTF-8: `›` by `>`, `…` by
/// `...`, other characters by `?`.
std::string to_ascii(std::string_view text);

}  // namespace harness
