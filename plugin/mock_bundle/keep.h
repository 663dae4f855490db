// Trimming a bundle to what the policies read: small diffs, fewer secrets.
#pragma once

#include <string>
#include <vector>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace mock_bundle {

struct KeepOptions {
  std::vector<std::string> imports;    // empty: all
  std::vector<std::string> resources;  // globs over whole addresses; empty: all
};

/// Drops, in the bundle in `folder`, the files of imports that are not kept, and in the others
/// every resource whose address matches none of the globs: in resource_changes, resource_drift,
/// planned_values, raw, tfstate's and tfconfig's resources and provisioners (there an address has
/// no instance keys), and in the v1 imports. An import that the bundle does not supply is an error,
/// and so is it if none of its resources would be left: whatever a policy asks of all of them would
/// hold. Gives the globs that match no resource of a bundle that has some. `shown` is the bundle's
/// name in messages.
base::Result<std::vector<std::string>> keep(const base::Path& folder, const std::string& shown,
                                            const KeepOptions& options);

}  // namespace mock_bundle
