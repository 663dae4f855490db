// The printed forms: `print`, traces, literals, numbers.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "plugin/sentinel/value/native.h"
#include "plugin/sentinel/value/operation.h"
#include "plugin/sentinel/value/utf8.h"

namespace sentinel {
namespace {

constexpr std::size_t kMostText = std::size_t{256} << 20U;

void check(const std::string& out, std::size_t depth) {
  if (depth > kMostNesting) throw ValueTooLarge{"value nested deeper than 1000 levels"};
  if (out.size() > kMostText) throw ValueTooLarge{"value prints as more than 256 MiB of text"};
}

std::string special(double number) {
  if (std::isnan(number)) return "NaN";
  return number > 0 ? "+Inf" : "-Inf";
}

/// Bools, then numbers, then strings.
bool key_before(const MapEntry* a, const MapEntry* b) {
  const auto rank = [](const Value& key) {
    return key.is(Kind::Bool) ? 0 : key.is_number() ? 1 : 2;
  };
  const int x = rank(a->key);
  const int y = rank(b->key);
  if (x != y) return x < y;
  if (x == 0) return !a->key.as_bool() && b->key.as_bool();
  return order(a->key, b->key) < 0;
}

void append_scalar(std::string& out, const Value& value, bool quote_strings) {
  switch (value.kind()) {
  case Kind::Bool:
    out += value.as_bool() ? "true" : "false";
    break;
  case Kind::Int: {
    std::array<char, 24> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), value.as_int()).ptr;
    out.append(digits.data(), end);
    break;
  }
  case Kind::Float:
    out += fixed_float(value.as_float());
    break;
  case Kind::String:
    if (quote_strings) {
      out += quote(value.as_string());
    } else {
      out += value.as_string();
    }
    break;
  case Kind::Object: {
    const Object& object = *value.as_object();
    if (object.type->print != nullptr) {
      out += object.type->print(object);
      break;
    }
    out += '<';
    out += object.type->name;
    out += '>';
    break;
  }
  case Kind::Function:
  case Kind::Rule:
  case Kind::Module:
    out += '<';
    out += kind_name(value.kind());
    out += '>';
    break;
  default:
    out += kind_name(value.kind());
  }
}

void append_line(std::string& out, const Value& value, bool quote_strings, std::size_t depth) {
  check(out, depth);
  if (value.is(Kind::List)) {
    out += '[';
    const char* between = "";
    for (const Value& item : *value.as_list()) {
      out += between;
      append_line(out, item, true, depth + 1);
      between = " ";
    }
    out += ']';
  } else if (value.is(Kind::Map)) {
    std::vector<const MapEntry*> entries;
    entries.reserve(value.as_map()->size);
    for (const MapEntry& entry : *value.as_map())
      entries.push_back(&entry);
    if (!value.as_map()->sorted) std::stable_sort(entries.begin(), entries.end(), key_before);
    out += '{';
    const char* between = "";
    for (const MapEntry* entry : entries) {
      out += between;
      append_scalar(out, entry->key, true);
      out += ": ";
      append_line(out, entry->value, true, depth + 1);
      between = " ";
    }
    out += '}';
  } else {
    append_scalar(out, value, quote_strings);
  }
}

void append_trace(std::string& out, const Value& value, std::size_t indent, std::size_t depth) {
  check(out, depth);
  const auto new_line = [&out](std::size_t blanks) {
    out += '\n';
    out.append(blanks, ' ');
  };
  if (value.is(Kind::List) && value.as_list()->size != 0) {
    out += '[';
    for (const Value& item : *value.as_list()) {
      new_line(indent + 2);
      append_trace(out, item, indent + 2, depth + 1);
    }
    new_line(indent);
    out += ']';
  } else if (value.is(Kind::Map) && value.as_map()->size != 0) {
    out += '{';
    for (const MapEntry& entry : *value.as_map()) {
      new_line(indent + 2);
      append_scalar(out, entry.key, true);
      out += ": ";
      append_trace(out, entry.value, indent + 2, depth + 1);
    }
    new_line(indent);
    out += '}';
  } else {
    append_line(out, value, true, depth);
  }
}

}  // namespace

std::string fixed_float(double number) {
  if (!std::isfinite(number)) return special(number);
  std::array<char, 400> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed, 6)
          .ptr;
  return {text.data(), end};
}

std::string shortest_float(double number) {
  if (!std::isfinite(number)) return special(number);
  std::array<char, 64> text{};
  const double size = std::fabs(number);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e21);
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number,
                                 plain ? std::chars_format::fixed : std::chars_format::scientific)
                       .ptr;
  return {text.data(), end};
}

std::string quote(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  const auto plain = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
  };
  while (!text.empty()) {
    const auto stop = std::find_if_not(text.begin(), text.end(), plain);
    const auto run = static_cast<std::size_t>(stop - text.begin());
    out += text.substr(0, run);
    text.remove_prefix(run);
    if (text.empty()) break;
    const char c = text[0];
    const std::size_t length = sequence_length(text);
    constexpr std::string_view kSpecial = "\"\\\n\t\r\a\b\f\v";
    constexpr std::string_view kLetter = "\"\\ntrabfv";
    if (const std::size_t at = kSpecial.find(c); at != std::string_view::npos) {
      out += '\\';
      out += kLetter[at];
    } else if (length == 0 || static_cast<unsigned char>(c) < 0x20 || c == '\x7F') {
      out += "\\x";
      out += kHex[static_cast<unsigned char>(c) >> 4U];
      out += kHex[static_cast<unsigned char>(c) & 15U];
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
  return out;
}

void append_text(std::string& out, const Value& value, bool quote_strings) {
  append_line(out, value, quote_strings, 0);
}

std::string to_text(const Value& value) {
  std::string out;
  append_line(out, value, false, 0);
  return out;
}

std::string to_trace_text(const Value& value, std::size_t indent) {
  std::string out(indent, ' ');
  append_trace(out, value, indent, 0);
  return out;
}

}  // namespace sentinel
