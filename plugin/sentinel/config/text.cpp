#include "plugin/sentinel/config/text.h"

#include <charconv>
#include <limits>
#include <utility>

namespace sentinel {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool append_utf8(std::string& out, std::uint32_t code) {
  if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | (code >> 6U));
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | (code >> 12U));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | (code >> 18U));
    put(0x80U | ((code >> 12U) & 0x3FU));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
  return true;
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || i + more >= text.size()) return i;
    std::uint32_t code = lead & (0x3FU >> more);
    for (std::size_t k = 1; k <= more; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if ((byte & 0xC0U) != 0x80) return i;
      code = (code << 6U) | (byte & 0x3FU);
    }
    const std::uint32_t least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
    if (code < least || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return i;
    i += more + 1;
  }
  return std::nullopt;
}

void replace_invalid_utf8(std::string& text) {
  std::string out;
  std::string_view rest = text;
  while (const auto bad = find_invalid_utf8(rest)) {
    out += rest.substr(0, *bad);
    out += "\xEF\xBF\xBD";
    rest.remove_prefix(*bad + 1);
  }
  if (rest.size() == text.size()) return;
  out += rest;
  text = std::move(out);
}

void set_number(base::ConfigNode& node, bool whole) {
  const char* begin = node.text.data();
  const char* end = begin + node.text.size();
  if (whole) {
    const auto [stop, error] = std::from_chars(begin, end, node.integer);
    if (error == std::errc() && stop == end) {
      node.kind = base::ConfigNode::Kind::Int;
      node.number = static_cast<double>(node.integer);
      return;
    }
    node.integer = 0;
  }
  node.kind = base::ConfigNode::Kind::Float;
  const auto [stop, error] = std::from_chars(begin, end, node.number);
  if (error == std::errc::result_out_of_range) {
    // Too small becomes zero, as Go reads it; too large is for the caller to refuse.
    const bool tiny = node.text.find("e-") != std::string::npos ||
                      node.text.find("E-") != std::string::npos || node.text.starts_with("0.") ||
                      node.text.starts_with("-0.");
    node.number = tiny ? 0 : std::numeric_limits<double>::infinity();
  }
}

std::string shorten(std::string_view word) {
  constexpr std::size_t kMost = 40;
  if (word.size() <= kMost) return std::string(word);
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(word[end]) & 0xC0U) == 0x80U)
    --end;
  return std::string(word.substr(0, end)) + "...";
}

}  // namespace sentinel
