#include "harness/run/judge.h"

#include <gtest/gtest.h>

namespace harness {
namespace {

using policy_runtime::Outcome;
using policy_runtime::RuleValue;
using Result = Expectation::Result;
using Text = TextExpectation::How;

base::ConfigNode boolean(bool value) {
  base::ConfigNode node;
  node.kind = base::ConfigNode::Kind::Bool;
  node.boolean = value;
  return node;
}

base::ConfigNode integer(std::int64_t value) {
  base::ConfigNode node;
  node.kind = base::ConfigNode::Kind::Int;
  node.integer = value;
  node.number = static_cast<double>(value);
  return node;
}

Outcome outcome(Outcome::Result result, const std::string& main = "") {
  Outcome out;
  out.result = result;
  if (!main.empty()) {
    out.main = {{main, main}};
    out.rules.push_back(RuleValue{.name = "main", .value = {main, main}});
  }
  return out;
}

const Outcome kPass = outcome(Outcome::Result::Pass, "true");
const Outcome kFail = outcome(Outcome::Result::Fail, "false");
const Outcome kList = outcome(Outcome::Result::Fail, R"(["a"])");
const Outcome kUndefined = outcome(Outcome::Result::Undefined);

Outcome error(const std::string& message) {
  Outcome out = outcome(Outcome::Result::Error);
  out.error = {.message = message};
  return out;
}

Expectation expect(Result result) {
  return {.result = result};
}

/// "main: expected true, was false", or "" where it holds.
std::string said(const Expectation& expectation, const Outcome& seen,
                 MainLookup lookup = MainLookup::RuleOrResult) {
  const Judgement judgement = judge(expectation, seen, lookup);
  EXPECT_EQ(judgement.verdict == Verdict::Passed, judgement.mismatches.empty());
  std::string out;
  for (const Mismatch& one : judgement.mismatches) {
    out += (out.empty() ? "" : "; ") + one.subject + ": expected " + one.expected + ", was " +
           one.actual;
  }
  return out;
}

TEST(Judge, HoldsOneWordAgainstTheResult) {
  struct Case {
    const char* name;
    Result expected;
    Outcome seen;
    const char* said;
  };
  const Case cases[] = {
      {"pass, passed", Result::Pass, kPass, ""},
      {"pass, failed", Result::Pass, kFail, "main: expected true, was false"},
      {"pass, a list", Result::Pass, kList, R"(main: expected an empty or zero value, was ["a"])"},
      {"pass, undefined", Result::Pass, kUndefined, "main: expected true, was undefined"},
      {"pass, error", Result::Pass, error("x"), "main: expected true, was an error"},
      {"fail, failed", Result::Fail, kFail, ""},
      {"fail, a list", Result::Fail, kList, ""},
      {"fail, passed", Result::Fail, kPass, "main: expected false, was true"},
      {"fail, undefined does not fail", Result::Fail, kUndefined,
       "main: expected false, was undefined"},
      {"fail, an error does not fail", Result::Fail, error("x"),
       "main: expected false, was an error"},
      {"undefined, undefined", Result::Undefined, kUndefined, ""},
      {"undefined, failed", Result::Undefined, kFail, "main: expected undefined, was false"},
      {"error, error", Result::Error, error("x"), ""},
      {"error, passed", Result::Error, kPass, "result: expected error, was pass"},
      {"error, undefined", Result::Error, kUndefined, "result: expected error, was undefined"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(said(expect(c.expected), c.seen), c.said);
  }
}

TEST(Judge, ComparesRules) {
  Outcome seen = kFail;
  seen.rules.push_back({.name = "count", .value = {"7.0", "7"}});
  seen.rules.push_back({.name = "nothing", .undefined = true});
  const auto rule = [](const char* name, base::ConfigNode value) {
    Expectation out;
    out.rules.push_back({.name = name, .value = std::move(value)});
    return out;
  };
  EXPECT_EQ(said(rule("main", boolean(false)), seen), "");
  EXPECT_EQ(said(rule("main", boolean(true)), seen), "main: expected true, was false");
  EXPECT_EQ(said(rule("count", integer(7)), seen), "");
  EXPECT_EQ(said(rule("count", integer(8)), seen), "count: expected 8, was 7.0");
  EXPECT_EQ(said(rule("nothing", boolean(false)), seen), "nothing: expected false, was undefined");
  EXPECT_EQ(said(rule("missing", boolean(true)), seen),
            "missing: expected true, was not evaluated");
  EXPECT_EQ(said(rule("main", boolean(true)), error("x")),
            "result: expected main = true, was an error");
}

TEST(Judge, TakesTheResultForAMainThatIsNoRule) {
  Outcome seen = kFail;
  seen.rules.clear();
  Expectation expectation;
  expectation.rules.push_back({.name = "main", .value = boolean(false)});
  EXPECT_EQ(said(expectation, seen), "");
  EXPECT_EQ(said(expectation, seen, MainLookup::RuleOnly),
            "main: expected false, was not evaluated");
}

TEST(Judge, LooksAtPrintsAndErrors) {
  Outcome seen = kPass;
  seen.prints = {"checking a", "open to the world"};
  const auto prints = [](Text how, const char* text) {
    Expectation out;
    out.prints.push_back({.how = how, .text = text});
    return out;
  };
  const std::string shown = R"("checking a\nopen to the world")";
  EXPECT_EQ(said(prints(Text::Contains, "open to"), seen), "");
  EXPECT_EQ(said(prints(Text::Contains, "closed"), seen),
            "prints: expected to contain \"closed\", was " + shown);
  EXPECT_EQ(said(prints(Text::NotContains, "open"), seen),
            "prints: expected not to contain \"open\", was " + shown);
  EXPECT_EQ(said(prints(Text::Matches, "^checking .$"), seen),
            "prints: expected to match \"^checking .$\", was " + shown);
  EXPECT_EQ(said(prints(Text::Matches, "(?m)^checking .$"), seen), "");
  EXPECT_EQ(said(prints(Text::Equals, "checking a\nopen to the world\n"), seen), "");
  EXPECT_EQ(said(prints(Text::Contains, "x"), kPass),
            "prints: expected to contain \"x\", was nothing");

  Expectation matching{.wants_error = true};
  matching.error.push_back({.how = Text::Matches, .text = "undefined.*ingress"});
  EXPECT_EQ(said(matching, error("undefined value ingress")), "");
  EXPECT_EQ(said(matching, error("division by zero")),
            "error: expected to match \"undefined.*ingress\", was \"division by zero\"");
  EXPECT_EQ(said(matching, kPass), "result: expected error, was pass");
}

TEST(Judge, ShowsTheDifferenceOfPrints) {
  Outcome seen = kPass;
  seen.prints = {"one", "two", "three"};
  Expectation expectation;
  expectation.prints.push_back({.how = Text::Equals, .text = "one\n2\nthree"});
  const Judgement judgement = judge(expectation, seen);
  ASSERT_EQ(judgement.mismatches.size(), 1U);
  EXPECT_EQ(judgement.mismatches[0].difference, "  one\n- 2\n+ two\n  three\n");
}

TEST(Judge, NeverPassesWhatDidNotParseOrEnd) {
  Outcome broken = error("expected ;");
  broken.parse_error = true;
  EXPECT_EQ(judge(expect(Result::Error), broken).verdict, Verdict::Failed);
  Outcome slow = kPass;
  slow.timed_out = true;
  EXPECT_EQ(judge(expect(Result::Pass), slow).verdict, Verdict::Failed);
}

TEST(Judge, AnEmptyNativeBlockAssertsOnlyThatThereIsNoError) {
  EXPECT_EQ(said({}, kFail), "");
  EXPECT_EQ(said({}, kUndefined), "");
  EXPECT_EQ(said({}, error("x")), "result: expected no error, was an error");
}

TEST(Judge, SaysWhatItCannotTellApart) {
  Outcome seen = outcome(Outcome::Result::Fail);
  seen.result_known = false;
  EXPECT_EQ(said(expect(Result::Pass), seen), "main: expected true, was false or undefined");
}

}  // namespace
}  // namespace harness
