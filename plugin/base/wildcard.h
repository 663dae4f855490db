// `*` and `?` in a pattern over text.
#pragma once

#include <string_view>

namespace base {

/// Whether `pattern` matches the whole of `text`: `*` is any run of bytes, `?` any one, everything
/// else is itself. Time is bounded by the product of both lengths.
bool wildcard_matches(std::string_view pattern, std::string_view text);

}  // namespace base
