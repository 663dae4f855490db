// The manifest that a command works on: named, or found upwards.
#pragma once

#include <optional>
#include <string_view>

#include "harness/command/command.h"
#include "harness/manifest/manifest.h"

namespace harness {

enum class WordsAre { Manifest, ManifestOrMocks };

/// Whether a word of the command line is a manifest: it ends in .yaml or .yml.
bool is_manifest_name(std::string_view word);

/// Reads it; says what is wrong on standard error, and returns nothing then.
std::optional<Manifest> manifest_of(const Arguments& arguments, const Context& context,
                                    WordsAre words = WordsAre::Manifest);

}  // namespace harness
