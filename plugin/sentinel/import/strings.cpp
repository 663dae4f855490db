// The `strings` import. Documentation: Sentinel, imports/strings. Behaves as Go's package strings,
// on which HashiCorp's stands: characters are UTF-8, a byte that is none counts as U+FFFD.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <utf8proc.h>

#include "plugin/sentinel/import/call.h"
#include "plugin/sentinel/import/rows.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct Character {
  char32_t code = 0;
  std::size_t size = 0;  // bytes in the text
};

/// The first character of a text that is not empty.
Character first_character(std::string_view text) {
  utf8proc_int32_t code = -1;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  // A character has at most four bytes; a longer length would be cut to 32 bits.
  const auto size = static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size(), 4));
  const utf8proc_ssize_t read = utf8proc_iterate(bytes, size, &code);
  if (read < 1) return {kReplacement, 1};
  return {static_cast<char32_t>(code), static_cast<std::size_t>(read)};
}

Character last_character(std::string_view text) {
  for (std::size_t size = 1; size <= std::min<std::size_t>(text.size(), 4); ++size) {
    const std::string_view tail = text.substr(text.size() - size);
    const Character c = first_character(tail);
    if (c.size == size && (size > 1 || static_cast<unsigned char>(tail[0]) < 0x80)) return c;
  }
  return {kReplacement, 1};
}

void append_character(std::string& out, char32_t code) {
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code), bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

/// White space as Go's unicode.IsSpace has it.
bool is_space(char32_t c) {
  return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

template <class Trimmed>
std::string_view trim_front(std::string_view text, const Trimmed& trimmed) {
  while (!text.empty()) {
    const Character c = first_character(text);
    if (!trimmed(c.code)) break;
    text.remove_prefix(c.size);
  }
  return text;
}

template <class Trimmed>
std::string_view trim_back(std::string_view text, const Trimmed& trimmed) {
  while (!text.empty()) {
    const Character c = last_character(text);
    if (!trimmed(c.code)) break;
    text.remove_suffix(c.size);
  }
  return text;
}

/// The characters of a cutset.
class Cutset {
 public:
  explicit Cutset(std::string_view text) {
    while (!text.empty()) {
      const Character c = first_character(text);
      sorted_ += c.code;
      text.remove_prefix(c.size);
    }
    std::sort(sorted_.begin(), sorted_.end());
  }

  bool operator()(char32_t c) const {
    return std::binary_search(sorted_.begin(), sorted_.end(), c);
  }

 private:
  std::u32string sorted_;
};

// Parts of an argument are given back as they lie: its bytes live as long as the evaluation.

Value trim(NativeCall& call) {
  const Cutset cutset(call.string(1));
  return Value::string(trim_back(trim_front(call.string(0), cutset), cutset));
}

Value trim_left(NativeCall& call) {
  return Value::string(trim_front(call.string(0), Cutset(call.string(1))));
}

Value trim_right(NativeCall& call) {
  return Value::string(trim_back(call.string(0), Cutset(call.string(1))));
}

Value trim_space(NativeCall& call) {
  return Value::string(trim_back(trim_front(call.string(0), is_space), is_space));
}

Value has_prefix(NativeCall& call) {
  return Value::boolean(call.string(0).starts_with(call.string(1)));
}

Value has_suffix(NativeCall& call) {
  return Value::boolean(call.string(0).ends_with(call.string(1)));
}

Value trim_prefix(NativeCall& call) {
  std::string_view text = call.string(0);
  if (text.starts_with(call.string(1))) text.remove_prefix(call.string(1).size());
  return Value::string(text);
}

Value trim_suffix(NativeCall& call) {
  std::string_view text = call.string(0);
  if (text.ends_with(call.string(1))) text.remove_suffix(call.string(1).size());
  return Value::string(text);
}

struct Joining {
  NativeCall& call;
  Walk& walk;
  std::string_view separator;
  std::string text;
  bool first = true;
  bool undefined = false;

  void add(const Value& value) {
    walk.visit();
    if (value.is(Kind::List)) {
      const Walk::Level level(walk);
      for (const Value& item : *value.as_list())
        add(item);
      return;
    }
    if (!first) text += separator;
    first = false;
    switch (value.kind()) {
    case Kind::String:
      text += value.as_string();
      break;
    case Kind::Int:
      text += std::to_string(value.as_int());
      break;
    case Kind::Float:
      text += shortest_float(value.as_float());
      break;
    case Kind::Bool:
      text += value.as_bool() ? "true" : "false";
      break;
    case Kind::Undefined:
      undefined = true;
      break;
    default:
      call.machine.fail("`strings.join` cannot join a value of type " +
                        std::string(kind_name(value.kind())) +
                        ": its list may hold strings, numbers, bools and lists of them");
    }
    walk.check_size(text.size());
  }
};

Value join(NativeCall& call) {
  Walk walk(call.machine, "strings.join");
  Joining joining{call, walk, call.string(1), {}};
  joining.add(call.at(0));
  return joining.undefined ? Value() : call.machine.arena().string(joining.text);
}

/// Where the next piece ends when splitting between characters.
std::size_t character_size(std::string_view text) {
  return first_character(text).size;
}

Value split(NativeCall& call) {
  if (call.at(0).is(Kind::List)) return call.at(0);
  Arena& arena = call.machine.arena();
  std::string_view text = call.string(0);
  const std::string_view separator = call.string(1);
  List* out = make_list(arena);
  if (separator.empty()) {
    while (!text.empty()) {
      const std::size_t size = character_size(text);
      out->append(arena, Value::string(text.substr(0, size)));
      text.remove_prefix(size);
    }
    return Value::list(out);
  }
  for (std::size_t at = text.find(separator); at != std::string_view::npos;
       at = text.find(separator)) {
    out->append(arena, Value::string(text.substr(0, at)));
    text.remove_prefix(at + separator.size());
  }
  out->append(arena, Value::string(text));
  return Value::list(out);
}

Value replace(NativeCall& call) {
  std::string_view text = call.string(0);
  const std::string_view old_part = call.string(1);
  const std::string_view new_part = call.string(2);
  std::int64_t times = call.count() > 3 ? call.at(3).as_int() : -1;
  if (times < 0) times = std::numeric_limits<std::int64_t>::max();
  const Walk walk(call.machine, "strings.replace");
  std::string out;
  if (old_part.empty()) {
    // Before every character and at the end.
    for (bool end = false; times > 0 && !end; --times) {
      out += new_part;
      end = text.empty();
      if (end) break;
      const std::size_t size = character_size(text);
      out += text.substr(0, size);
      text.remove_prefix(size);
      walk.check_size(out.size());
    }
  } else {
    for (; times > 0; --times) {
      const std::size_t at = text.find(old_part);
      if (at == std::string_view::npos) break;
      out += text.substr(0, at);
      out += new_part;
      text.remove_prefix(at + old_part.size());
      walk.check_size(out.size());
    }
  }
  out += text;
  walk.check_size(out.size());
  return call.machine.arena().string(out);
}

template <class Change>
Value change_case(NativeCall& call, Change change) {
  std::string out;
  for (std::string_view text = call.string(0); !text.empty();) {
    const Character c = first_character(text);
    append_character(out, change(c.code));
    text.remove_prefix(c.size);
  }
  return call.machine.arena().string(out);
}

Value to_lower(NativeCall& call) {
  return change_case(call, [](char32_t c) {
    return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
  });
}

Value to_upper(NativeCall& call) {
  return change_case(call, [](char32_t c) {
    // Unicode has no simple upper case of ß, and Go keeps it; utf8proc makes it U+1E9E.
    if (c == 0xDF) return c;
    return static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(c)));
  });
}

