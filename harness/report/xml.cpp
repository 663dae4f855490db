#include "harness/report/xml.h"

#include "harness/report/clean.h"

namespace harness {

std::string xml_text(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : clean_text(text, text.size() + 1)) {
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    default:
      out += c;
    }
  }
  return without_ci_commands(std::move(out), "&#35;");
}

std::string xml_attribute(std::string_view name, std::string_view value) {
  // Readers make blanks of line ends in attributes.
  return " " + std::string(name) + "=\"" + xml_text(clean_line(value, value.size() + 1)) + "\"";
}

}  // namespace harness
