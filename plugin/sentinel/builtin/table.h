// The functions that every program may call without an import. Sections: Sentinel documentation,
// "Functions".
#pragma once

#include <span>
#include <string_view>

#include "plugin/sentinel/value/native.h"

namespace sentinel {

/// In the order of their names.
std::span<const FunctionRow> builtins();

/// Null where there is none of that name.
const FunctionRow* find_builtin(std::string_view name);

}  // namespace sentinel
