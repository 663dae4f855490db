// Edits of a bundle's files: what makes a failing variant of a passing plan.
#pragma once

#include <string>
#include <vector>

#include "plugin/base/config_tree.h"
#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace mock_bundle {

/// One edit. A path is a top-level name and selectors: `resource_changes["aws_instance.web"].change
/// .actions`, `ingress[0].cidr_blocks`, `ingress[*].cidr_blocks` (every element or entry). With
/// `resource`, an address or a glob over whole addresses (`*` and `?` are special, nothing else),
/// the path starts at `resource_changes[A].change.after` and, where present, at
/// `planned_values.resources[A].values`; `raw` stays as it is.
struct Edit {
  enum class Action { Set, Append, Remove, RemoveResource };

  std::string import;
  std::string resource;
  Action action = Action::Set;
  std::string path;
  base::ConfigNode value;
  base::Location where;  // in the manifest, for messages
};

/// Applies `edits` to the files in `folder`, in order. Every problem is added to `problems`; files
/// are written only where there is none. What to tell the user besides (planned_values and
/// resource_changes that come to disagree) is added to `warnings`. `shown` is the bundle's name in
/// messages.
void patch(const base::Path& folder, const std::string& shown, const std::vector<Edit>& edits,
           std::vector<base::Diagnostic>& problems, std::vector<base::Diagnostic>& warnings);

}  // namespace mock_bundle
