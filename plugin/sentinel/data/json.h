// JSON text → values.
#pragma once

#include <string>
#include <string_view>

#include "plugin/base/result.h"
#include "plugin/sentinel/data/frozen_data.h"

namespace sentinel {

/// Reads one JSON document. Whole numbers that fit stay Int, all others become Float; of a repeated
/// key the last stands. Deeper than 1,000 levels is an error. Errors have the position in the text,
/// under `name`. The strings are copied into `arena`.
base::Result<Value> read_json(Arena& arena, std::string_view text, std::string_view name);

/// The same, frozen. `value` is the document.
struct FrozenDocument {
  FrozenDataPtr data;
  Value value;
};
base::Result<FrozenDocument> read_frozen_json(base::SourcePtr source);
/// The same, for large texts that are only read: `text` is let go as early as can be, and parts
/// that are equal are one part, which an evaluation must not get.
base::Result<FrozenDocument> read_frozen_json(std::string_view name, std::string text);

}  // namespace sentinel
