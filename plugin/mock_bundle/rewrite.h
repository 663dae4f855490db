// Walking data and making changed copies of it: what trimming and redaction are made of. Internal
// to this folder.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/mock_bundle/mock_file.h"
#include "plugin/sentinel/value/collection.h"

namespace mock_bundle {

/// Where a value stands: the keys and indexes above it, outermost first, as path_text() shows them.
using Trail = std::vector<std::string>;

/// A copy of `value` in which each map entry and list element is what `change` makes of it: nullopt
/// drops it, the same value leaves it alone. Children are rewritten before their parents.
/// Collections that nothing changed are shared with `value`.
using Rewriter =
    std::function<std::optional<sentinel::Value>(const sentinel::Value& value, const Trail& trail)>;
sentinel::Value rewrite(sentinel::Arena& arena, const sentinel::Value& value, Trail& trail,
                        const Rewriter& change);

/// Rewrites every data name of a file.
void rewrite(MockFile& file, const Rewriter& change);

/// Calls `visit` for every scalar below `value`.
using Visitor = std::function<void(const sentinel::Value& value, const Trail& trail)>;
void visit_scalars(const sentinel::Value& value, Trail& trail, const Visitor& visit);

/// Whether both are one: the same collection, or equal scalars.
bool is_same(const sentinel::Value& a, const sentinel::Value& b);

/// A member of a map; null where `value` is no map or has none of that name.
const sentinel::Value* member(const sentinel::Value* value, std::string_view key);

/// The text of a string member; empty where there is none.
std::string_view member_text(const sentinel::Value* value, std::string_view key);

}  // namespace mock_bundle
