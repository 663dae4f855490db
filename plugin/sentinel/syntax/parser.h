// Text → tree. Sections: Sentinel specification, "Lexical elements" to "Statements".
#pragma once

#include <vector>

#include "plugin/base/diagnostic.h"
#include "plugin/sentinel/syntax/tree.h"

namespace sentinel {

struct ParseResult {
  TreePtr tree;                          // null when there are errors
  std::vector<base::Diagnostic> errors;  // each with a position; at most a dozen
};

/// Parses a whole file. Nesting deeper than 1,000 levels is an error, not a crash.
ParseResult parse(base::SourcePtr source);

}  // namespace sentinel
