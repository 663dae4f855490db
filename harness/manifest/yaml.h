// YAML 1.2 as the manifest takes it: text in, a tree with the position of every key and value out.
// Strict where YAML is lax, because a manifest decides what a merge is checked for: duplicate keys,
// merge keys, tags, several documents and an unclosed quote are errors.
#pragma once

#include <optional>
#include <vector>

#include "plugin/base/config_tree.h"
#include "plugin/base/diagnostic.h"
#include "plugin/base/source.h"

namespace harness {

/// The positions of one source, each found in logarithmic time.
class Locator {
 public:
  explicit Locator(base::SourcePtr source);

  base::Location locate(base::Span span) const;
  /// The file as a whole.
  base::Location whole() const;

 private:
  base::SourcePtr source_;
  std::vector<std::uint32_t> lines_;  // offset of the first byte of each line
};

/// Plain scalars are typed by YAML 1.2's core schema, quoted ones are text. Aliases are expanded,
/// up to a bound. The tree is at most 100 levels deep. Every problem is added to `problems`;
/// nothing comes back where the text cannot be read as a whole or is empty.
std::optional<base::ConfigNode> read_yaml(const Locator& locator, const base::Source& source,
                                          std::vector<base::Diagnostic>& problems);

}  // namespace harness
