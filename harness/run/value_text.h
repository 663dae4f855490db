// Values of a manifest or a case file against values that a runtime showed.
#pragma once

#include <string>
#include <string_view>

#include "plugin/base/config_tree.h"

namespace harness {

/// Compact JSON.
std::string json_of(const base::ConfigNode& value);

/// Numbers are compared by value, lists in order, maps as sets of entries. JSON text that does not
/// parse equals nothing.
bool equals_json(const base::ConfigNode& expected, std::string_view json);

}  // namespace harness
