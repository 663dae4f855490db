// Names and texts of others where they must stay on their line.
#pragma once

#include <string>
#include <string_view>

namespace base {

/// `text` with its control characters, and whatever else ends a line, as escapes: `\u000a`. The
/// same text where it holds none.
std::string on_one_line(std::string_view text);

}  // namespace base
