// Which cases of a manifest a run takes.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/manifest/manifest.h"
#include "plugin/base/result.h"

namespace harness {

/// `--shard K/N`, 1-based.
struct Shard {
  std::size_t number = 1;
  std::size_t of = 1;
};

struct Selection {
  std::vector<std::string> filters;             // RE2 on full names; any of them
  std::vector<std::string> tags;                // any of them
  std::optional<std::set<std::string>> names;   // full names, of --failed; none: all
  std::optional<std::set<base::Path>> changed;  // absolute files, of --changed
  std::optional<Shard> shard;                   // of what the rest leaves
};

/// Indices into the manifest's cases, in its order. An error: a filter that does not compile.
base::Result<std::vector<std::size_t>> select(const Manifest& manifest, const Selection& selection);

/// Whether a case is made from `file`, absolute and with links resolved: the manifest, a policy, a
/// mock. Of what native cases name, only Sentinel code counts: not every one of them is read for
/// each report in JSON.
bool is_made_from(const Manifest& manifest, const base::Path& file);

/// "2/4". Errors say what is wrong.
base::Result<Shard> parse_shard(const std::string& text);

}  // namespace harness
