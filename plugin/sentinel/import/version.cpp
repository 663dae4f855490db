// The `version` import. Documentation: Sentinel, imports/version. Versions and constraints are
// those of go-version, which Terraform uses too: any number of segments, a leading `v`, and
// constraints joined by commas.

#include <array>
#include <charconv>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/sentinel/import/call.h"
#include "plugin/sentinel/import/rows.h"
#include "plugin/sentinel/import/type.h"

namespace sentinel {
namespace {

constexpr std::size_t kMostSegments = 64;

struct Number {
  std::array<std::int64_t, kMostSegments> segments{};
  std::size_t size = 0;       // of segments, at least three
  std::size_t specified = 0;  // as many as were written
  std::string_view prerelease;
  std::string_view metadata;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '~';
}

/// Dot-joined words, none empty.
bool is_words(std::string_view text) {
  char before = '.';
  for (const char c : text) {
    if (c == '.' ? before == '.' : !is_word(c)) return false;
    before = c;
  }
  return before != '.';
}

/// `[v]1.2.3[-alpha.1][+001]`. Letters may follow the numbers without the hyphen: `1.2.0beta`.
std::optional<Number> parse(std::string_view text) {
  Number number;
  if (text.starts_with('v')) text.remove_prefix(1);
  for (;;) {
    std::int64_t segment = 0;
    if (text.empty() || !is_digit(text[0]) || number.specified == kMostSegments)
      return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), segment);
    if (error != std::errc()) return std::nullopt;
    number.segments[number.specified++] = segment;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  number.size = std::max<std::size_t>(number.specified, 3);
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
    number.metadata = text.substr(plus + 1);
    text = text.substr(0, plus);
    if (!is_words(number.metadata)) return std::nullopt;
  }
  if (text.empty()) return number;
  if (text.starts_with('-')) text.remove_prefix(1);
  number.prerelease = text;
  if (!is_words(text)) return std::nullopt;
  return number;
}

std::strong_ordering compare_words(std::string_view a, std::string_view b) {
  std::int64_t x = 0;
  std::int64_t y = 0;
  const auto number = [](std::string_view text, std::int64_t& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size() && is_digit(text[0]);
  };
  const bool a_number = number(a, x);
  const bool b_number = number(b, y);
  if (a_number && b_number) return x <=> y;
  if (a_number != b_number)
    return a_number ? std::strong_ordering::less : std::strong_ordering::greater;
  return a <=> b;
}

std::strong_ordering compare_prereleases(std::string_view a, std::string_view b) {
  // None is the release itself, which comes after.
  if (a.empty() || b.empty()) return b.size() <=> a.size();
  while (!a.empty() && !b.empty()) {
    const std::string_view x = a.substr(0, a.find('.'));
    const std::string_view y = b.substr(0, b.find('.'));
    if (const auto order = compare_words(x, y); order != 0) return order;
    a.remove_prefix(std::min(a.size(), x.size() + 1));
    b.remove_prefix(std::min(b.size(), y.size() + 1));
  }
  return a.size() <=> b.size();
}

std::strong_ordering compare_segments(const Number& a, const Number& b) {
  for (std::size_t i = 0; i < std::max(a.size, b.size); ++i) {
    if (const auto order = a.segments[i] <=> b.segments[i]; order != 0) return order;
  }
  return std::strong_ordering::equal;
}

/// Metadata does not count.
std::strong_ordering compare_numbers(const Number& a, const Number& b) {
  if (const auto order = compare_segments(a, b); order != 0) return order;
  return compare_prereleases(a.prerelease, b.prerelease);
}

/// A constraint without a prerelease matches no prerelease, one with it only those of its own
/// numbers.
bool comparable(const Number& v, const Number& limit) {
  if (v.prerelease.empty()) return true;
  return !limit.prerelease.empty() && compare_segments(v, limit) == 0;
}

bool is_pessimistic(const Number& v, const Number& limit) {
  if (!comparable(v, limit)) return false;
  if (!limit.prerelease.empty() && v.prerelease.empty()) return false;
  if (compare_numbers(v, limit) < 0 || limit.size > v.size) return false;
  for (std::size_t i = 0; i + 1 < limit.specified; ++i) {
    if (v.segments[i] != limit.segments[i]) return false;
  }
  return v.segments[limit.size - 1] >= limit.segments[limit.size - 1];
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\n\v\f\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n\v\f\r") - begin + 1);
}

/// One constraint: `~> 1.2`. None: it is not one.
std::optional<bool> holds(const Number& v, std::string_view constraint) {
  constraint = trim(constraint);
  const std::size_t end = constraint.find_first_not_of("=!<>~");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view op = constraint.substr(0, end);
  const std::optional<Number> limit = parse(trim(constraint.substr(end)));
  if (!limit) return std::nullopt;
  const auto order = compare_numbers(v, *limit);
  if (op.empty() || op == "=") return order == 0;
  if (op == "!=") return order != 0;
  if (op == ">") return comparable(v, *limit) && order > 0;
  if (op == "<") return comparable(v, *limit) && order < 0;
  if (op == ">=") return comparable(v, *limit) && order >= 0;
  if (op == "<=") return comparable(v, *limit) && order <= 0;
  if (op == "~>") return is_pessimistic(v, *limit);
  return std::nullopt;
}

struct Version : Object {
  Number number;
};

const Version& as_version(const Object& object) {
  return static_cast<const Version&>(object);
}

/// `1.0.0-alpha.1+001`: three segments at least, no `v`.
std::string text_of(const Number& number) {
  std::string text;
  for (std::size_t i = 0; i < number.size; ++i)
    text += (i == 0 ? "" : ".") + std::to_string(number.segments[i]);
  if (!number.prerelease.empty()) text.append("-").append(number.prerelease);
  if (!number.metadata.empty()) text.append("+").append(number.metadata);
  return text;
}

