// Data that is read once and shared, unchanged, by every evaluation that uses it.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "plugin/base/source.h"
#include "plugin/sentinel/value/arena.h"
#include "plugin/sentinel/value/collection.h"

namespace sentinel {

/// Values and what they live in. Everything in it is frozen, so many threads may read it.
struct FrozenData {
  base::SourcePtr source;  // strings without escapes are views into its text
  Arena arena;             // all else
  Map* root = nullptr;     // of a mock: its top-level names, in the order of the file
};

using FrozenDataPtr = std::shared_ptr<const FrozenData>;

/// Reads a mock that is pure data: comments, unused imports of the standard library, and
/// `name = LITERAL`, where a literal is a scalar, `undefined`, or a list or map of literals. Makes
/// the values straight from the text, no tree between.
///
/// Nullopt: something else is in it, an error perhaps: parse and evaluate it as a module, which
/// then says what is wrong. What this accepts, the parser and the evaluator accept too, with the
/// same values; it leaves rare spellings of data to them.
std::optional<FrozenDataPtr> read_data(base::SourcePtr source);

/// One `name = LITERAL`.
struct DataAssignment {
  std::string_view name;  // in the text
  base::Span span;        // from the name to the end of the literal
  Value value;
};

/// What a text begins with that read_data() would take, a name as often as it is assigned to. Parts
/// that are equal are one part, which an evaluation must not get.
struct DataBeginning {
  FrozenDataPtr data;  // without a root
  std::vector<DataAssignment> assignments;
  std::size_t end = 0;  // where the first statement of another kind begins; else the text's size
};
DataBeginning read_data_beginning(base::SourcePtr source);

}  // namespace sentinel
