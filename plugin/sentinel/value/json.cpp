// Values as JSON text, as Go's encoding/json writes it.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "plugin/sentinel/value/operation.h"
#include "plugin/sentinel/value/utf8.h"

namespace sentinel {
namespace {

constexpr std::size_t kMostText = std::size_t{256} << 20U;

class Writer {
 public:
  Writer(std::string& out, bool indent) : out_(out), indent_(indent) {}

  void write(const Value& value, std::size_t depth) {
    if (depth > kMostNesting) throw ValueTooLarge{"value nested deeper than 1000 levels"};
    if (out_.size() > kMostText) throw ValueTooLarge{"value prints as more than 256 MiB of text"};
    switch (value.kind()) {
    case Kind::Bool:
      out_ += value.as_bool() ? "true" : "false";
      break;
    case Kind::Int:
      integer(value.as_int());
      break;
    case Kind::Float:
      number(value.as_float());
      break;
    case Kind::String:
      string(value.as_string());
      break;
    case Kind::List:
      list(*value.as_list(), depth);
      break;
    case Kind::Map:
      map(*value.as_map(), depth);
      break;
    default:
      out_ += "null";
    }
  }

 private:
  void new_line(std::size_t depth) {
    if (!indent_) return;
    out_ += '\n';
    out_.append(depth * 2, ' ');
  }

  void integer(std::int64_t i) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), i).ptr;
    out_.append(digits.data(), end);
  }

  void number(double d) {
    if (!std::isfinite(d)) {
      out_ += "null";
      return;
    }
    const double size = std::fabs(d);
    const bool plain = size == 0 || (size >= 1e-6 && size < 1e21);
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), d,
                                   plain ? std::chars_format::fixed : std::chars_format::scientific)
                         .ptr;
    std::string_view written(text.data(), static_cast<std::size_t>(end - text.data()));
    // Go writes e-9 where C writes e-09.
    const std::size_t e = written.find("e-0");
    out_ += written.substr(0, e == std::string_view::npos ? e : e + 2);
    if (e != std::string_view::npos) out_ += written.substr(e + 3);
  }

  void string(std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out_ += '"';
    while (!text.empty()) {
      const char c = text[0];
      const std::size_t length = sequence_length(text);
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (c == '\n') {
        out_ += "\\n";
      } else if (c == '\r') {
        out_ += "\\r";
      } else if (c == '\t') {
        out_ += "\\t";
      } else if (length == 0) {
        out_ += "\\ufffd";
      } else if (static_cast<unsigned char>(c) < 0x20 || c == '<' || c == '>' || c == '&') {
        out_ += "\\u00";
        out_ += kHex[static_cast<unsigned char>(c) >> 4U];
        out_ += kHex[static_cast<unsigned char>(c) & 15U];
      } else if (text.starts_with("\xE2\x80\xA8")) {
        out_ += "\\u2028";
      } else if (text.starts_with("\xE2\x80\xA9")) {
        out_ += "\\u2029";
      } else {
        out_ += text.substr(0, length);
      }
      text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    out_ += '"';
  }

  void list(const List& list, std::size_t depth) {
    out_ += '[';
    const char* between = "";
    for (const Value& item : list) {
      out_ += between;
      new_line(depth + 1);
      write(item, depth + 1);
      between = ",";
    }
    if (list.size != 0) new_line(depth);
    out_ += ']';
  }

  void map(const Map& map, std::size_t depth) {
    // Keys that are not strings are written as their text.
    struct Entry {
      std::string made;
      std::string_view key;
      const Value* value;
    };
    std::vector<Entry> entries(map.size);
    for (std::uint32_t i = 0; i < map.size; ++i) {
      Entry& entry = entries[i];
      entry.value = &map.entries[i].value;
      const Value& key = map.entries[i].key;
      if (key.is(Kind::String)) {
        entry.key = key.as_string();
      } else {
        entry.made = key.is(Kind::Float) ? shortest_float(key.as_float()) : to_text(key);
        entry.key = entry.made;
      }
    }
    std::vector<const Entry*> order;
    order.reserve(entries.size());
    for (const Entry& entry : entries)
      order.push_back(&entry);
    if (!map.sorted) {
      std::stable_sort(order.begin(), order.end(),
                       [](const Entry* a, const Entry* b) { return a->key < b->key; });
    }
    out_ += '{';
    const char* between = "";
    for (const Entry* entry : order) {
      out_ += between;
      new_line(depth + 1);
      string(entry->key);
      out_ += indent_ ? ": " : ":";
      write(*entry->value, depth + 1);
      between = ",";
    }
    if (!order.empty()) new_line(depth);
    out_ += '}';
  }

  std::string& out_;
  bool indent_;
};

}  // namespace

std::string to_json(const Value& value, bool indent) {
  std::string out;
  Writer(out, indent).write(value, 0);
  return out;
}

}  // namespace sentinel
