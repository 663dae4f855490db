// Tree → text, for tests and for `--debug`.
#pragma once

#include <string>

#include "plugin/sentinel/syntax/tree.h"

namespace sentinel {

/// One line for each import, parameter and statement, in nested parentheses: `a = 1 + b` comes out
/// as `(= a (+ 1 b))`. Shows all that a tree means; neither positions nor how things were written.
std::string to_text(const Tree& tree);

/// The same of one expression.
std::string to_text(const Expression& expression);

}  // namespace sentinel
