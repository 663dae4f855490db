#include "harness/report/clean.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <utf8proc.h>

namespace harness {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Length of the valid UTF-8 sequence at `at`; 0 where there is none.
std::size_t sequence_length(std::string_view text, std::size_t at, std::int32_t& code) {
  const utf8proc_ssize_t size =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                       static_cast<utf8proc_ssize_t>(text.size() - at), &code);
  return size < 0 ? 0 : static_cast<std::size_t>(size);
}

/// Bytes of the escape sequence that begins at `at` (an ESC).
std::size_t escape_length(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  if (end >= text.size()) return 1;
  if (text[end] == '[') {  // CSI: parameters, then one final byte
    ++end;
    while (end < text.size() && text[end] >= 0x20 && text[end] < 0x40)
      ++end;
    return std::min(end + 1, text.size()) - at;
  }
  if (text[end] == ']' || text[end] == 'P' || text[end] == '_' || text[end] == '^') {
    // OSC and the like: up to BEL or ESC \, on the same line
    while (end < text.size() && text[end] != '\a' && text[end] != '\n') {
      if (text[end] == '\x1b' && end + 1 < text.size() && text[end + 1] == '\\')
        return end + 2 - at;
      ++end;
    }
    return std::min(end + (end < text.size() && text[end] == '\a' ? 1 : 0), text.size()) - at;
  }
  return 2;
}

/// Control characters of C1, direction overrides and isolates, and line separators.
bool harmful(std::int32_t code) {
  return (code >= 0x80 && code < 0xA0) || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
         code == 0xFEFF || (code >= 0xFFFE && code <= 0xFFFF);
}

std::string cleaned(std::string_view text, std::size_t most, bool lines) {
  // Nearly all text is that.
  if (text.size() <= most && std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f;
      }))
    return std::string(text);
  std::string out;
  out.reserve(std::min(text.size(), most) + 16);
  std::size_t at = 0;
  while (at < text.size()) {
    if (out.size() >= most) {
      out += "… " + std::to_string(text.size() - at) + " bytes more";
      break;
    }
    const char c = text[at];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\x1b') {
      at += escape_length(text, at);
    } else if (c == '\n' || c == '\t') {
      out += lines ? c : ' ';
      ++at;
    } else if (byte < 0x20 || byte == 0x7f) {
      ++at;
    } else if (byte < 0x80) {
      out += c;
      ++at;
    } else {
      std::int32_t code = 0;
      const std::size_t size = sequence_length(text, at, code);
      if (size == 0) {
        out += kReplacement;
        ++at;
      } else {
        if (!harmful(code)) out += text.substr(at, size);
        at += size;
      }
    }
  }
  return out;
}

/// Where the JSON value that begins at `at` ends.
std::size_t value_end(std::string_view json, std::size_t at) {
  std::size_t depth = 0;
  bool text = false;
  for (std::size_t i = at; i < json.size(); ++i) {
    const char c = json[i];
    if (text) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        text = false;
      }
      continue;
    }
    if (c == '"') text = true;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}' || c == ',') {
      if (depth == 0) return i;
      if (c != ',') --depth;
    }
  }
  return json.size();
}

std::string cut_string(std::string_view json, std::size_t columns) {
  const std::size_t keep = columns < 12 ? 4 : (columns - 4) / 2;
  std::size_t head = std::min(keep, json.size());
  while (head > 0 && (static_cast<unsigned char>(json[head]) & 0xC0U) == 0x80)
    --head;
  // Never in the middle of an escape.
  while (head > 0 && json[head - 1] == '\\')
    --head;
  std::size_t tail = json.size() - std::min(keep, json.size());
  while (tail < json.size() && (static_cast<unsigned char>(json[tail]) & 0xC0U) == 0x80)
    ++tail;
  return std::string(json.substr(0, head)) + "…" + std::string(json.substr(tail));
}

/// JSON without white space whose lists and maps below `depth` are `[…]` and `{…}`.
std::string folded(std::string_view json, std::size_t depth) {
  std::string out;
  std::size_t level = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    const bool opens = c == '[' || c == '{';
    if (opens && level == depth) {
      const std::size_t end = value_end(json, i);
      out += end - i <= 2 ? json.substr(i, end - i) : c == '[' ? "[…]" : "{…}";
      i = end - 1;
      continue;
    }
    out += c;
    if (c == '"') {
      while (++i < json.size() && json[i] != '"') {
        out += json[i];
        if (json[i] == '\\' && i + 1 < json.size()) out += json[++i];
      }
      if (i < json.size()) out += '"';
    } else if (opens) {
      ++level;
    } else if (c == ']' || c == '}') {
      --level;
    }
  }
  return out;
}

/// Where the next `##[` or `##vso[` begins.
std::size_t next_command(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find("##", from); at != std::string_view::npos;
       at = text.find("##", at + 1)) {
    const std::string_view rest = text.substr(at + 2, 4);
    if (rest.starts_with('[')) return at;
    if (rest.size() == 4 && rest[3] == '[' && (rest[0] | 0x20) == 'v' && (rest[1] | 0x20) == 's' &&
        (rest[2] | 0x20) == 'o')
      return at;
  }
  return std::string_view::npos;
}

}  // namespace

