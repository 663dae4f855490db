#include "plugin/sentinel/syntax/literal.h"

#include <charconv>
#include <cstdlib>
#include <limits>
#include <system_error>

#include <fmt/format.h>

namespace sentinel {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | (point >> 6U));
    put(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    put(0xE0U | (point >> 12U));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  } else {
    put(0xF0U | (point >> 18U));
    put(0x80U | ((point >> 12U) & 0x3FU));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  }
}

}  // namespace

std::optional<std::int64_t> int_value(std::string_view text, bool negative) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.front() == '0') {
    base = 8;
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value > kMost + (negative ? 1 : 0)) return std::nullopt;
  return static_cast<std::int64_t>(negative ? 0 - value : value);
}

double float_value(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // Out of range leaves the value alone: strtod tells too large from too small.
  if (error == std::errc::result_out_of_range)
    value = std::strtod(std::string(text).c_str(), nullptr);
  return value;
}

std::optional<EscapeProblem> resolve_escapes(std::string_view inside, std::string& out) {
  out.clear();
  out.reserve(inside.size());
  for (std::size_t at = 0; at < inside.size();) {
    const std::size_t slash = std::min(inside.find('\\', at), inside.size());
    out.append(inside, at, slash - at);
    if (slash == inside.size()) break;
    at = slash + 1;
    const char c = at < inside.size() ? inside[at] : '\0';
    std::size_t digits = 0;
    unsigned base = 16;
    switch (c) {
    case 'a':
      out += '\a';
      break;
    case 'b':
      out += '\b';
      break;
    case 'f':
      out += '\f';
      break;
    case 'n':
      out += '\n';
      break;
    case 'r':
      out += '\r';
      break;
    case 't':
      out += '\t';
      break;
    case 'v':
      out += '\v';
      break;
    case '\\':
    case '"':
      out += c;
      break;
    case 'x':
      digits = 2;
      break;
    case 'u':
      digits = 4;
      break;
    case 'U':
      digits = 8;
      break;
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
      digits = 3;
      base = 8;
      break;
    default: {
      // The whole character behind the backslash, for the message.
      std::size_t end = at + 1;
      while (end < inside.size() && (static_cast<unsigned char>(inside[end]) & 0xC0U) == 0x80)
        ++end;
      if (end > inside.size()) end = inside.size();
      return EscapeProblem{slash, end - slash,
                           fmt::format("`{}` is no escape", inside.substr(slash, end - slash)),
                           "write `\\\\` for a backslash, or put the string in backquotes"};
    }
    }
    if (digits == 0) {
      ++at;
      continue;
    }
    const std::size_t first = base == 8 ? at : at + 1;
    std::uint32_t value = 0;
    std::size_t end = first;
    while (end < inside.size() && end - first < digits &&
           static_cast<unsigned>(hex_digit(inside[end])) < base) {
      value = value * base + static_cast<std::uint32_t>(hex_digit(inside[end]));
      ++end;
    }
    const std::string_view written = inside.substr(slash, end - slash);
    if (end - first != digits)
      return EscapeProblem{slash,
                           end - slash,
                           fmt::format("escape `{}` has {} {} digits, expected {}", written,
                                       end - first, base == 8 ? "octal" : "hexadecimal", digits),
                           {}};
    if (digits >= 4) {
      if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return EscapeProblem{
            slash, end - slash, fmt::format("escape `{}` is no Unicode character", written), {}};
      append_utf8(out, value);
    } else {
      if (value > 0xFF)
        return EscapeProblem{slash, end - slash, fmt::format("escape `{}` is no byte", written),
                             "the largest is `\\377`"};
      out += static_cast<char>(value);
    }
    at = end;
  }
  return std::nullopt;
}

}  // namespace sentinel
