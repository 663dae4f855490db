#include "plugin/base/diagnostic.h"

#include <algorithm>
#include <array>

namespace base {
namespace {

/// Edit distance with insertions, deletions, substitutions and swaps of neighbours, ignoring case.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + cost});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        now[j] = std::min(now[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

bool is_utf8_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Terminal columns, counting one per code point: good enough to place a caret.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_utf8_continuation(c); }));
}

void append_indented(std::string& out, std::string_view text, std::size_t indent) {
  out.append(indent, ' ');
  for (const char c : text) {
    out.push_back(c);
    if (c == '\n') out.append(indent, ' ');
  }
  out.push_back('\n');
}

void append_text(std::string& out, const Diagnostic& diagnostic, std::size_t indent) {
  std::string head;
  if (diagnostic.where) head = to_text(*diagnostic.where) + ": ";
  head += diagnostic.what;
  if (!diagnostic.why.empty()) head += ": " + diagnostic.why;
  append_indented(out, head, indent);
  std::string quoted;
  if (diagnostic.where) quoted = quote_source(*diagnostic.where, diagnostic.advice);
  if (!quoted.empty()) {
    quoted.pop_back();
    append_indented(out, quoted, indent);
  } else if (!diagnostic.advice.empty()) {
    append_indented(out, diagnostic.advice, indent + 4);
  }
  for (const Diagnostic& cause : diagnostic.causes)
    append_text(out, cause, indent + 2);
}

}  // namespace

std::string in_ticks(std::string_view text) {
  return "`" + std::string(text) + "`";
}

std::string to_text(const Location& location) {
  std::string out = location.file;
  if (location.line == 0) return out;
  out += ':' + std::to_string(location.line);
  if (location.column != 0) out += ':' + std::to_string(location.column);
  return out;
}

std::string to_text(const Diagnostic& diagnostic) {
  std::string out;
  append_text(out, diagnostic, 0);
  return out;
}

std::string quote_source(const Location& location, std::string_view note, std::size_t width) {
  if (location.source_line.empty() || location.line == 0) return {};
  std::string line = location.source_line;
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  std::size_t caret =
      location.column == 0 ? 0 : std::min<std::size_t>(location.column - 1, line.size());
  std::size_t length = std::max<std::size_t>(location.length, 1);
  length = std::min(length, std::max<std::size_t>(line.size() - caret, 1));
  if (line.size() > width) {
    std::size_t begin = caret > width / 2 ? caret - width / 2 : 0;
    // A character has at most three of these; in what is no UTF-8 there may be any number.
    for (int i = 0; i < 3 && begin > 0 && is_utf8_continuation(line[begin]); ++i)
      --begin;
    std::size_t end = std::min(line.size(), begin + width);
    for (int i = 0; i < 3 && end < line.size() && is_utf8_continuation(line[end]); ++i)
      ++end;
    const bool cut_front = begin > 0;
    const bool cut_back = end < line.size();
    line = line.substr(begin, end - begin);
    caret -= begin;
    length = std::min(length, std::max<std::size_t>(line.size() - caret, 1));
    if (cut_front) {
      line = "..." + line;
      caret += 3;
    }
    if (cut_back) line += "...";
  }
  const std::string number = std::to_string(location.line);
  const std::size_t margin = std::max<std::size_t>(number.size(), 2);
  std::string out =
      "    " + std::string(margin - number.size(), ' ') + number + " | " + line + '\n';
  out += "    " + std::string(margin, ' ') + " | ";
  out.append(columns(std::string_view(line).substr(0, caret)), ' ');
  out += '^';
  const std::size_t underlined = columns(std::string_view(line).substr(caret, length));
  if (underlined > 1) out.append(underlined - 1, '~');
  if (!note.empty()) {
    out += ' ';
    out += note;
  }
  out += '\n';
  return out;
}

std::string_view nearest_name(std::string_view word,
                              const std::vector<std::string_view>& candidates) {
  constexpr std::size_t kLongestWord =
      64;  // the distance is quadratic, and typos are in short words
  if (word.empty() || word.size() > kLongestWord) return {};
  std::size_t best = std::max<std::size_t>(word.size() / 3, 1) + 1;
  std::string_view found;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kLongestWord) continue;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

}  // namespace base
