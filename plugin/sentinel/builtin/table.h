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

/// What `range(start, end, step)` counts.
struct IntRange {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::uint64_t count = 0;

  Value at(std::uint64_t i) const {
    return Value::integer(static_cast<std::int64_t>(static_cast<std::uint64_t>(start) +
                                                    i * static_cast<std::uint64_t>(step)));
  }
};

/// `step` is not 0.
IntRange int_range(std::int64_t start, std::int64_t end, std::int64_t step);

}  // namespace sentinel
