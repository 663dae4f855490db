// Names → places, and what is wrong with a program before it runs.
#include "plugin/sentinel/resolve/resolve.h"

#include <gtest/gtest.h>

#include "plugin/sentinel/syntax/parser.h"

namespace sentinel {
namespace {

ResolveResult resolved(std::string_view text) {
  const ParseResult parsed =
      parse(std::make_shared<base::Source>("policy.sentinel", std::string(text)));
  for (const base::Diagnostic& error : parsed.errors)
    ADD_FAILURE() << base::to_text(error);
  return parsed.tree == nullptr ? ResolveResult{} : resolve(parsed.tree);
}

std::string program(std::string_view text) {
  const ResolveResult result = resolved(text);
  for (const base::Diagnostic& error : result.errors)
    ADD_FAILURE() << base::to_text(error);
  return result.program == nullptr ? std::string() : to_text(*result.program);
}

TEST(Resolve, GivesEveryNameAPlace) {
  EXPECT_EQ(program("a = 1\nf = func(x) {\n\tb = a + x\n\treturn func() { return b }\n}\n"),
            "assign local 0\n"
            "  constant 1\n"
            "assign local 1\n"
            "  function f: 1 parameters, 2 slots, captured\n"
            "    assign local 1\n"
            "      +\n"
            "        a: package 0\n"
            "        x: local 0\n"
            "    return\n"
            "      function : 0 parameters, 0 slots\n"
            "        return\n"
            "          b: outer 1.1\n");
}

TEST(Resolve, ListsTheCandidatesWhereOnlyTheRunCanTell) {
  EXPECT_EQ(program("f = func() {\n\tx = 1\n\treturn x\n}\nx = 2\n"),
            "assign local 0\n"
            "  function f: 0 parameters, 1 slots\n"
            "    assign first set local 0, package 1\n"
            "      constant 1\n"
            "    return\n"
            "      x: local 0, else package 1, else free 0\n"
            "assign local 1\n"
            "  constant 2\n");
}

TEST(Resolve, KnowsThatAnEarlierVariableIsTheTarget) {
  EXPECT_EQ(program("x = 2\nf = func() {\n\tx = 1\n\treturn x\n}\n"),
            "assign local 0\n"
            "  constant 2\n"
            "assign local 1\n"
            "  function f: 0 parameters, 1 slots\n"
            "    assign package 0\n"
            "      constant 1\n"
            "    return\n"
            "      x: package 0\n");
}

TEST(Resolve, MakesConstantDataOnce) {
  EXPECT_EQ(program("a = {\"k\": [1, -2, null]}\nfor [1] as v { b = [1] }\nc = [a]\n"),
            "assign local 0\n"
            "  frozen {\"k\": [1 -2 null]}\n"
            "for as local 2\n"
            "  frozen [1]\n"
            "  assign local 3\n"
            "    list\n"
            "      constant 1\n"
            "assign local 1\n"
            "  list\n"
            "    a: local 0\n");
}

TEST(Resolve, SaysWhatIsWrong) {
  struct {
    const char* policy;
    const char* message;
  } const cases[] = {
      {"true = 1\n", "policy.sentinel:1:1: cannot assign to `true`, which is a constant"},
      {"import \"strings\"\nstrings = 1\n",
       "policy.sentinel:2:1: cannot assign to `strings`, which is an import"},
      {"import \"a\"\nimport \"a\" as b\n", "policy.sentinel:2:8: import `a` stands twice"},
      {"import \"a\"\nimport \"b\" as a\n", "policy.sentinel:2:15: two imports have the name `a`"},
      {"import \"a\"\nparam a\n", "policy.sentinel:2:7: parameter `a` has the name of an import"},
      {"param a\nparam a\n", "policy.sentinel:2:7: parameter `a` is declared twice"},
      {"func f() { return 1 }\nf = 2\n",
       "policy.sentinel:2:1: cannot assign to `f`, which is a function"},
      {"func f() { return 1 }\nfunc f() { return 2 }\n",
       "policy.sentinel:2:6: function `f` has the name of another function, variable or parameter"},
      {"f = func(null) { return 1 }\n",
       "policy.sentinel:1:10: cannot bind `null`, which is a constant"},
      {"for [1] as true { }\n", "policy.sentinel:1:12: cannot bind `true`, which is a constant"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.policy);
    const ResolveResult result = resolved(c.policy);
    EXPECT_EQ(result.program, nullptr);
    ASSERT_FALSE(result.errors.empty());
    const base::Diagnostic& error = result.errors.front();
    EXPECT_EQ(base::to_text(*error.where) + ": " + error.what, c.message);
  }
}

}  // namespace
}  // namespace sentinel
