#include "plugin/sentinel/data/mock_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "plugin/sentinel/value/operation.h"
#include "plugin/sentinel/value/utf8.h"

namespace sentinel {
namespace {

bool is_collection(const Value& value) {
  return (value.is(Kind::List) && value.as_list()->size != 0) ||
         (value.is(Kind::Map) && value.as_map()->size != 0);
}

/// The characters of a text, which is what columns are counted in.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
  }));
}

class Writer {
 public:
  explicit Writer(std::string& out, const TextSink* sink = nullptr) : out_(out), sink_(sink) {}

  void write(const Value& value, std::size_t depth) {
    if (depth > kMostNesting) throw ValueTooLarge{"value nested deeper than 1000 levels"};
    switch (value.kind()) {
    case Kind::Null:
      out_ += "null";
      break;
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
      out_ += quote(value.as_string());
      break;
    case Kind::List:
      list(*value.as_list(), depth);
      break;
    case Kind::Map:
      map(*value.as_map(), depth);
      break;
    default:
      out_ += "undefined";
    }
  }

 private:
  void integer(std::int64_t i) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), i).ptr;
    out_.append(digits.data(), end);
  }

  void number(double d) {
    // There is no literal for infinity, and a whole number that is no int needs an exponent.
    if (!std::isfinite(d)) {
      out_ += "undefined";
    } else if (d == 0 && std::signbit(d)) {
      out_ += "-0.0";  // `-0` is an int, which has no such zero
    } else if (std::fabs(d) < 9e18) {
      out_ += shortest_float(d);
    } else {
      std::array<char, 64> text{};
      const auto end =
          std::to_chars(text.data(), text.data() + text.size(), d, std::chars_format::scientific)
              .ptr;
      out_.append(text.data(), end);
    }
  }

  void list(const List& list, std::size_t depth) {
    out_ += '[';
    if (list.size != 0) out_ += '\n';
    for (const Value& item : list) {
      out_.append(depth + 1, '\t');
      write(item, depth + 1);
      out_ += ",\n";
      pass_on();
    }
    if (list.size != 0) out_.append(depth, '\t');
    out_ += ']';
  }

  void map(const Map& map, std::size_t depth) {
    struct Entry {
      std::string key;  // as it is written
      std::size_t width;
      const MapEntry* entry;
      std::size_t column = 0;  // of the value, behind the key; 0: one blank
    };
    std::vector<Entry> entries;
    entries.reserve(map.size);
    for (const MapEntry& entry : map) {
      std::string key;
      std::swap(key, out_);
      write(entry.key, depth);
      std::swap(key, out_);
      entries.push_back({std::move(key), 0, &entry});
      entries.back().width = width(entries.back().key);
    }
    if (!map.sorted) {
      std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        if (a.entry->key.is(Kind::String) && b.entry->key.is(Kind::String)) {
          return a.entry->key.as_string() < b.entry->key.as_string();
        }
        return a.key < b.key;
      });
    }
    align(entries);
    out_ += '{';
    if (!entries.empty()) out_ += '\n';
    for (const Entry& entry : entries) {
      out_.append(depth + 1, '\t');
      out_ += entry.key;
      out_ += ':';
      out_.append(std::max(entry.column, entry.width + 1) - entry.width, ' ');
      write(entry.entry->value, depth + 1);
      out_ += ",\n";
      pass_on();
    }
    if (!entries.empty()) out_.append(depth, '\t');
    out_ += '}';
  }

  /// As gofmt does for the entries of a composite literal (go/printer, exprList): neighbouring
  /// one-line entries form a section whose values stand in one column. A long key that differs
  /// much from the one before it begins a new section.
  template <class Entry>
  static void align(std::vector<Entry>& entries) {
    constexpr std::size_t kSmall = 20;
    constexpr double kRatio = 4;
    std::size_t begin = 0;
    std::size_t previous = 0;  // width; 0: not a one-line entry
    const auto close = [&entries](std::size_t from, std::size_t to) {
      std::size_t widest = 0;
      for (std::size_t i = from; i < to; ++i)
        if (!is_collection(entries[i].entry->value)) widest = std::max(widest, entries[i].width);
      for (std::size_t i = from; i < to; ++i)
        if (!is_collection(entries[i].entry->value)) entries[i].column = widest + 1;
    };
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::size_t size = is_collection(entries[i].entry->value) ? 0 : entries[i].width;
      bool breaks = true;
      if (previous > 0 && size > 0) {
        const double ratio = static_cast<double>(size) / static_cast<double>(previous);
        breaks =
            !(previous <= kSmall && size <= kSmall) && (ratio <= 1 / kRatio || kRatio <= ratio);
      }
      if (breaks) {
        close(begin, i);
        begin = i;
      }
      previous = size;
    }
    close(begin, entries.size());
  }

  void pass_on() {
    constexpr std::size_t kPiece = std::size_t{1} << 20U;
    if (sink_ == nullptr || out_.size() < kPiece) return;
    (*sink_)(out_);
    out_.clear();
  }

  std::string& out_;
  const TextSink* sink_;
};

/// Appends to `out`, or passes pieces of it on where there is a sink.
void append_mock(std::string& out, const Map& root, const TextSink* sink) {
  bool first = true;
  bool gap = false;  // the assignment before was a collection's
  for (const MapEntry& entry : root) {
    const bool collection = entry.value.is(Kind::List) || entry.value.is(Kind::Map);
    if (!first && (gap || collection)) out += '\n';
    first = false;
    out += entry.key.as_string();
    out += " = ";
    Writer(out, sink).write(entry.value, 0);
    out += '\n';
    gap = collection;
  }
}

}  // namespace

void append_literal(std::string& out, const Value& value, std::size_t depth) {
  Writer(out).write(value, depth);
}

void append_assignment(std::string& out, std::string_view name, const Value& value) {
  out += name;
  out += " = ";
  append_literal(out, value, 0);
  out += '\n';
}

void write_assignment(std::string_view name, const Value& value, const TextSink& sink) {
  std::string out(name);
  out += " = ";
  Writer(out, &sink).write(value, 0);
  sink(out);
}

std::string write_mock(const Map& root) {
  std::string out;
  append_mock(out, root, nullptr);
  return out;
}

void write_mock(const Map& root, const TextSink& sink) {
  std::string out;
  append_mock(out, root, &sink);
  sink(out);
}

}  // namespace sentinel
