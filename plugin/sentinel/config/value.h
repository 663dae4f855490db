// Configuration values → Sentinel values.
#pragma once

#include <string_view>

#include "plugin/base/config_tree.h"
#include "plugin/sentinel/value/arena.h"
#include "plugin/sentinel/value/value.h"

namespace sentinel {

/// Numbers become floats, whole ones too: HashiCorp's HCL and JSON configuration knows no others.
/// Of equal keys the last counts.
/// Collections are frozen: evaluations share them.
Value to_value(Arena& arena, const base::ConfigNode& node);

/// The value of `-param x=…`, `-global x=…`, `SENTINEL_PARAM_x` and of an answer to a prompt: a
/// JSON number, list, object or quoted text is that; anything else, `true` too, is text as it
/// stands. Documentation: Sentinel, language, parameters.
Value to_setting_value(Arena& arena, std::string_view text);

}  // namespace sentinel
