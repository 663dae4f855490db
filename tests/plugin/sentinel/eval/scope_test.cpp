// Names and what they are bound to. Sections: Sentinel specification, "Declarations and scope".
#include <gtest/gtest.h>

#include "plugin/sentinel/value/collection.h"
#include "tests/plugin/sentinel/eval/evaluated.h"

namespace sentinel {
namespace {

TEST(Scope, IsChosenWhenAnAssignmentRuns) {
  constexpr PolicyCase kCases[] = {
      {"a function changes a variable of the file that exists",
       "x = 1\nf = func() { x = 2; return x }\nf()\nprint(x)\nmain = true", "2\npass: true"},
      {"and makes its own where none exists yet",
       "f = func() { x = 2; return x }\nf()\nx = 1\nprint(x)\nmain = true", "1\npass: true"},
      {"which the next call sees, once the file has made it",
       "f = func() { x = 2; return x }\nf()\nx = 1\nf()\nprint(x)\nmain = true", "2\npass: true"},
      {"its own variable is gone after the call",
       "f = func() { y = 2; return y }\nf()\nprint(y)\nmain = true",
       "error: 3:7: unknown identifier accessed: y"},
      {"each call has its own",
       "f = func(n) {\n if n is 0 { return 0 }\n mine = n\n f(n - 1)\n "
       "return mine\n}\nprint(f(3))\nmain = true",
       "3\npass: true"},
      {"a parameter hides", "x = 1\nf = func(x) { x = 5; return x }\nprint(f(2), x)\nmain = true",
       "5 1\npass: true"},
      {"a loop's variable is gone after the loop", "for [1] as v { y = v }\nprint(y)\nmain = true",
       "error: 2:7: unknown identifier accessed: y"},
      {"and so is its name", "for [1] as v { }\nprint(v)\nmain = true",
       "error: 2:7: unknown identifier accessed: v"},
      {"a loop changes what is outside", "n = 0\nfor [1, 2] as v { n += v }\nprint(n)\nmain = true",
       "3\npass: true"},
      {"a loop's name hides", "v = 9\nfor [1] as v { v = 2 }\nprint(v)\nmain = true",
       "9\npass: true"},
      {"an inner loop changes the outer loop's variable",
       "for [1, 2] as a {\n found = false\n for [1, 2] as b {\n  if a is b { found = true; break "
       "}\n "
       "}\n print(found)\n}\nmain = true",
       "true\ntrue\npass: true"},
      {"only on some path", "if false { x = 1 }\nprint(x)\nmain = true",
       "error: 2:7: unknown identifier accessed: x"},
      {"on every path", "if false { x = 1 } else { x = 2 }\nprint(x)\nmain = true",
       "2\npass: true"},
      {"only on some path, but for a function",
       "if false { x = 1 }\nf = func() { x = 3; return x }\nprint(f())\nmain = true",
       "3\npass: true"},
      {"closures share the variable, not its value",
       "x = 1\nf = func() { return x }\nx = 2\nprint(f())\nmain = true", "2\npass: true"},
      {"names are read when the code runs",
       "f = func() { return later() }\nlater = func() { return 4 }\nprint(f())\nmain = true",
       "4\npass: true"},
      {"but not before", "f = func() { return later }\nf()\nlater = 1\nmain = true",
       "error: 1:21: unknown identifier accessed: later"},
      {"a built-in's name may be taken", "length = 3\nprint(length)\nmain = true", "3\npass: true"},
      {"in one function only",
       "f = func(x) { keys = keys(x); return keys }\nprint(f({\"a\": 1}), keys({\"b\": 1}))\n"
       "main = true",
       "[\"a\"] [\"b\"]\npass: true"},
      {"a function may take an import's name",
       "import \"strings\"\nf = func() { strings = 5; return strings }\n"
       "print(f(), strings.to_upper(\"a\"))\nmain = true",
       "5 A\npass: true"},
      {"unused unknown names do no harm", "f = func() { return nothing }\nmain = true",
       "pass: true"},
      {"both names of a loop may be _", "for {\"a\": 1} as _, _ { print(\"x\") }\nmain = true",
       "x\npass: true"},
      {"a quantifier's names are its own",
       "x = 5\ny = all [1] as x { x is 1 }\nprint(x, y)\nmain = true", "5 true\npass: true"},
  };
  check(kCases);
}

TEST(Scope, HoldsTheHostsGlobals) {
  Inputs inputs = inputs_of("print(request.path)\nmain = identity else true");
  Arena arena;
  Map* request = make_map(arena);
  request->set(arena, Value::string("path"), Value::string("secret/a"));
  request->frozen = true;
  inputs.globals.push_back({"request", {Value::map(request), nullptr}});
  EXPECT_EQ(shown(outcome_of(inputs)),
            "secret/a\nerror: 2:8: unknown identifier accessed: identity");
}

TEST(Parameters, AreGivenOrDefaultOrMissing) {
  const char* policy =
      "# The day\nparam day\nparam limit default -3\nprint(day, limit)\nmain = true";
  Inputs inputs = inputs_of(policy);
  const Outcome missing = outcome_of(inputs);
  ASSERT_TRUE(missing.error.has_value());
  EXPECT_EQ(missing.error->kind, EvaluationError::Kind::MissingParameter);
  EXPECT_EQ(shown(missing), "error: 2:7: requires value for parameter day");

  inputs.parameters.push_back({"day", {Value::string("monday"), nullptr}});
  EXPECT_EQ(shown(outcome_of(inputs)), "monday -3\npass: true");
  inputs.parameters.push_back({"limit", {Value::number(7), nullptr}});
  EXPECT_EQ(shown(outcome_of(inputs)), "monday 7.000000\npass: true");

  const std::vector<ParameterInfo> declared = parameters(*inputs.policy);
  ASSERT_EQ(declared.size(), 2U);
  EXPECT_EQ(declared[0].name, "day");
  EXPECT_EQ(declared[0].description, "The day");
  EXPECT_TRUE(declared[0].required);
  EXPECT_FALSE(declared[1].required);
}

TEST(Parameters, MayBeAssignedAndHaveNamesOfTheirOwn) {
  EXPECT_EQ(evaluated("param n default 1\nn += 1\nprint(n)\nmain = true"), "2\npass: true");
  EXPECT_EQ(evaluated("param length default 1\nmain = true"),
            "error: 1:7: parameter \"length\" has the name of a built-in function");
  Inputs inputs = inputs_of("param request default 1\nmain = true");
  inputs.globals.push_back({"request", {Value::integer(1), nullptr}});
  EXPECT_EQ(shown(outcome_of(inputs)),
            "error: 1:7: parameter \"request\" has the name of a global");
}

}  // namespace
}  // namespace sentinel
