#include "plugin/base/one_line.h"

namespace base {

std::string on_one_line(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  const auto escape = [&](unsigned code) {
    out += "\\u";
    for (const unsigned shift : {12U, 8U, 4U, 0U})
      out += kHex[(code >> shift) & 0xFU];
  };
  const auto byte = [&](std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (byte(at) < 0x20 || byte(at) == 0x7F) {
      escape(byte(at));
    } else if (byte(at) == 0xC2 && byte(at + 1) >= 0x80 && byte(at + 1) < 0xA0) {
      escape(byte(at + 1));
      at += 1;
    } else if (text.substr(at, 3) == "\u2028" || text.substr(at, 3) == "\u2029") {
      escape(0x2000U + (byte(at + 2) & 0x3FU));
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

}  // namespace base