constexpr FunctionRow kFunctions[] = {
    {"has_prefix", 2, 2, {kText, kText}, has_prefix, "whether s begins with prefix"},
    {"has_suffix", 2, 2, {kText, kText}, has_suffix, "whether s ends with suffix"},
    {"join",
     2,
     2,
     {kList, kText},
     join,
     "the elements, those of lists inside too, with sep between"},
    {"replace",
     3,
     4,
     {kText, kText, kText, kInt},
     replace,
     "s with old replaced by new, at most times times"},
    {"trim", 2, 2, {kText, kText}, trim, "s without the characters of cutset at both ends"},
    {"trim_left",
     2,
     2,
     {kText, kText},
     trim_left,
     "s without the characters of cutset at its begin"},
    {"trim_right",
     2,
     2,
     {kText, kText},
     trim_right,
     "s without the characters of cutset at its end"},
    {"trim_space", 1, 1, {kText}, trim_space, "s without white space at both ends"},
    {"trim_prefix", 2, 2, {kText, kText}, trim_prefix, "s without prefix, if it begins with it"},
    {"trim_suffix", 2, 2, {kText, kText}, trim_suffix, "s without suffix, if it ends with it"},
    {"to_lower", 1, 1, {kText}, to_lower, "s in lower case"},
    {"to_upper", 1, 1, {kText}, to_upper, "s in upper case"},
    {"split",
     2,
     2,
     {kString | kList, kText},
     split,
     "the parts of s between sep; a list comes back as it is"},
};

}  // namespace

constinit const ImportRow kStrings{"strings", kFunctions, nullptr, "common operations on strings"};

}  // namespace sentinel
