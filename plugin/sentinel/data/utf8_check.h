// Whether a whole text is UTF-8, at memory speed.
#pragma once

#include <string_view>

namespace sentinel {

bool is_utf8(std::string_view text);

}  // namespace sentinel
