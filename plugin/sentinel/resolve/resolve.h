// Tree → Program: every name gets a place, so that evaluation never looks a name up. Sections:
// Sentinel specification, "Blocks", "Declarations and scope".
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plugin/base/diagnostic.h"
#include "plugin/sentinel/syntax/tree.h"

namespace sentinel {

/// A policy, module or mock that is ready to be evaluated, any number of times, by many threads at
/// once. Immutable. See program.h.
struct Program;
using ProgramPtr = std::shared_ptr<const Program>;

struct ResolveResult {
  ProgramPtr program;                    // null when there are errors
  std::vector<base::Diagnostic> errors;  // each with a position
};

/// Names that are bound nowhere are no errors here: a host may define them as globals, and reading
/// one that nobody defined is an error of the evaluation that gets there. Errors are imports,
/// parameters and functions bound twice, and assignments to what cannot be assigned.
ResolveResult resolve(TreePtr tree);

const Tree& tree(const Program& program);
const base::Source& source(const Program& program);

/// The printable form of a program with its slots, for tests.
std::string to_text(const Program& program);

}  // namespace sentinel
