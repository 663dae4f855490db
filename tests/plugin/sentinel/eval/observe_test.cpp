// Trace and coverage, and that observing changes nothing.
#include <gtest/gtest.h>

#include "tests/plugin/sentinel/eval/evaluated.h"

namespace sentinel {
namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += line + "\n";
  return text;
}

TEST(Trace, ShowsEveryExpressionWithItsValue) {
  Inputs inputs = inputs_of(
      "limit = 2\n"
      "small = func(n) {\n"
      "\treturn n < limit\n"
      "}\n"
      "main = rule { all [1, 5] as n { small(n) else false } }\n");
  inputs.observe.trace = true;
  EXPECT_EQ(joined(outcome_of(inputs).trace),
            "policy.sentinel:5:15 all [1, 5] as n { small(n) else false } = false\n"
            "policy.sentinel:5:19   [1, 5] = [1 5]\n"
            "policy.sentinel:5:33   small(n) else false = true\n"
            "policy.sentinel:5:33     small(n) = true\n"
            "policy.sentinel:5:39       n = 1\n"
            "policy.sentinel:3:9       n < limit = true\n"
            "policy.sentinel:3:9         n = 1\n"
            "policy.sentinel:3:13         limit = 2\n"
            "policy.sentinel:5:33   small(n) else false = false\n"
            "policy.sentinel:5:33     small(n) = false\n"
            "policy.sentinel:5:39       n = 5\n"
            "policy.sentinel:3:9       n < limit = false\n"
            "policy.sentinel:3:9         n = 5\n"
            "policy.sentinel:3:13         limit = 2\n");
}

TEST(Coverage, CountsLinesThatHoldSomethingToRun) {
  Inputs inputs = inputs_of(
      "# a comment\n"
      "f = func(n) {\n"
      "\tif n > 1 {\n"
      "\t\treturn true\n"
      "\t}\n"
      "\treturn false\n"
      "}\n"
      "\n"
      "main = rule {\n"
      "\tf(5) or\n"
      "\tf(1)\n"
      "}\n");
  inputs.observe.coverage = true;
  std::string text;
  for (const CoveredLine& line : outcome_of(inputs).coverage)
    text += std::to_string(line.line) + ": " + std::to_string(line.hits) + "\n";
  EXPECT_EQ(text,
            "2: 1\n"
            "3: 1\n"
            "4: 1\n"
            "6: 0\n"
            "9: 1\n"
            "10: 1\n"
            "11: 0\n");
}

TEST(Observing, ChangesNothing) {
  const char* policies[] = {
      "a = rule { any {\"x\": 1} as k, v { v > 1 } }\nmain = rule { a or [] contains 1 }",
      "f = func(x) {\n for x as i, v { if v is 2 { return i } }\n return undefined\n}\n"
      "main = f([1, 2]) is 1 and f([]) is 0",
      "main = rule { {\"a\": 1}.a + \"x\" }",
      "func f(n) { return f(n + 1) }\nmain = f(0)",
      "l = []\nfor range(3) as i { append(l, func() { return i }) }\nmain = map l as g { g() }",
  };
  for (const char* policy : policies) {
    SCOPED_TRACE(policy);
    Inputs inputs = inputs_of(policy);
    const std::string plain = shown(outcome_of(inputs));
    inputs.observe = {true, true, true};
    EXPECT_EQ(shown(outcome_of(inputs)), plain);
  }
}

}  // namespace
}  // namespace sentinel
