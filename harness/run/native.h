// What a native case of the repository expects: its `test` block.
#pragma once

#include "harness/manifest/manifest.h"
#include "plugin/base/result.h"

namespace harness {

/// Without a `test` block the policy must pass; with one, its rules and nothing else must have
/// their values.
base::Result<Expectation> native_expectation(const NamedPath& file);

}  // namespace harness
