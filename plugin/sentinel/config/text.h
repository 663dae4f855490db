// What the readers of HCL and JSON share: characters and numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/base/config_tree.h"

namespace sentinel {

/// The value of a hexadecimal digit, or -1.
int hex_digit(char c);

/// False, and nothing appended, for what is no code point (surrogates, beyond U+10FFFF).
bool append_utf8(std::string& out, std::uint32_t code);

/// The offset of the first byte that is not part of valid UTF-8.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Every byte that is not part of valid UTF-8 becomes U+FFFD, as Go's reader of JSON makes it.
void replace_invalid_utf8(std::string& text);

/// Reads `node.text` (a number in JSON's form): `Int` where it is `whole` and fits, else `Float`,
/// infinite where it is too large.
void set_number(base::ConfigNode& node, bool whole);

/// At most 40 bytes of it, for messages.
std::string shorten(std::string_view word);

}  // namespace sentinel