std::string clean_line(std::string_view text, std::size_t most) {
  return cleaned(text, most, false);
}

std::string clean_text(std::string_view text, std::size_t most) {
  return cleaned(text, most, true);
}

std::string clean_for_ci(std::string_view text, std::size_t most) {
  std::string out = clean_line(text, most);
  const std::size_t first = out.find_first_not_of(' ');
  if (first != std::string::npos && out.compare(first, 2, "::") == 0) out.insert(first + 1, " ");
  return without_ci_commands(std::move(out), " #");
}

std::string clean_lines_for_ci(std::string_view text, std::size_t most) {
  const std::string cleaned = clean_text(text, most);
  std::string out;
  for (std::size_t at = 0; at < cleaned.size();) {
    const std::size_t end = std::min(cleaned.find('\n', at), cleaned.size());
    std::string line = cleaned.substr(at, end - at);
    const std::size_t first = line.find_first_not_of(" \t");
    if (first != std::string::npos && line.compare(first, 2, "::") == 0)
      line.insert(first + 1, " ");
    out += without_ci_commands(std::move(line), " #");
    if (end < cleaned.size()) out += '\n';
    at = end + 1;
  }
  return out;
}

std::string without_ci_commands(std::string text, std::string_view number_sign) {
  std::size_t at = next_command(text, 0);
  if (at == std::string::npos) return text;
  std::string out;
  std::size_t done = 0;
  for (; at != std::string::npos; at = next_command(text, at + 1)) {
    out.append(text, done, at + 1 - done).append(number_sign);
    done = at + 2;
  }
  return out.append(text, done);
}

std::string clean_in_place(std::string_view text) {
  std::string out(text);
  for (std::size_t at = 0; at < out.size();) {
    const auto byte = static_cast<unsigned char>(out[at]);
    if (byte < 0x80) {
      if ((byte < 0x20 && out[at] != '\t') || byte == 0x7f) out[at] = ' ';
      ++at;
      continue;
    }
    std::int32_t code = 0;
    const std::size_t size = sequence_length(out, at, code);
    for (std::size_t i = at; i < at + std::max<std::size_t>(size, 1); ++i) {
      if (size == 0 || harmful(code)) out[i] = '?';
    }
    at += std::max<std::size_t>(size, 1);
  }
  for (std::size_t at = next_command(out, 0); at != std::string::npos; at = next_command(out, at))
    out[at + 1] = ' ';
  return out;
}

std::string compact_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  bool text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (!text && (c == ' ' || c == '\n' || c == '\t' || c == '\r')) continue;
    out += c;
    if (text && c == '\\' && i + 1 < json.size()) {
      out += json[++i];
    } else if (c == '"') {
      text = !text;
    }
  }
  return out;
}

std::string shorten_json(std::string_view json, std::size_t columns) {
  if (json.empty() || std::string_view("[{\"").find(json.front()) == std::string_view::npos)
    return columns_of(json) <= columns ? std::string(json) : cut_string(json, columns);
  std::string compact = compact_json(json);
  if (columns_of(compact) <= columns || compact.size() < 8) return compact;
  const char open = compact.front();
  if (open != '[' && open != '{') return cut_string(compact, columns);
  // What stands deepest says least.
  for (const std::size_t depth : {3U, 2U, 1U}) {
    std::string less = folded(compact, depth);
    if (columns_of(less) <= columns) return less;
    if (depth == 1) compact = std::move(less);
  }
  std::vector<std::string_view> parts;
  for (std::size_t at = 1; at + 1 < compact.size();) {
    const std::size_t end = value_end(compact, at);
    parts.push_back(std::string_view(compact).substr(at, end - at));
    at = end + 1;
  }
  std::string out(1, open);
  std::size_t kept = 0;
  for (const std::string_view part : parts) {
    if (kept > 0 && columns_of(out) + columns_of(part) + 12 > columns) break;
    if (kept > 0) out += ",";
    out += kept == 0 && columns_of(part) + 14 > columns
               ? shorten_json(part, columns < 34 ? 20 : columns - 14)
               : std::string(part);
    ++kept;
  }
  if (kept < parts.size()) out += ", … " + std::to_string(parts.size() - kept) + " more";
  return out + (open == '[' ? ']' : '}');
}

std::size_t columns_of(std::string_view text) {
  std::size_t out = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::int32_t code = 0;
    const std::size_t size = sequence_length(text, at, code);
    if (size == 0) {
      ++out;
      ++at;
      continue;
    }
    const int width = utf8proc_charwidth(code);
    out += width < 0 ? 0 : static_cast<std::size_t>(width);
    at += size;
  }
  return out;
}

std::string to_ascii(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::int32_t code = 0;
    const std::size_t size = std::max<std::size_t>(sequence_length(text, at, code), 1);
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      out += text[at];
    } else if (code == 0x203A) {
      out += '>';
    } else if (code == 0x2026) {
      out += "...";
    } else if (code == 0x2192) {
      out += "->";
    } else if (code == 0x2013 || code == 0x2014) {
      out += '-';
    } else {
      out += '?';
    }
    at += size;
  }
  return out;
}

}  // namespace harness
