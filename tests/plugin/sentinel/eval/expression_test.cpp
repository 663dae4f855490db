// Expressions → values. Sections: Sentinel specification, "Expressions".
#include <gtest/gtest.h>

#include "tests/plugin/sentinel/eval/evaluated.h"

namespace sentinel {
namespace {

struct Case {
  const char* expression;
  const char* value;
};

void check(std::span<const Case> cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.expression);
    EXPECT_EQ(value_of(c.expression), c.value);
  }
}

TEST(Arithmetic, FollowsTheOperandsKinds) {
  constexpr Case kCases[] = {
      {"1 + 2 * 3", "7"},
      {"(1 + 2) * 3", "9"},
      {"7 / 2", "3"},
      {"-5 / 3", "-1"},
      {"-5 % 3", "-2"},
      {"5 % -3", "2"},
      {"7.0 / 2", "3.500000"},
      {"7 % 2.5", "2.000000"},
      {"1 + 0.5", "1.500000"},
      {"\"a\" + \"b\"", "\"ab\""},
      {"[1] + [2, 3]", "[1 2 3]"},
      {"-(3)", "-3"},
      {"+(3)", "3"},
      {"- 2.5", "-2.500000"},
      {"1.0 / 0", "+Inf"},
      {"9223372036854775807 + 1", "-9223372036854775808"},
      {"(-9223372036854775807 - 1) / -1", "-9223372036854775808"},
      {"(-9223372036854775807 - 1) % -1", "0"},
      {"undefined + 1", "undefined"},
      {"1 - undefined", "undefined"},
      {"-undefined", "undefined"},
      {"1 / 0", "error: division by zero"},
      {"1 % 0", "error: division by zero"},
      {"1 + \"a\"", "error: cannot apply `+` to int and string"},
      {"\"a\" - \"b\"", "error: cannot apply `-` to string and string"},
      {"null + 1", "error: cannot apply `+` to null and int"},
      {"[1] * 2", "error: cannot apply `*` to list and int"},
      {"-\"a\"", "error: cannot apply unary `-` to string"},
      {"+[]", "error: cannot apply unary `+` to list"},
  };
  check(kCases);
}

std::string any(const std::string& value) {
  return "(func(v) { return v })(" + value + ")";
}

// The walker has functions of their own for operands that are names and constants: each must give
// what the one for any operands gives.
TEST(Arithmetic, IsTheSameWhereverOperandsStand) {
  const std::string kValues[] = {"7",    "-5",         "0",          "2",
                                 "-1",   "4294967295", "4294967296", "-4294967297",
                                 "2.5",  "\"a\"",      "[1]",        "9223372036854775807",
                                 "null", "undefined"};
  for (const char* symbol : {"+", "-", "*", "/", "%", "<", "<=", ">", ">="}) {
    const std::string op = std::string(" ") + symbol + " ";
    for (const std::string& a : kValues) {
      for (const std::string& b : kValues) {
        SCOPED_TRACE(a + op + b);
        const std::string value = value_of(any(a) + op + any(b));
        EXPECT_EQ(value_of("(func(x, y) { return x" + op + "y })(" + a + ", " + b + ")"), value);
        EXPECT_EQ(value_of("(func(x) { return x" + op + b + " })(" + a + ")"), value);
        EXPECT_EQ(value_of("(func(x) { return x" + op + any(b) + " })(" + a + ")"), value);
        EXPECT_EQ(value_of(any(a) + op + b), value);
      }
    }
  }
}

TEST(Arithmetic, ReadsTheLeftOperandFirst) {
  EXPECT_EQ(evaluated("f = func() {\n x = 1\n g = func() { x = 10; return 1 }\n return x + g()\n}\n"
                      "print(f())\nmain = true"),
            "2\npass: true");
  EXPECT_EQ(evaluated("f = func() {\n r = rule { 3 }\n return r + 1 < r + r\n}\nmain = f()"),
            "pass: true");
  EXPECT_EQ(evaluated("f = func() {\n if false { x = 1 }\n return x + error(\"right\")\n}\n"
                      "main = f()"),
            "error: 3:9: unknown identifier accessed: x");
}

