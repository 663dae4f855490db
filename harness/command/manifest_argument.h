// The manifest that a command works on: named, or found upwards.
#pragma once

#include <optional>

#include "harness/command/command.h"
#include "harness/manifest/manifest.h"

namespace harness {

/// Reads it; says what is wrong on standard error, and returns nothing then.
std::optional<Manifest> manifest_of(const Arguments& arguments, const Context& context);

}  // namespace harness
