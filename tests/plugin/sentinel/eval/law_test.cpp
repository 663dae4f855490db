// What the specification says of one construct by another: two spellings of the same, tried with
// values of all kinds. Errors count as results.
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/plugin/sentinel/eval/evaluated.h"

namespace sentinel {
namespace {

constexpr const char* kValues[] = {
    "undefined",   "null",           "true", "0",           "1",
    "1.0",         "-2.5",           "\"\"", "\"ab\"",      "[]",
    "[1, \"ab\"]", "[undefined, 1]", "{}",   "{\"ab\": 1}", "{1: [1.0]}",
};

constexpr const char* kLogical[] = {"true", "false", "undefined"};

/// The law with `A` and `B` replaced; names in laws are written small.
std::string with(std::string_view law, std::string_view a, std::string_view b) {
  std::string out;
  for (const char c : law) {
    if (c == 'A' || c == 'B') {
      out += c == 'A' ? a : b;
    } else {
      out += c;
    }
  }
  return out;
}

struct Law {
  const char* one;
  const char* other;
};

template <std::size_t N>
void check(const Law& law, const char* const (&values)[N]) {
  for (const char* a : values) {
    for (const char* b : values) {
      const std::string one = with(law.one, a, b);
      SCOPED_TRACE(one);
      EXPECT_EQ(value_of(one), value_of(with(law.other, a, b)));
    }
  }
}

TEST(Law, OfValues) {
  constexpr Law kLaws[] = {
      {"A is B", "A == B"},
      {"A is not B", "A != B"},
      {"A != B", "not (A == B)"},
      {"A == B", "B == A"},
      {"A > B", "B < A"},
      {"A >= B", "B <= A"},
      {"A in B", "B contains A"},
      {"A not in B", "not (A in B)"},
      {"B not contains A", "not (B contains A)"},
      {"A else B", "(func(x) { if x is defined { return x } else { return B } })(A)"},
      {"A is not defined", "not (A is defined)"},
  };
  for (const Law& law : kLaws)
    check(law, kValues);
}

TEST(Law, OfLogic) {
  constexpr Law kLaws[] = {
      {"A xor B", "A and not B or not A and B"},
      {"!A", "not A"},
      {"not not A", "A"},
      {"any [A, B] as x { x }", "false or A or B"},
      {"all [A, B] as x { x }", "true and A and B"},
  };
  for (const Law& law : kLaws)
    check(law, kLogical);
}

/// `any` is a chain of `or`, `all` one of `and`, whatever stands where.
TEST(Law, QuantifiersAreChains) {
  std::vector<std::vector<std::string>> lists = {{}};
  for (std::size_t i = 0; i < lists.size(); ++i) {
    if (lists[i].size() == 4) continue;
    for (const char* value : kLogical) {
      std::vector<std::string> longer = lists[i];
      longer.emplace_back(value);
      lists.push_back(std::move(longer));
    }
  }
  ASSERT_EQ(lists.size(), 121U);
  for (const std::vector<std::string>& list : lists) {
    std::string items;
    std::string ors = "false";
    std::string ands = "true";
    for (const std::string& item : list) {
      items += item + ", ";
      ors += " or " + item;
      ands += " and " + item;
    }
    items = list.empty() ? "[]" : "[" + items + "]";
    SCOPED_TRACE(items);
    EXPECT_EQ(value_of("any " + items + " as x { x }"), value_of(ors));
    EXPECT_EQ(value_of("all " + items + " as x { x }"), value_of(ands));
    EXPECT_EQ(value_of("map " + items + " as x { x }"), value_of(items));
  }
}

/// `x op= y` is `x = x op (y)`.
TEST(Law, AssignmentsWithAnOperator) {
  for (const char* op : {"+", "-", "*", "/", "%"}) {
    for (const char* a : kValues) {
      for (const char* b : kValues) {
        const std::string head = std::string("x = ") + a + "\n";
        const std::string one = head + "x " + op + "= " + b + "\nprint(x)\nmain = true\n";
        const std::string other = head + "x = x " + op + " (" + b + ")\nprint(x)\nmain = true\n";
        SCOPED_TRACE(one);
        const Outcome first = outcome_of(inputs_of(one));
        const Outcome second = outcome_of(inputs_of(other));
        EXPECT_EQ(first.prints, second.prints);
        EXPECT_EQ(first.error ? first.error->message : "",
                  second.error ? second.error->message : "");
      }
    }
  }
}

/// `x.name` is `x["name"]` where there is a map or null.
TEST(Law, SelectorsAreIndexes) {
  for (const char* value : {"{}", "{\"a\": 1}", "{\"a\": {\"a\": 2}}", "{\"b\": 1}", "null"}) {
    SCOPED_TRACE(value);
    EXPECT_EQ(value_of(std::string("(") + value + ").a"),
              value_of(std::string("(") + value + ")[\"a\"]"));
  }
}

}  // namespace
}  // namespace sentinel