TEST(Comparison, ComparesNumbersByValueAndOtherKindsNotAtAll) {
  constexpr Case kCases[] = {
      {"1 is 1.0", "true"},
      {"1 == 2", "false"},
      {"1 is not 2", "true"},
      {"1 != 1.0", "false"},
      {"\"a\" is \"a\"", "true"},
      {"1 is \"1\"", "false"},
      {"1 is not \"1\"", "true"},
      {"null is null", "true"},
      {"\"x\" is null", "false"},
      {"true is true", "true"},
      {"[1, [2]] is [1.0, [2]]", "true"},
      {"[1, 2] is [2, 1]", "false"},
      {"{\"a\": 1, \"b\": 2} is {\"b\": 2, \"a\": 1}", "true"},
      {"{1: \"a\"} is {1.0: \"a\"}", "true"},
      {"undefined is 1", "undefined"},
      {"1 is not undefined", "undefined"},
      {"undefined is undefined", "undefined"},
      {"1 < 2", "true"},
      {"2 <= 1.5", "false"},
      {"2 > 1.5", "true"},
      {"2 >= 2.0", "true"},
      {"\"a\" < \"b\"", "true"},
      {"\"Z\" < \"a\"", "true"},
      {"\"a\" >= \"a\"", "true"},
      {"undefined < 1", "undefined"},
      {"1 < undefined", "undefined"},
      {"1 < \"a\"", "false"},
      {"[1] < [2]", "false"},
      {"true > false", "false"},
  };
  check(kCases);
}

TEST(Logic, IsThreeValuedAndNotSymmetric) {
  const char* names[] = {"true", "false", "undefined"};
  // Rows: the left operand; columns: the right one.
  const char* conjunction[3][3] = {{"true", "false", "undefined"},
                                   {"false", "false", "false"},
                                   {"undefined", "undefined", "undefined"}};
  const char* disjunction[3][3] = {
      {"true", "true", "true"}, {"true", "false", "undefined"}, {"true", "undefined", "undefined"}};
  const char* exclusion[3][3] = {{"false", "true", "undefined"},
                                 {"true", "false", "undefined"},
                                 {"undefined", "undefined", "undefined"}};
  for (int left = 0; left < 3; ++left) {
    for (int right = 0; right < 3; ++right) {
      const auto with = [&](const char* op) {
        return std::string(names[left]) + " " + op + " " + names[right];
      };
      EXPECT_EQ(value_of(with("and")), conjunction[left][right]) << with("and");
      EXPECT_EQ(value_of(with("or")), disjunction[left][right]) << with("or");
      EXPECT_EQ(value_of(with("xor")), exclusion[left][right]) << with("xor");
    }
  }
}

TEST(Logic, SkipsTheRightSideOnlyWhereTheLeftDecides) {
  constexpr Case kCases[] = {
      {"false and error(\"no\")", "false"},
      {"true or error(\"no\")", "true"},
      {"undefined and error(\"evaluated\")", "error: evaluated"},
      {"undefined or error(\"evaluated\")", "error: evaluated"},
      {"true and error(\"evaluated\")", "error: evaluated"},
      {"not true", "false"},
      {"!false", "true"},
      {"not undefined", "undefined"},
      {"not 1", "error: logical operand must be a boolean, got int"},
      {"1 and true", "error: logical operand must be a boolean, got int"},
      {"true and \"x\"", "error: logical operand must be a boolean, got string"},
      {"false or null", "error: logical operand must be a boolean, got null"},
      {"undefined or []", "error: logical operand must be a boolean, got list"},
      {"true xor {}", "error: logical operand must be a boolean, got map"},
  };
  check(kCases);
}

TEST(Else, ReplacesUndefinedAndNothingElse) {
  constexpr Case kCases[] = {
      {"undefined else 1", "1"},
      {"2 else error(\"no\")", "2"},
      {"null else 1", "null"},
      {"false else true", "false"},
      {"undefined else undefined else 3", "3"},
      {"{}.a else 42 == 12", "false"},
      {"{}.a.b.c else \"\" is \"\"", "true"},
      {"1 + undefined else 5", "5"},
      {"undefined else unknown_name", "error: unknown identifier accessed: unknown_name"},
      {"unknown_name else 1", "error: unknown identifier accessed: unknown_name"},
  };
  check(kCases);
}

TEST(Membership, LooksIntoListsMapsAndStrings) {
  constexpr Case kCases[] = {
      {"[1, 2] contains 2.0", "true"},
      {"3 in [1, 2]", "false"},
      {"[1, 2] contains \"x\"", "false"},
      {"[1] not contains 2", "true"},
      {"2 not in [1]", "true"},
      {"[[1]] contains [1]", "true"},
      {"{\"a\": 1} contains \"a\"", "true"},
      {"1 in {\"a\": 1}", "false"},
      {"{1: 2} contains 1.0", "true"},
      {"{\"a\": 1} contains [1]", "false"},
      {"\"abc\" contains \"bc\"", "true"},
      {"\"\" in \"abc\"", "true"},
      {"\"x\" not in \"abc\"", "true"},
      {"undefined contains 1", "undefined"},
      {"undefined not contains 1", "undefined"},
      {"undefined in [1]", "undefined"},
      {"[1, undefined] contains 1", "true"},
      {"[undefined, 1] contains 1", "true"},
      {"[1, undefined] contains 2", "undefined"},
      {"[undefined] not contains 2", "undefined"},
      {"\"abc\" contains 1", "error: a string can only contain a string, got int"},
      {"1 contains 1",
       "error: operand of `contains` and `in` must be a list, map or string, got int"},
      {"1 in null",
       "error: operand of `contains` and `in` must be a list, map or string, got null"},
  };
  check(kCases);
}

