// Which covered lines count: those of the repository's policies and modules. Functions inside mocks
// are the tests' own.
#pragma once

#include <vector>

#include "plugin/base/system.h"
#include "plugin/policy_runtime/policy_runtime.h"

namespace harness {

/// Takes the lines of what the case mocks away. `root`: the folder that the names of files in
/// `lines` are relative to, absolute. `case_file`: the case's, relative to it; where it cannot be
/// read, nothing was run.
void leave_out_mocks(std::vector<policy_runtime::CoveredLine>& lines, const base::Path& root,
                     const base::Path& case_file);

}  // namespace harness
