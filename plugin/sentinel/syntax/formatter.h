// `sentinel fmt`: source text → the same program in canonical form.
#pragma once

#include <string>

#include "plugin/sentinel/syntax/parser.h"
#include "plugin/sentinel/syntax/tree.h"

namespace sentinel {

/// The source of `tree` in canonical form: tabs, one blank line at most, values of neighbouring map
/// entries and trailing comments aligned. Line breaks are kept where they mean nothing, comments
/// always. Formatting a formatted text changes nothing, and the tree stays the same.
///
/// The rules are those of the Go formatter from which HashiCorp's descends, as seen in published
/// policies and generated mocks.
std::string format(const Tree& tree);

struct FormatResult {
  std::string text;                      // meaningless where there are errors
  std::vector<base::Diagnostic> errors;  // why the text cannot be read
};

/// Parses and formats.
FormatResult format(base::SourcePtr source);

}  // namespace sentinel