TEST(Matches, SearchesUnanchored) {
  constexpr Case kCases[] = {
      {"\"t3.micro\" matches \"^t3\\\\.\"", "true"},
      {"\"abc\" matches \"b\"", "true"},
      {"\"abc\" not matches \"z\"", "true"},
      {"\"ABC\" matches \"(?i)b\"", "true"},
      {"\"abc\" matches \"a\" + \"b\"", "true"},
      {"undefined matches \"a\"", "undefined"},
      {"\"a\" matches undefined", "undefined"},
      {"1 matches \"a\"", "error: operand of `matches` must be a string, got int"},
      {"\"a\" matches null", "error: operand of `matches` must be a string, got null"},
      {"\"a\" matches \"(\"", "error: cannot use \"(\" as a regular expression: missing ): ("},
  };
  check(kCases);
}

TEST(Tests, OfEmptyAndDefined) {
  constexpr Case kCases[] = {
      {"[] is empty", "true"},
      {"[1] is empty", "false"},
      {"{} is not empty", "false"},
      {"\"\" is empty", "true"},
      {"\"a\" is not empty", "true"},
      {"undefined is empty", "undefined"},
      {"undefined is not empty", "undefined"},
      {"null is empty", "error: operand of `is empty` must be a string, list or map, got null"},
      {"1 is not empty", "error: operand of `is not empty` must be a string, list or map, got int"},
      {"undefined is defined", "false"},
      {"undefined is not defined", "true"},
      {"null is defined", "true"},
      {"{}.a is defined", "false"},
  };
  check(kCases);
}

TEST(Parts, OfListsMapsAndStrings) {
  constexpr Case kCases[] = {
      {"[1, 2, 3][0]", "1"},
      {"[1, 2, 3][-1]", "3"},
      {"[1, 2, 3][3]", "undefined"},
      {"[1, 2, 3][-4]", "undefined"},
      {"[1, 2, 3][1.0]", "2"},
      {"[1][\"a\"]", "error: list index must be an int, got string"},
      {"[1][0.5]", "error: list index must be an int, got float"},
      {"\"abc\"[1]", "error: only a list or map can be indexed, got string"},
      {"{\"a\": 1}[\"a\"]", "1"},
      {"{\"a\": 1}.a", "1"},
      {"{\"a\": 1}.b", "undefined"},
      {"{\"a\": 1}[\"b\"].c.d", "undefined"},
      {"{1: \"x\"}[1.0]", "\"x\""},
      {"{true: \"x\"}[true]", "\"x\""},
      {"{\"in\": 1}.in", "1"},
      {"{}[[]]", "error: map key must be a string, number or boolean, got list"},
      {"{[]: 1}", "error: map key must be a string, number or boolean, got list"},
      {"{\"a\": 1, \"a\": 2}", "{\"a\": 2}"},
      {"null.a", "undefined"},
      {"null[0]", "undefined"},
      {"undefined.a", "undefined"},
      {"undefined[0]", "error: only a list or map can be indexed, got undefined"},
      {"undefined[\"a\"]", "error: only a list or map can be indexed, got undefined"},
      {"[1][undefined]", "undefined"},
      {"(1).a", "error: cannot select \"a\" of int"},
      {"[1].a", "error: cannot select \"a\" of list"},
      {"(1)[0]", "error: only a list or map can be indexed, got int"},
      {"[1, 2, 3, 4][1:3]", "[2 3]"},
      {"[1, 2, 3][:2]", "[1 2]"},
      {"[1, 2, 3][2:]", "[3]"},
      {"[1, 2, 3][:]", "[1 2 3]"},
      {"[1][1:1]", "[]"},
      {"[1][0:2]", "undefined"},
      {"[1][-1:1]", "undefined"},
      {"[1, 2][2:1]", "undefined"},
      {"\"hello\"[1:3]", "\"el\""},
      {"null[1:]", "undefined"},
      {"undefined[1:]", "undefined"},
      {"{}[1:]", "error: cannot slice map"},
      {"[1][\"a\":]", "error: slice bound must be an int, got string"},
  };
  check(kCases);
}

