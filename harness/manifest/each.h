// Table-driven cases: a case with `each` becomes one case a row, `${x}` replaced by the row's x.
#pragma once

#include <vector>

#include "harness/manifest/yaml.h"
#include "plugin/base/config_tree.h"
#include "plugin/base/diagnostic.h"

namespace harness {

/// Expands the cases of `root.tests`. `${x}` alone keeps the type of the row's value, inside text
/// it is text, `$${` is a literal `${`. A case that cannot be expanded keeps its `each`: where its
/// rows are to blame the check of shapes tells, what only a look into them shows is told here.
void expand_each(base::ConfigNode& root, const Locator& locator,
                 std::vector<base::Diagnostic>& problems);

}  // namespace harness
