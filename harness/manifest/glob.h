// Globs over paths: `*` and `?` stay within a path's part, `**` stands for any number of parts.
#pragma once

#include <string_view>
#include <vector>

#include "plugin/base/system.h"

namespace harness {

bool has_glob(std::string_view text);

/// `path` is relative, with `/`. Time is bounded by the product of both lengths.
bool glob_matches(std::string_view glob, std::string_view path);

/// The regular files (or links to some) below `folder` that match, sorted. Linked folders are not
/// entered, nor `.git`, `.harness` and `.sentinel` by a wildcard.
std::vector<base::Path> glob_files(const base::Path& folder, std::string_view glob);

/// Folders that no search enters.
bool is_private_folder(const base::Path& name);

}  // namespace harness