TEST(Quantifier, FollowsAndAndOr) {
  constexpr Case kCases[] = {
      {"all [1, 2] as x { x > 0 }", "true"},
      {"all [1, -2] as x { x > 0 }", "false"},
      {"all [] as x { x > 0 }", "true"},
      {"any [] as x { x > 0 }", "false"},
      {"any [1, -2] as x { x < 0 }", "true"},
      {"any [1, 2] as x { x < 0 }", "false"},
      {"all [1, undefined] as x { x > 0 }", "undefined"},
      {"all [undefined, 0] as x { x > 0 }", "undefined"},
      {"all [0, undefined] as x { x > 0 }", "false"},
      {"any [undefined, 1] as x { x > 0 }", "true"},
      {"any [undefined, 0] as x { x > 0 }", "undefined"},
      {"any [1, error(\"built first\")] as x { x > 0 }", "error: built first"},
      {"all {\"a\": 1} as k { k is \"a\" }", "true"},
      {"any {\"a\": 1} as k, v { k is \"a\" and v is 1 }", "true"},
      {"all [5] as i, x { i is 0 and x is 5 }", "true"},
      {"filter [1, 2, 3] as x { x > 1 }", "[2 3]"},
      {"filter {\"a\": 1, \"b\": 2} as k, v { v > 1 }", "{\"b\": 2}"},
      {"filter {\"a\": 1, \"b\": 2} as k { k is \"a\" }", "{\"a\": 1}"},
      {"filter [1, undefined] as x { x > 0 }", "undefined"},
      {"filter [] as x { x > 1 }", "[]"},
      {"filter {} as k, v { true }", "{}"},
      {"map [1, 2] as x { x * 2 }", "[2 4]"},
      {"map {\"a\": 1} as k, v { k + \"!\" }", "[\"a!\"]"},
      {"map {\"a\": 1} as k { k }", "[\"a\"]"},
      {"map [1, undefined] as x { x }", "[1 undefined]"},
      {"map [1] as x { { \"v\": x } }", "[{\"v\": 1}]"},
      {"all undefined as x { true }", "error: unsupported type for looping: undefined"},
      {"any null as x { true }", "error: unsupported type for looping: null"},
      {"filter 5 as x { true }", "error: unsupported type for looping: int"},
      {"map \"abc\" as x { x }", "error: unsupported type for looping: string"},
      {"all [1] as x { x }", "error: all body must result in a boolean, got int"},
      {"any [1] as x { \"y\" }", "error: any body must result in a boolean, got string"},
      {"filter [1] as x { null }", "error: filter body must result in a boolean, got null"},
  };
  check(kCases);
}

TEST(Call, ChecksWhatItIsGiven) {
  constexpr Case kCases[] = {
      {"func(a, b) { return a + b }(1, 2)", "3"},
      {"undefined()", "undefined"},
      {"{}.f(1)", "undefined"},
      {"{\"f\": func(x) { return x }}.f(7)", "7"},
      {"{\"f\": func(x) { return x }}[\"f\"](7)", "7"},
      {"1(2)", "error: cannot call int"},
      {"null()", "error: cannot call null"},
      {"func(a) { return a }()", "error: expected 1 argument, got 0"},
      {"func() { return 1 }(1, 2)", "error: expected 0 arguments, got 2"},
      {"length()", "error: length: expected 1 argument, got 0"},
      {"range(1, 2, 3, 4)", "error: range: expected at most 3 arguments, got 4"},
      {"length(1)", "error: length: argument 1 must be string, list or map, got int"},
      {"func(x) { if x { return 1 } }(false)", "error: function ended without `return`"},
  };
  check(kCases);
}

TEST(Errors, StandWhereTheOffendingExpressionStands) {
  struct {
    const char* policy;
    const char* outcome;
  } const cases[] = {
      {"main = rule { unknown }", "error: 1:15: unknown identifier accessed: unknown"},
      {"x = undefined\nmain = rule {\n\tall x as v { v }\n}",
       "error: 3:6: unsupported type for looping: undefined"},
      {"x = 1\nif x { }\nmain = true",
       "error: 2:4: if condition must result in a boolean, got int"},
      {"m = {}\nif m.a { }\nmain = true",
       "error: 2:4: if condition must result in a boolean, got undefined"},
      {"for {}.a as x { }\nmain = true", "error: 1:5: unsupported type for looping: undefined"},
      {"main = rule { 1 + \"a\" }", "error: 1:15: cannot apply `+` to int and string"},
      {"main = rule { error(\"stop\", 1) }", "error: 1:15: stop 1"},
      {"m = {}\nmain = m.a.b", "undefined: 2:10"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.policy);
    EXPECT_EQ(evaluated(c.policy), c.outcome);
  }
}

}  // namespace
}  // namespace sentinel
