// XML text, for the formats that are XML.
#pragma once

#include <string>
#include <string_view>

namespace harness {

/// Escaped for an attribute or a text. What XML 1.0 cannot hold, even escaped, is removed.
std::string xml_text(std::string_view text);

/// ` name="value"`
std::string xml_attribute(std::string_view name, std::string_view value);

}  // namespace harness
