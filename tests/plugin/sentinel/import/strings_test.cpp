#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "plugin/sentinel/import/rows.h"
#include "tests/plugin/sentinel/import/fake_machine.h"

namespace sentinel {
namespace {

TEST(Strings, HasPrefix) {
  constexpr CallCase kCases[] = {
      {"a prefix is found", R"(strings.has_prefix("billing-id", "billing-"))", "true"},
      {"another text is none", R"(strings.has_prefix("bill-id", "billing-"))", "false"},
      {"the empty string begins everything", R"(strings.has_prefix("", ""))", "true"},
      {"a longer text is no prefix", R"(strings.has_prefix("a", "ab"))", "false"},
      {"undefined in, undefined out", R"(strings.has_prefix(undefined, "a"))", "undefined"},
      {"undefined second", R"(strings.has_prefix("a", undefined))", "undefined"},
      {"a number is refused", R"(strings.has_prefix(1, "a"))", "error: wrong kind of argument 1"},
      {"two arguments", R"(strings.has_prefix("a"))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Strings, HasSuffix) {
  constexpr CallCase kCases[] = {
      {"a suffix is found", R"(strings.has_suffix("billing-id", "id"))", "true"},
      {"another text is none", R"(strings.has_suffix("billing-name", "id"))", "false"},
      {"the empty string ends everything", R"(strings.has_suffix("a", ""))", "true"},
      {"undefined in, undefined out", R"(strings.has_suffix("a", undefined))", "undefined"},
      {"null is refused", R"(strings.has_suffix("a", null))", "error: wrong kind of argument 2"},
      {"two arguments", R"(strings.has_suffix("a", "b", "c"))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Strings, Join) {
  constexpr CallCase kCases[] = {
      {"strings", R"(strings.join(["foo", "bar", "baz"], "."))", R"("foo.bar.baz")"},
      {"lists inside are flattened", R"(strings.join([["foo", "bar"], "baz"], "."))",
       R"("foo.bar.baz")"},
      {"empty lists inside vanish", R"(strings.join([[], "a", [[]], "b"], "."))", R"("a.b")"},
      {"scalars become text", R"(strings.join(["a", 1, 1.01, true], ","))", R"("a,1,1.01,true")"},
      {"floats are short", R"(strings.join([2.0, 1e21, -0.5], " "))", R"("2 1e+21 -0.5")"},
      {"the empty list", R"(strings.join([], ","))", R"("")"},
      {"one element has no separator", R"(strings.join(["a"], ","))", R"("a")"},
      {"a map is refused", R"(strings.join([{}], ","))",
       "error: `strings.join` cannot join a value of type map: its list may hold strings, numbers, "
       "bools and "
       "lists of them"},
      {"null is refused", R"(strings.join([null], ","))",
       "error: `strings.join` cannot join a value of type null: its list may hold strings, "
       "numbers, bools and "
       "lists of them"},
      {"an undefined element makes all undefined", R"(strings.join(["a", undefined], ","))",
       "undefined"},
      {"undefined in, undefined out", R"(strings.join(undefined, ","))", "undefined"},
      {"a string is no list", R"(strings.join("a", ","))", "error: wrong kind of argument 1"},
      {"two arguments", R"(strings.join([]))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Strings, JoinRefusesAListThatHoldsItself) {
  FakeMachine machine;
  const Value list = machine.value("[]");
  list.as_list()->append(machine.arena(), list);
  const std::array<Value, 2> arguments{list, Value::string(",")};
  NativeCall call{machine, arguments, Value()};
  try {
    std::ranges::find(kStrings.functions, "join", &FunctionRow::name)->run(call);
    FAIL() << "no error";
  } catch (const Failed& failure) {
    EXPECT_EQ(failure.message,
              "lists and maps nested more than 512 levels deep given to `strings.join`");
  }
}

TEST(Strings, Replace) {
  constexpr CallCase kCases[] = {
      {"all by default", R"(strings.replace("foofoo", "foo", "bar"))", R"("barbar")"},
      {"once", R"(strings.replace("foofoofoobar", "foo", "bar", 1))", R"("barfoofoobar")"},
      {"twice", R"(strings.replace("foofoofoobar", "foo", "bar", 2))", R"("barbarfoobar")"},
      {"more often than there are", R"(strings.replace("foofoobar", "foo", "bar", 9))",
       R"("barbarbar")"},
      {"never", R"(strings.replace("foobar", "foo", "bar", 0))", R"("foobar")"},
      {"a negative number is all", R"(strings.replace("aa", "a", "b", -1))", R"("bb")"},
      {"not there", R"(strings.replace("foobar", "test", "bar"))", R"("foobar")"},
      {"nothing stands between characters", R"(strings.replace("äb", "", "-"))", R"("-ä-b-")"},
      {"nothing, some times", R"(strings.replace("ab", "", "-", 2))", R"("-a-b")"},
      {"nothing in nothing", R"(strings.replace("", "", "x"))", R"("x")"},
      {"matches do not overlap", R"(strings.replace("aaa", "aa", "b"))", R"("ba")"},
      {"undefined in, undefined out", R"(strings.replace("a", "b", undefined))", "undefined"},
      {"a string is no number of times", R"(strings.replace("a", "b", "c", "1"))",
       "error: wrong kind of argument 4"},
      {"three or four arguments", R"(strings.replace("a", "b"))",
       "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Strings, Trim) {
  constexpr CallCase kCases[] = {
      {"both ends", R"(strings.trim("iiifoobariii", "i"))", R"("foobar")"},
      {"any character of the set", R"(strings.trim("!1!bar foo!!1", "!1"))", R"("bar foo")"},
      {"characters, not bytes", R"(strings.trim("éàé", "é"))", R"("à")"},
      {"all of it", R"(strings.trim("aaa", "a"))", R"("")"},
      {"an empty set", R"(strings.trim(" a ", ""))", R"(" a ")"},
      {"undefined in, undefined out", R"(strings.trim(undefined, "a"))", "undefined"},
      {"a list is refused", R"(strings.trim([], "a"))", "error: wrong kind of argument 1"},
      {"two arguments", R"(strings.trim("a"))", "error: wrong number of arguments"},
      {"left only", R"(strings.trim_left("!!!bar!!!", "!"))", R"("bar!!!")"},
      {"left, all", R"(strings.trim_left("aaaaaaaafoo", "a"))", R"("foo")"},
      {"left of undefined", R"(strings.trim_left("a", undefined))", "undefined"},
      {"left, two arguments", R"(strings.trim_left("a"))", "error: wrong number of arguments"},
      {"right only", R"(strings.trim_right("...foo_bar...", "."))", R"("...foo_bar")"},
      {"right, all", R"(strings.trim_right("billing---", "-"))", R"("billing")"},
      {"right of a number", R"(strings.trim_right(1, "-"))", "error: wrong kind of argument 1"},
      {"right, two arguments", R"(strings.trim_right("a"))", "error: wrong number of arguments"},
      {"a byte that is no character is trimmed as U+FFFD", R"(strings.trim("\xffa\xff", "�"))",
       R"("a")"},
  };
  expect_results(kCases);
}

TEST(Strings, TrimSpace) {
  constexpr CallCase kCases[] = {
      {"blanks", R"(strings.trim_space("      foo    "))", R"("foo")"},
      {"inside they stay", R"(strings.trim_space(" bar foo "))", R"("bar foo")"},
      {"line ends and tabs", R"(strings.trim_space("\n\ta\n"))", R"("a")"},
      {"no-break and ideographic space", "strings.trim_space(\"\u00a0a\u3000\")", R"("a")"},
      {"only space", R"(strings.trim_space("  "))", R"("")"},
      {"undefined in, undefined out", R"(strings.trim_space(undefined))", "undefined"},
      {"a bool is refused", R"(strings.trim_space(true))", "error: wrong kind of argument 1"},
      {"one argument", R"(strings.trim_space("a", "b"))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Strings, TrimPrefixAndSuffix) {
  constexpr CallCase kCases[] = {
      {"a prefix", R"(strings.trim_prefix("billing-id", "billing-"))", R"("id")"},
      {"no prefix", R"(strings.trim_prefix("bill-id", "billing-"))", R"("bill-id")"},
      {"once only", R"(strings.trim_prefix("aab", "a"))", R"("ab")"},
      {"prefix of undefined", R"(strings.trim_prefix(undefined, "a"))", "undefined"},
      {"prefix of null", R"(strings.trim_prefix(null, "a"))", "error: wrong kind of argument 1"},
      {"prefix, two arguments", R"(strings.trim_prefix("a"))", "error: wrong number of arguments"},
      {"a suffix", R"(strings.trim_suffix("billing-id", "-id"))", R"("billing")"},
      {"no suffix", R"(strings.trim_suffix("bill-id", "-foo"))", R"("bill-id")"},
      {"the whole", R"(strings.trim_suffix("a", "a"))", R"("")"},
      {"suffix undefined", R"(strings.trim_suffix("a", undefined))", "undefined"},
      {"suffix, two arguments", R"(strings.trim_suffix("a"))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Strings, Case) {
  constexpr CallCase kCases[] = {
      {"lower", R"(strings.to_lower("FoO"))", R"("foo")"},
      {"lower beyond ASCII", R"(strings.to_lower("ÄΣДẞ"))", R"("äσдß")"},
      {"lower of undefined", R"(strings.to_lower(undefined))", "undefined"},
      {"lower of a number", R"(strings.to_lower(1))", "error: wrong kind of argument 1"},
      {"lower, one argument", R"(strings.to_lower())", "error: wrong number of arguments"},
      {"upper", R"(strings.to_upper("FoO"))", R"("FOO")"},
      {"upper beyond ASCII", R"(strings.to_upper("äςдÿ"))", R"("ÄΣДŸ")"},
      {"sharp s stays, as in Go", R"(strings.to_upper("ß"))", R"("ß")"},
      {"a character of two", R"(strings.to_upper("ǆ"))", R"("Ǆ")"},
      {"a byte that is no character becomes U+FFFD", R"(strings.to_upper("a\xff"))", R"("A�")"},
      {"upper of undefined", R"(strings.to_upper(undefined))", "undefined"},
      {"upper, one argument", R"(strings.to_upper("a", "b"))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Strings, Split) {
  constexpr CallCase kCases[] = {
      {"parts", R"(strings.split("foo,bar,baz", ","))", R"(["foo" "bar" "baz"])"},
      {"no separator", R"(strings.split("foo", ","))", R"(["foo"])"},
      {"at both ends", R"(strings.split(",a,", ","))", R"(["" "a" ""])"},
      {"the empty text", R"(strings.split("", ","))", R"([""])"},
      {"a long separator", R"(strings.split("a//b//c", "//"))", R"(["a" "b" "c"])"},
      {"between characters", R"(strings.split("aäb", ""))", R"(["a" "ä" "b"])"},
      {"nothing between characters", R"(strings.split("", ""))", R"([])"},
      {"a list comes back", R"(strings.split(["foo", 1], ","))", R"(["foo" 1])"},
      {"undefined in, undefined out", R"(strings.split(undefined, ","))", "undefined"},
      {"undefined separator", R"(strings.split(["a"], undefined))", "undefined"},
      {"null is refused", R"(strings.split(null, ","))", "error: wrong kind of argument 1"},
      {"two arguments", R"(strings.split("a"))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

}  // namespace
}  // namespace sentinel
