// What changed in git, for `--changed`.
#pragma once

#include <set>
#include <string>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace harness {

/// Absolute paths of the files that differ from `reference` (a commit, branch or tag), untracked
/// ones included. Errors: no git, no repository, no such reference.
base::Result<std::set<base::Path>> changed_files(const base::Path& repository,
                                                 const std::string& reference,
                                                 const base::System& system,
                                                 const base::CancelToken& cancel);

}  // namespace harness
