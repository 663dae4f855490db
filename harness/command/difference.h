// Differences of bundles on a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugin/mock_bundle/diff.h"

namespace harness {

/// mock_bundle::to_text(), cleaned of what a terminal or CI system would obey, each line behind
/// `indent`, added and removed ones coloured.
std::string difference_text(const std::vector<mock_bundle::Difference>& differences, bool colour,
                            std::string_view indent = "");

}  // namespace harness
