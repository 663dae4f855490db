// The functions that need no import. Sections: Sentinel documentation, "Functions".
#include <algorithm>

#include <gtest/gtest.h>

#include "plugin/sentinel/builtin/table.h"
#include "tests/plugin/sentinel/eval/evaluated.h"

namespace sentinel {
namespace {

struct Case {
  const char* expression;
  const char* value;
};

TEST(Builtin, TableIsSortedAndHasHelp) {
  const auto rows = builtins();
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));
  for (const FunctionRow& row : rows) {
    EXPECT_FALSE(row.help.empty()) << row.name;
    EXPECT_EQ(find_builtin(row.name), &row);
  }
  EXPECT_EQ(find_builtin("nothing"), nullptr);
}

TEST(Builtin, GivesWhatTheDocumentationSays) {
  constexpr Case kCases[] = {
      {"delete({\"a\": 1}, \"a\")", "undefined"},
      {"delete({}, \"a\")", "undefined"},
      {"delete([], 0)", "error: delete: argument 1 must be a map, got list"},
      {"delete(undefined, 0)", "error: delete: argument 1 must be a map, got undefined"},
      {"keys({\"b\": 1, \"a\": 2})", "[\"b\" \"a\"]"},
      {"values({\"b\": 1, \"a\": 2})", "[1 2]"},
      {"keys(undefined)", "undefined"},
      {"values(undefined)", "undefined"},
      {"keys([])", "error: keys: argument 1 must be map, got list"},
      {"values(null)", "error: values: argument 1 must be map, got null"},
      {"length(\"héllo\")", "6"},
      {"length([1, 2])", "2"},
      {"length({\"a\": 1})", "1"},
      {"length(undefined)", "undefined"},
      {"length(null)", "error: length: argument 1 must be string, list or map, got null"},
      {"range(3)", "[0 1 2]"},
      {"range(1, 4)", "[1 2 3]"},
      {"range(0, 10, 4)", "[0 4 8]"},
      {"range(3, 0, -1)", "[3 2 1]"},
      {"range(3, 0)", "[]"},
      {"range(0, 3, -1)", "[]"},
      {"range(2.0)", "[0 1]"},
      {"range(undefined)", "undefined"},
      {"range(0, 5, 0)", "error: range: step must not be 0"},
      {"range(0.5)", "error: range: argument 1 must be an int, got 0.5"},
      {"range(9223372036854775805, 9223372036854775807)",
       "[9223372036854775805 9223372036854775806]"},
      {"compare(1, 2)", "-1"},
      {"compare(2.0, 2)", "0"},
      {"compare(\"b\", \"a\")", "1"},
      {"compare(1, \"a\")", "error: compare: cannot compare int and string"},
      {"compare([], 1)", "error: compare: argument 1 must be int, float or string, got list"},
      {"compare(undefined, 1)", "undefined"},
      {"print()", "true"},
      {"error(\"a\", 1, [\"x\"])", "error: a 1 [\"x\"]"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.expression);
    EXPECT_EQ(value_of(c.expression), c.value);
  }
}

TEST(Builtin, ConvertsOrGivesUndefined) {
  constexpr Case kCases[] = {
      {"int(\"42\")", "42"},
      {"int(\"-42\")", "-42"},
      {"int(\"0x1F\")", "31"},
      {"int(\"010\")", "8"},
      {"int(\"9223372036854775807\")", "9223372036854775807"},
      {"int(\"-9223372036854775808\")", "-9223372036854775808"},
      {"int(\"9223372036854775808\")", "undefined"},
      {"int(\"1.1\")", "undefined"},
      {"int(\"junk\")", "undefined"},
      {"int(\"\")", "undefined"},
      {"int(\"08\")", "undefined"},
      {"int(\" 1\")", "undefined"},
      {"int(1.9)", "1"},
      {"int(-1.5)", "-1"},
      {"int(true)", "1"},
      {"int(1e300)", "undefined"},
      {"int([])", "undefined"},
      {"int(undefined)", "undefined"},
      {"float(\"1.5\")", "1.500000"},
      {"float(\"-2e3\")", "-2000.000000"},
      {"float(\"42\")", "42.000000"},
      {"float(\"inf\")", "undefined"},
      {"float(\"1x\")", "undefined"},
      {"float(\"\")", "undefined"},
      {"float(false)", "0.000000"},
      {"float(null) else 7", "7"},
      {"string(1)", "\"1\""},
      {"string(-9223372036854775807)", "\"-9223372036854775807\""},
      {"string(1.5)", "\"1.500000\""},
      {"string(true)", "\"true\""},
      {"string([])", "undefined"},
      {"string(null)", "undefined"},
      {"bool(\"t\")", "true"},
      {"bool(\"False\")", "false"},
      {"bool(\"yes\")", "undefined"},
      {"bool(0)", "false"},
      {"bool(0.5)", "true"},
      {"bool({})", "undefined"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.expression);
    EXPECT_EQ(value_of(c.expression), c.value);
  }
}

TEST(Builtin, ChangesInPlace) {
  EXPECT_EQ(evaluated("append(undefined, 1)\nmain = true"),
            "error: 1:1: append: argument 1 must be a list, got undefined");
  EXPECT_EQ(evaluated("append({}, 1)\nmain = true"),
            "error: 1:1: append: argument 1 must be a list, got map");
  EXPECT_EQ(evaluated("l = [1]\nappend(l, undefined)\nprint(l, length(l))\nmain = true"),
            "[1 undefined] 2\npass: true");
  EXPECT_EQ(evaluated("m = {\"a\": 1, \"b\": 2}\nn = m\ndelete(n, \"a\")\nprint(m)\nmain = true"),
            "{\"b\": 2}\npass: true");
}

}  // namespace
}  // namespace sentinel
