// Why a rule has its value.
#include <gtest/gtest.h>

#include "plugin/sentinel/value/operation.h"
#include "tests/plugin/sentinel/eval/evaluated.h"

namespace sentinel {
namespace {

void show(const Explanation& e, std::size_t indent, std::string& out) {
  const std::string pad(indent, ' ');
  out += pad + std::to_string(e.where.line) + ":" + std::to_string(e.where.column);
  if (e.where.file != "policy.sentinel") out += " of " + e.where.file;
  if (!e.rule.empty()) out += " " + e.rule;
  out += " " + e.note + "\n";
  for (const ExplainedOperand& operand : e.operands) {
    out += pad + "  | " + operand.expression + " = ";
    append_text(out, operand.value, true);
    if (!operand.mock_path.empty()) out += " at " + operand.import + " " + operand.mock_path;
    out += "\n";
  }
  for (const Explanation& cause : e.causes)
    show(cause, indent + 2, out);
}

/// The explanation of main.
std::string explained(std::string_view policy,
                      const std::map<std::string, std::string>& mocks = {}) {
  Inputs inputs = inputs_of(policy, mocks);
  inputs.observe.explanation = true;
  const Outcome outcome = outcome_of(inputs);
  std::string text;
  if (!outcome.explanations.empty()) show(outcome.explanations.front(), 0, text);
  return text;
}

const std::map<std::string, std::string> kPlan = {
    {"tfplan/v2",
     "resource_changes = {\n"
     "\t\"aws_security_group.web\": {\"type\": \"aws_security_group\", \"change\": {\"after\": {\n"
     "\t\t\"size\": 5, \"ingress\": [{\"cidr_blocks\": [\"10.0.0.0/8\"]}, {\"cidr_blocks\": "
     "[\"0.0.0.0/0\"]}]}}},\n"
     "}\n"}};

TEST(Explanation, FollowsQuantifiersToTheElementAndItsPlaceInTheMock) {
  EXPECT_EQ(
      explained(
          "import \"tfplan/v2\" as tfplan\n"
          "no_open = rule {\n"
          "\tall tfplan.resource_changes as address, rc {\n"
          "\t\tall rc.change.after.ingress as r { r.cidr_blocks not contains \"0.0.0.0/0\" }\n"
          "\t}\n"
          "}\n"
          "main = rule { true and no_open }\n",
          kPlan),
      "3:2 main no_open: false: element \"aws_security_group.web\" (1 of 1) is false\n"
      "  4:3 false: element 2 of 2 is false\n"
      "    | r.cidr_blocks = [\"0.0.0.0/0\"] at tfplan/v2 "
      "resource_changes[\"aws_security_group.web\"].change.after.ingress[1].cidr_blocks\n");
}

TEST(Explanation, NamesOperandsAndWhereNumbersStand) {
  EXPECT_EQ(explained("import \"tfplan/v2\" as tfplan\n"
                      "limit = 3\n"
                      "main = rule { all tfplan.resource_changes as _, rc { rc.change.after.size "
                      "<= limit } }\n",
                      kPlan),
            "3:15 main false: element \"aws_security_group.web\" (1 of 1) is false\n"
            "  | rc.change.after.size = 5 at tfplan/v2 "
            "resource_changes[\"aws_security_group.web\"].change.after.size\n"
            "  | limit = 3\n");
}

TEST(Explanation, OfAnyNamesTheFirstElements) {
  EXPECT_EQ(explained("main = rule { any [1, 2, 3, 4, 5] as n { n > 9 } }"),
            "1:15 main false: none of 5 elements is true\n"
            "  1:42 element 1 of 5 is false\n    | n = 1\n"
            "  1:42 element 2 of 5 is false\n    | n = 2\n"
            "  1:42 element 3 of 5 is false\n    | n = 3\n");
  EXPECT_EQ(explained("main = rule { any [] as n { n > 9 } }"),
            "1:15 main false: the collection is empty\n");
}

TEST(Explanation, OfOrNamesEveryOperand) {
  EXPECT_EQ(explained("a = 1\nb = \"x\"\nmain = rule { a is 2 or b is \"y\" or not (a is 1) }"),
            "3:15 main false: no operand is true\n"
            "  3:15 false\n    | a = 1\n"
            "  3:25 false\n    | b = \"x\"\n"
            "  3:42 true\n    | a = 1\n");
}

TEST(Explanation, GoesThroughFunctionsToTheirReturn) {
  EXPECT_EQ(explained("ok = func(list) {\n"
                      "\tfor list as v {\n"
                      "\t\tif v > 3 {\n"
                      "\t\t\treturn false\n"
                      "\t\t}\n"
                      "\t}\n"
                      "\treturn true\n"
                      "}\n"
                      "main = rule { ok([1, 7]) }\n"),
            "9:15 main false\n"
            "  2:2 in element 2 of 2\n"
            "    3:6 true\n"
            "      | v = 7\n"
            "    4:4 returned false\n");
  EXPECT_EQ(explained("import \"m\"\nmain = rule { m.small(5) }",
                      {{"m", "small = func(n) { return n < 3 }\n"}}),
            "2:15 main false\n"
            "  1:26 of m.sentinel false\n"
            "    | n = 5\n");
}

TEST(Explanation, SaysWhatIsUndefined) {
  EXPECT_EQ(explained("x = {\"a\": {}}\nmain = rule { x.a.b.c is 1 }"),
            "2:15 main undefined: `b` is undefined\n"
            "  | x.a.b = undefined\n");
}

TEST(Explanation, NamesTheKeyThatWasMeant) {
  EXPECT_EQ(
      explained(
          "import \"tfplan/v2\" as tfplan\n"
          "main = rule { tfplan.resource_changes[\"aws_security_group.web\"].change.aftr.x is 1 }",
          kPlan),
      "2:15 main undefined: `aftr` is undefined; did you mean \"after\"?\n"
      "  | tfplan.resource_changes[\"aws_security_group.web\"].change.aftr = undefined at "
      "tfplan/v2 "
      "resource_changes[\"aws_security_group.web\"].change.aftr\n");
}

TEST(Explanation, OfAnErrorShowsTheOperandsOfWhatFailed) {
  EXPECT_EQ(explained("x = {\"n\": \"five\"}\na = rule { x.n + 1 is 6 }\nmain = rule { a }"),
            "2:12 main error: cannot apply `+` to string and int\n"
            "  | x.n = \"five\"\n");
  EXPECT_EQ(explained("x = [1]\nif x[0] { }\nmain = true"),
            "2:1 main error: if condition must result in a boolean, got int\n"
            "  | x[0] = 1\n");
}

TEST(Explanation, OfAnErrorNamesWhatWasUndefined) {
  const std::string change =
      "import \"tfplan/v2\" as tfplan\n"
      "change = tfplan.resource_changes[\"aws_security_group.web\"].change\n";
  const std::string aftr =
      "  | change.aftr = undefined at tfplan/v2 "
      "resource_changes[\"aws_security_group.web\"].change.aftr\n";
  EXPECT_EQ(explained(change + "main = rule { change.aftr[\"x\"].y is 1 }", kPlan),
            "3:15 main error: `aftr` is undefined; did you mean \"after\"?\n" + aftr);
  EXPECT_EQ(explained(change + "for change.aftr as _ { }\nmain = true", kPlan),
            "3:1 main error: `aftr` is undefined; did you mean \"after\"?\n" + aftr);
}

TEST(Explanation, OfViolationsShowsTheCollection) {
  EXPECT_EQ(explained("bad = filter {\"a\": 1, \"b\": 9} as k, v { v > 5 }\n"
                      "main = rule { length(bad) is 0 }"),
            "2:15 main false\n"
            "  | length(bad) = 1\n"
            "  | bad = {\"b\": 9}\n");
}

TEST(Explanation, OfAPassingMainAndOfOneThatIsNoRule) {
  EXPECT_EQ(explained("main = rule { all [1, 2] as n { n > 0 } }"),
            "1:15 main true: all 2 elements are true\n");
  EXPECT_EQ(explained("x = 3\nmain = x > 5"), "2:8 main false\n  | x = 3\n");
  EXPECT_EQ(explained("main = rule when 1 is 2 { false }"),
            "1:18 main false: the rule does not apply\n");
}

TEST(Explanation, OfARuleThatNeedsItselfEnds) {
  EXPECT_EQ(explained("a = rule { b }\nb = rule { a }\nmain = rule { a }"),
            "2:12 main error: rule \"a\" refers to itself while it is evaluated\n");
}

}  // namespace
}  // namespace sentinel
