// Files: whole reads, atomic writes, folders that change all at once, and paths that may not leave
// a root.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace base {

/// The whole of a regular file. Errors name the path and the reason; a folder, a device and a file
/// over `most` bytes are errors.
Result<std::string> read_file(const Path& path, std::uint64_t most = std::uint64_t{4} << 30U);

/// Writes beside `path` and renames, so that a reader sees the old text or the new. Makes missing
/// parent folders. The bytes are on disk (fsync) when this returns.
Status write_file(const Path& path, std::string_view text);

/// Makes `path` and its missing parents.
Status make_folders(const Path& path);

/// Removes a file or a whole tree; nothing there is fine. Links are removed, not followed.
Status remove_tree(const Path& path);

/// A new empty folder in `parent` (made if missing) whose name begins with `prefix`.
Result<Path> make_staging_folder(const Path& parent, std::string_view prefix);

/// Puts folder `staged` in the place of `target` in one step (an exchange where `target` exists)
/// and removes what was there. Both must be on one file system.
Status replace_folder(const Path& staged, const Path& target);

/// Resolves `path` (relative to `from`) through every link and demands that it stays inside `root`.
/// The file itself need not exist. The error says where it leads.
Result<Path> resolve_inside(const Path& root, const Path& from, const Path& path);

/// `path` as a user would write it: relative to `root` with `/`, no `./`; unchanged if outside.
std::string display_path(const Path& path, const Path& root);

/// The nearest parent of `folder` (or itself) that holds `.git`; else `folder`.
Path repository_root(const Path& folder);

}  // namespace base
