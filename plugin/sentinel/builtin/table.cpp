#include "plugin/sentinel/builtin/table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include "plugin/sentinel/value/collection.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

std::string name_of(const Value& value) {
  return std::string(kind_name(value.kind()));
}

// append, delete, keys, values, length.

Value append(NativeCall& call) {
  if (!call.at(0).is(Kind::List))
    call.machine.fail("append: argument 1 must be a list, got " + name_of(call.at(0)));
  call.machine.writable(call.at(0)).as_list()->append(call.machine.arena(), call.at(1));
  return {};
}

Value erase(NativeCall& call) {
  if (!call.at(0).is(Kind::Map))
    call.machine.fail("delete: argument 1 must be a map, got " + name_of(call.at(0)));
  const Value& key = call.at(1);
  if (call.at(0).as_map()->find(key) != nullptr)
    call.machine.writable(call.at(0)).as_map()->erase(call.machine.arena(), key);
  return {};
}

Value keys(NativeCall& call) {
  const Map& map = *call.at(0).as_map();
  List* out = make_list(call.machine.arena(), map.size);
  for (const MapEntry& entry : map)
    out->append(call.machine.arena(), entry.key);
  return Value::list(out);
}

Value values(NativeCall& call) {
  const Map& map = *call.at(0).as_map();
  List* out = make_list(call.machine.arena(), map.size);
  for (const MapEntry& entry : map)
    out->append(call.machine.arena(), entry.value);
  return Value::list(out);
}

Value length(NativeCall& call) {
  const Value& of = call.at(0);
  if (of.is(Kind::String)) return Value::integer(static_cast<std::int64_t>(of.as_string().size()));
  return Value::integer(of.is(Kind::List) ? of.as_list()->size : of.as_map()->size);
}

// print, error.

std::string joined(const NativeCall& call) {
  std::string text;
  for (std::size_t i = 0; i < call.count(); ++i) {
    if (i > 0) text += ' ';
    append_text(text, call.at(i), false);
  }
  return text;
}

Value print(NativeCall& call) {
  call.machine.print(joined(call));
  return Value::boolean(true);
}

Value error(NativeCall& call) {
  call.machine.fail(joined(call));
  return {};  // not reached; the compiler does not see through a virtual function
}

// range, compare.

std::int64_t bound(NativeCall& call, std::size_t i) {
  const Value& value = call.at(i);
  if (value.is(Kind::Int)) return value.as_int();
  const double number = value.as_float();
  if (!(std::abs(number) < 9e15) || std::trunc(number) != number) {
    call.machine.fail("range: argument " + std::to_string(i + 1) + " must be an int, got " +
                      shortest_float(number));
  }
  return static_cast<std::int64_t>(number);
}

Value range(NativeCall& call) {
  const std::int64_t start = call.count() == 1 ? 0 : bound(call, 0);
  const std::int64_t end = call.count() == 1 ? bound(call, 0) : bound(call, 1);
  const std::int64_t step = call.count() == 3 ? bound(call, 2) : 1;
  if (step == 0) call.machine.fail("range: step must not be 0");
  const IntRange range = int_range(start, end, step);
  List* out = make_list(call.machine.arena(), range.count);
  for (std::uint64_t i = 0; i < range.count; ++i)
    out->items[i] = range.at(i);
  out->size = static_cast<std::uint32_t>(range.count);
  return Value::list(out);
}

Value compare(NativeCall& call) {
  const std::partial_ordering found = order(call.at(0), call.at(1));
  if (found == std::partial_ordering::unordered) {
    call.machine.fail("compare: cannot compare " + name_of(call.at(0)) + " and " +
                      name_of(call.at(1)));
  }
  return Value::integer(found < 0 ? -1 : found > 0 ? 1 : 0);
}

// Conversions. What cannot be converted is undefined, not an error.

/// An int literal with an optional sign: decimal, `0x1F`, `017`.
std::optional<std::int64_t> parse_int(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  int base = 10;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text[0] == '0') {
    base = 8;
    text.remove_prefix(1);
  }
  std::uint64_t magnitude = 0;
  const char* end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, magnitude, base);
  if (text.empty() || problem != std::errc() || at != end) return std::nullopt;
  constexpr std::uint64_t kMost = std::uint64_t{1} << 63U;
  if (magnitude > kMost || (magnitude == kMost && !negative)) return std::nullopt;
  return static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
}

std::optional<double> parse_float(std::string_view text) {
  std::string_view digits = text;
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.remove_prefix(1);
  // from_chars would take "inf" and "nan", too.
  if (digits.empty() || !(std::isdigit(static_cast<unsigned char>(digits[0])) || digits[0] == '.'))
    return std::nullopt;
  double number = 0;
  const char* end = digits.data() + digits.size();
  const auto [at, problem] = std::from_chars(digits.data(), end, number);
  if (problem != std::errc() || at != end) return std::nullopt;
  return text[0] == '-' ? -number : number;
}

