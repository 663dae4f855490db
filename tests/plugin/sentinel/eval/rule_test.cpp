// Rules and the verdict. Sections: Sentinel documentation, "Rules", "Main".
#include <gtest/gtest.h>

#include "plugin/sentinel/value/operation.h"
#include "tests/plugin/sentinel/eval/evaluated.h"

namespace sentinel {
namespace {

TEST(Rule, IsEvaluatedOnceWhenItIsFirstRead) {
  constexpr PolicyCase kCases[] = {
      {"not at all", "a = rule { error(\"evaluated\") }\nmain = rule { true }", "pass: true"},
      {"once", "a = rule { print(\"once\") }\nmain = rule { a and a and a }", "once\npass: true"},
      {"with the variables of that moment", "x = 1\na = rule { x is 2 }\nx = 2\nmain = rule { a }",
       "pass: true"},
      {"and no later one", "x = 1\na = rule { x is 1 }\nprint(a)\nx = 2\nmain = rule { a }",
       "true\npass: true"},
      {"by print", "a = rule { 5 }\nprint(a)\nmain = true", "5\npass: true"},
      {"by a comparison", "a = rule { 5 }\nmain = a is 5", "pass: true"},
      {"as another name's value", "b = rule { true }\nmain = b", "pass: true"},
      {"inside a function",
       "f = func(x) {\n r = rule { x > 1 }\n return r\n}\nmain = rule { f(2) and not f(1) }",
       "pass: true"},
      {"in place where it has no name", "l = [rule { 1 is 1 }]\nmain = l[0]", "pass: true"},
      {"not by itself", "a = rule { a }\nmain = a",
       "error: 1:12: rule \"a\" refers to itself while it is evaluated"},
      {"nor by one that it reads", "a = rule { b }\nb = rule { a }\nmain = a",
       "error: 2:12: rule \"a\" refers to itself while it is evaluated"},
  };
  check(kCases);
}

TEST(Rule, MayDependOnACondition) {
  constexpr PolicyCase kCases[] = {
      {"that holds", "main = rule when true { false }", "fail: false"},
      {"that does not", "main = rule when false { error(\"no\") }", "pass: true"},
      {"that is undefined", "m = {}\nmain = rule when m.x { true }", "undefined: 2:20"},
      {"that is no condition", "main = rule when 1 { true }",
       "error: 1:18: rule condition must result in a boolean, got int"},
  };
  check(kCases);
}

TEST(Rule, MayHoldDataButNotNullOrAFunction) {
  constexpr PolicyCase kCases[] = {
      {"a list", "main = rule { [1] }", "fail: [1]"},
      {"null", "main = rule { null }",
       "error: 1:15: rule must result in a boolean, string, number, list or map, got null"},
      {"a function", "main = rule { func() { return 1 } }",
       "error: 1:15: rule must result in a boolean, string, number, list or map, got function"},
  };
  check(kCases);
}

TEST(Main, DecidesByItsKind) {
  constexpr PolicyCase kCases[] = {
      {"true", "main = true", "pass: true"},
      {"false", "main = false", "fail: false"},
      {"an empty string", "main = \"\"", "pass: \"\""},
      {"a string", "main = \"bad\"", "fail: \"bad\""},
      {"zero", "main = 0", "pass: 0"},
      {"a number", "main = 3", "fail: 3"},
      {"zero as a float", "main = 0.0", "pass: 0.000000"},
      {"an empty list", "main = []", "pass: []"},
      {"a list", "main = [1]", "fail: [1]"},
      {"an empty map", "main = {}", "pass: {}"},
      {"a map", "main = {\"a\": 1}", "fail: {\"a\": 1}"},
      {"undefined", "main = undefined", "undefined: 1:8"},
      {"null", "main = null",
       "error: 1:1: `main` must be a boolean, string, number, list or map, got null"},
      {"nothing", "x = 1", "error: 1:1: policy has no `main`"},
      {"an error before", "error(\"x\")\nmain = true", "error: 1:1: x"},
  };
  check(kCases);
}

TEST(Undefined, RemembersWhereItCameFrom) {
  constexpr PolicyCase kCases[] = {
      {"through rules", "x = {}\na = rule { x.missing }\nmain = rule { a and true }",
       "undefined: 2:14"},
      {"through functions and operators",
       "m = {\"l\": [1]}\nf = func() { return m.l[5] + 1 }\nmain = not (f() is 3)",
       "undefined: 2:24"},
      {"of a literal in data", "m = {\"a\": undefined}\nmain = m.a", "undefined: 2:10"},
      {"of a conversion", "main = int(\"x\") > 3", "undefined: 1:8"},
  };
  check(kCases);
}

TEST(Trace, ListsTheRulesThatWereEvaluated) {
  const Outcome outcome =
      outcome_of(inputs_of("first = rule { true }\n"
                           "unused = rule { true }\n"
                           "# Only on weekdays.\n"
                           "second = rule { missing.x else 5 }\n"
                           "print(first)\n"
                           "main = rule { first and (second is 5) }\n"));
  ASSERT_EQ(outcome.rules.size(), 3U);
  EXPECT_EQ(outcome.rules[0].name, "main");
  EXPECT_TRUE(outcome.rules[0].failed);
  EXPECT_EQ(outcome.rules[0].where.line, 6U);
  EXPECT_EQ(outcome.rules[0].where.column, 1U);
  EXPECT_EQ(outcome.rules[0].offset, 113U);
  EXPECT_EQ(outcome.rules[1].name, "first");
  EXPECT_FALSE(outcome.rules[1].failed);
  EXPECT_EQ(to_text(outcome.rules[1].value), "true");
  EXPECT_EQ(outcome.rules[2].name, "second");
  EXPECT_EQ(outcome.rules[2].description, "Only on weekdays.");
  EXPECT_TRUE(outcome.rules[2].failed);
  ASSERT_TRUE(outcome.error.has_value());
  EXPECT_EQ(outcome.error->message, "unknown identifier accessed: missing");
  ASSERT_EQ(outcome.error->calls.size(), 2U);
  EXPECT_EQ(outcome.error->calls[0].line, 6U);
}

}  // namespace
}  // namespace sentinel