Value field(Machine& machine, const Object& object, std::string_view name) {
  const Number& number = as_version(object).number;
  if (name == "major") return Value::integer(number.segments[0]);
  if (name == "minor") return Value::integer(number.segments[1]);
  if (name == "patch") return Value::integer(number.segments[2]);
  if (name == "prerelease") return Value::string(number.prerelease);
  if (name == "metadata") return Value::string(number.metadata);
  if (name == "version") return machine.arena().string(text_of(number));
  return {};
}

std::string print(const Object& object) {
  return text_of(as_version(object).number);
}

bool equals_object(const Object& a, const Object& b) {
  return compare_numbers(as_version(a).number, as_version(b).number) == 0;
}

/// The version that argument `i` is or says.
Number operand(NativeCall& call, std::size_t i, std::string_view function) {
  const Value& value = call.at(i);
  if (value.is(Kind::Object)) {
    if (value.as_object()->type == &kVersionType) return as_version(*value.as_object()).number;
    call.machine.fail("`" + std::string(function) + "` got a " +
                      std::string(value.as_object()->type->name) + ", not a version or a string");
  }
  const std::optional<Number> number = parse(value.as_string());
  if (!number) {
    call.machine.fail("`" + std::string(value.as_string().substr(0, 80)) + "` given to `" +
                      std::string(function) + "` is not a version such as `1.2.3-beta.1`");
  }
  return *number;
}

Value new_version(NativeCall& call) {
  const Number number = operand(call, 0, "version.new");
  return Value::object(call.machine.arena().make<Version>(Object{&kVersionType}, number));
}

std::strong_ordering order(NativeCall& call, std::string_view function) {
  return compare_numbers(as_version(*call.self.as_object()).number, operand(call, 0, function));
}

Value greater_than(NativeCall& call) {
  return Value::boolean(order(call, "greater_than") > 0);
}
Value greater_than_or_equals(NativeCall& call) {
  return Value::boolean(order(call, "greater_than_or_equals") >= 0);
}
Value less_than(NativeCall& call) {
  return Value::boolean(order(call, "less_than") < 0);
}
Value less_than_or_equals(NativeCall& call) {
  return Value::boolean(order(call, "less_than_or_equals") <= 0);
}
Value equals(NativeCall& call) {
  return Value::boolean(order(call, "equals") == 0);
}

/// The documentation's prose, which its examples contradict: -1 where the version is the smaller.
Value compare(NativeCall& call) {
  const auto result = order(call, "compare");
  return Value::integer(result < 0 ? -1 : result > 0 ? 1 : 0);
}

Value satisfies(NativeCall& call) {
  const Number& number = as_version(*call.self.as_object()).number;
  bool all = true;
  std::string_view rest = call.string(0);
  for (bool more = true; more;) {
    const std::size_t comma = rest.find(',');
    const std::string_view one = rest.substr(0, comma);
    more = comma != std::string_view::npos;
    if (more) rest.remove_prefix(comma + 1);
    const std::optional<bool> holding = holds(number, one);
    if (!holding) {
      call.machine.fail("`" + std::string(trim(one).substr(0, 80)) +
                        "` given to `satisfies` is not a constraint such as `>= 1.2.0`");
    }
    all = all && *holding;
  }
  return Value::boolean(all);
}

constexpr std::array<std::string_view, 6> kFields{"major", "metadata",   "minor",
                                                  "patch", "prerelease", "version"};

constexpr std::uint16_t kVersionLike = kString | kObject;

constexpr FunctionRow kMethods[] = {
    {"greater_than", 1, 1, {kVersionLike}, greater_than, "whether the version comes after v"},
    {"gt", 1, 1, {kVersionLike}, greater_than, "the same as greater_than"},
    {"greater_than_or_equals",
     1,
     1,
     {kVersionLike},
     greater_than_or_equals,
     "whether the version comes after v or equals it"},
    {"gte", 1, 1, {kVersionLike}, greater_than_or_equals, "the same as greater_than_or_equals"},
    {"less_than", 1, 1, {kVersionLike}, less_than, "whether the version comes before v"},
    {"lt", 1, 1, {kVersionLike}, less_than, "the same as less_than"},
    {"less_than_or_equals",
     1,
     1,
     {kVersionLike},
     less_than_or_equals,
     "whether the version comes before v or equals it"},
    {"lte", 1, 1, {kVersionLike}, less_than_or_equals, "the same as less_than_or_equals"},
    {"equals",
     1,
     1,
     {kVersionLike},
     equals,
     "whether the version equals v; metadata does not count"},
    {"eq", 1, 1, {kVersionLike}, equals, "the same as equals"},
    {"compare",
     1,
     1,
     {kVersionLike},
     compare,
     "-1, 0 or 1: the version comes before v, equals it, comes after it"},
    {"cmp", 1, 1, {kVersionLike}, compare, "the same as compare"},
    {"satisfies",
     1,
     1,
     {kString},
     satisfies,
     "whether the version meets all constraints, joined by commas"},
    {"sat", 1, 1, {kString}, satisfies, "the same as satisfies"},
};

constexpr FunctionRow kFunctions[] = {
    {"new", 1, 1, {kVersionLike}, new_version, "the version that a string says"},
};

}  // namespace

constinit const ObjectType kVersionType{"version", kMethods, field, print, equals_object, kFields};

constinit const ImportRow kVersion{"version", kFunctions, nullptr, "comparing version numbers"};

}  // namespace sentinel