Value to_int(NativeCall& call) {
  const Value& of = call.at(0);
  switch (of.kind()) {
  case Kind::Int:
    return of;
  case Kind::Bool:
    return Value::integer(of.as_bool() ? 1 : 0);
  case Kind::Float: {
    const double number = std::trunc(of.as_float());
    if (!(number >= -0x1p63 && number < 0x1p63)) return {};
    return Value::integer(static_cast<std::int64_t>(number));
  }
  case Kind::String: {
    const auto number = parse_int(of.as_string());
    return number ? Value::integer(*number) : Value();
  }
  default:
    return {};
  }
}

Value to_float(NativeCall& call) {
  const Value& of = call.at(0);
  switch (of.kind()) {
  case Kind::Int:
  case Kind::Float:
    return Value::number(of.to_double());
  case Kind::Bool:
    return Value::number(of.as_bool() ? 1 : 0);
  case Kind::String: {
    const auto number = parse_float(of.as_string());
    return number ? Value::number(*number) : Value();
  }
  default:
    return {};
  }
}

Value to_string(NativeCall& call) {
  const Value& of = call.at(0);
  switch (of.kind()) {
  case Kind::String:
    return of;
  case Kind::Int: {
    char digits[24];
    const char* end = std::to_chars(digits, digits + sizeof digits, of.as_int()).ptr;
    return call.machine.arena().string({digits, static_cast<std::size_t>(end - digits)});
  }
  case Kind::Float:
    return call.machine.arena().string(fixed_float(of.as_float()));
  case Kind::Bool:
    return Value::string(of.as_bool() ? "true" : "false");
  default:
    return {};
  }
}

Value to_bool(NativeCall& call) {
  const Value& of = call.at(0);
  switch (of.kind()) {
  case Kind::Bool:
    return of;
  case Kind::Int:
  case Kind::Float:
    return Value::boolean(of.to_double() != 0);
  case Kind::String: {
    const std::string_view s = of.as_string();
    if (s == "1" || s == "t" || s == "T" || s == "TRUE" || s == "true" || s == "True")
      return Value::boolean(true);
    if (s == "0" || s == "f" || s == "F" || s == "FALSE" || s == "false" || s == "False")
      return Value::boolean(false);
    return {};
  }
  default:
    return {};
  }
}

constexpr std::uint16_t kWhatever = kAnything | kUndefined;

constexpr FunctionRow kBuiltins[] = {
    {"append", 2, 2, {kWhatever, kWhatever}, append, "adds a value at the end of a list, in place"},
    {"bool", 1, 1, {kWhatever}, to_bool, "the boolean that a number or string stands for"},
    {"compare",
     2,
     2,
     {kNumber | kString, kNumber | kString},
     compare,
     "-1, 0 or 1: the order of two numbers or strings"},
    {"delete", 2, 2, {kWhatever, kWhatever}, erase, "removes a key from a map, in place"},
    {"error", 0, kMany, {kWhatever}, error, "ends the policy with an error of this text"},
    {"float", 1, 1, {kWhatever}, to_float, "the float that a value stands for"},
    {"int", 1, 1, {kWhatever}, to_int, "the int that a value stands for; floats are cut"},
    {"keys", 1, 1, {kMap}, keys, "the keys of a map"},
    {"length",
     1,
     1,
     {kString | kList | kMap},
     length,
     "bytes of a string, elements of a list or map"},
    {"print", 0, kMany, {kWhatever}, print, "writes its arguments to the log; always true"},
    {"range",
     1,
     3,
     {kNumber, kNumber, kNumber},
     range,
     "the ints from start (or 0) up to, without, end"},
    {"string", 1, 1, {kWhatever}, to_string, "the text of a number, boolean or string"},
    {"values", 1, 1, {kMap}, values, "the values of a map"},
};

}  // namespace

IntRange int_range(std::int64_t start, std::int64_t end, std::int64_t step) {
  // Distances between any two ints fit an unsigned one.
  const auto from = static_cast<std::uint64_t>(start);
  const auto to = static_cast<std::uint64_t>(end);
  const auto by = static_cast<std::uint64_t>(step);
  IntRange range{start, step, 0};
  if (step > 0 && end > start) range.count = (to - from - 1) / by + 1;
  if (step < 0 && end < start) range.count = (from - to - 1) / (0 - by) + 1;
  return range;
}

std::span<const FunctionRow> builtins() {
  return kBuiltins;
}

const FunctionRow* find_builtin(std::string_view name) {
  const auto found = std::lower_bound(
      std::begin(kBuiltins), std::end(kBuiltins), name,
      [](const FunctionRow& row, std::string_view wanted) { return row.name < wanted; });
  return found != std::end(kBuiltins) && found->name == name ? found : nullptr;
}

}  // namespace sentinel
