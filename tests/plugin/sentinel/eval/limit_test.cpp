// Bounds: hitting one is a language error with a position, never a crash.
#include <thread>

#include <gtest/gtest.h>

#include "plugin/sentinel/value/operation.h"
#include "tests/plugin/sentinel/eval/evaluated.h"

namespace sentinel {
namespace {

TEST(Limits, OfDepth) {
  EXPECT_EQ(evaluated("func f(n) { return f(n + 1) }\nf(0)\nmain = true"),
            "error: 1:20: calls nested deeper than 500 levels");
  EXPECT_EQ(evaluated("func f(n) {\n if n is 0 { return 0 }\n return f(n - 1)\n}\nf(498)\n"
                      "main = true"),
            "pass: true");
}

TEST(Limits, OfTheStackHoldWhereEachLevelNestsDeeply) {
  // Each call sits in 900 levels of unary operators: depth alone would not save the stack.
  std::string minus;
  for (int i = 0; i < 450; ++i)
    minus += "- ";
  const std::string policy = "func f(n) { return " + minus + "f(n) }\nmain = f(1)";
  std::string outcome;
  std::thread([&] { outcome = evaluated(policy); }).join();
  EXPECT_TRUE(outcome.ends_with("calls and expressions nested too deeply") ||
              outcome.ends_with("calls nested deeper than 500 levels"))
      << outcome;
}

TEST(Limits, OfTheStackHoldWhereArgumentsAreCalls) {
  // Frames of nested calls stand on the stack before the first of them has begun.
  std::string many;
  for (int i = 0; i < 120; ++i)
    many += " v" + std::to_string(i) + " = x\n";
  std::string calls;
  for (int i = 0; i < 300; ++i)
    calls += "f(";
  const std::string policy = "func f(x) {\n" + many + " if x < 1 { return x }\n return " + calls +
                             "x - 1" + std::string(300, ')') + "\n}\nmain = f(100000)";
  std::string outcome;
  std::thread([&] { outcome = evaluated(policy); }).join();
  EXPECT_TRUE(outcome.ends_with("calls and expressions nested too deeply") ||
              outcome.ends_with("calls nested deeper than 500 levels"))
      << outcome;
}

TEST(Limits, OfSteps) {
  Inputs inputs = inputs_of("n = 0\nfor range(100000) as i { n += 1 }\nmain = true");
  inputs.limits.steps = 1000;
  const Outcome outcome = outcome_of(inputs);
  EXPECT_EQ(shown(outcome), "error: 2:5: more than 1000 steps of evaluation");
  EXPECT_EQ(outcome.error->kind, EvaluationError::Kind::Limit);
}

TEST(Limits, OfMemory) {
  Inputs inputs = inputs_of("s = \"x\"\nfor range(64) as i { s += s }\nmain = true");
  inputs.limits.memory = std::size_t{8} << 20U;
  const Outcome outcome = outcome_of(inputs);
  ASSERT_TRUE(outcome.error.has_value());
  EXPECT_EQ(outcome.error->message, "evaluation needs more than 8 MiB of memory");
  EXPECT_EQ(outcome.error->kind, EvaluationError::Kind::Limit);
  inputs = inputs_of("l = range(1000000000000)\nmain = true");
  inputs.limits.memory = std::size_t{8} << 20U;
  EXPECT_EQ(shown(outcome_of(inputs)), "error: 1:5: evaluation needs more than 8 MiB of memory");
}

TEST(Limits, OfPrintedText) {
  Inputs inputs = inputs_of("for range(100) as i { print(\"0123456789\") }\nmain = true");
  inputs.limits.prints = 100;
  const Outcome outcome = outcome_of(inputs);
  EXPECT_EQ(outcome.prints.size(), 9U);
  EXPECT_EQ(outcome.error->message, "more than 100 bytes of printed text");
}

TEST(Limits, OfErrorTexts) {
  const Outcome outcome =
      outcome_of(inputs_of("s = \"é\"\nfor range(20) as i { s = s + s }\nerror(s)\nmain = true"));
  ASSERT_TRUE(outcome.error.has_value());
  EXPECT_EQ(outcome.error->message.size(),
            (std::size_t{1} << 20U) + 1);  // an ellipsis for the last letter
  EXPECT_TRUE(outcome.error->message.ends_with("éé…"));
}

// An outcome drops what the evaluation needed beyond its values, once that is much.
TEST(Limits, OfWhatAnOutcomeKeeps) {
  const std::string much = "waste = range(1000000)\n";
  const char* const kValues =
      "a = rule { [1, \"x\", {\"k\": [m.list[0], m.f]}] }\n"
      "b = rule { m.list }\nc = rule { undefined }\nd = rule { [length] }\n"
      "main = rule { [a, b, c, d] }";
  const std::map<std::string, std::string> kMocks[] = {
      {{"m", "list = [{\"deep\": [1]}]\nf = null"}},
      {{"m", "list = [{\"deep\": [0 + 1]}]\nf = func() { return 1 }"}}};
  for (const auto& mocks : kMocks) {
    const std::string policy = std::string("import \"m\"\n") + kValues;
    const std::string large = std::string("import \"m\"\n") + much + kValues;
    const Outcome small = outcome_of(inputs_of(policy, mocks));
    const Outcome dropped = outcome_of(inputs_of(large, mocks));
    EXPECT_EQ(dropped.result, Outcome::Result::Fail) << shown(dropped);
    ASSERT_EQ(dropped.rules.size(), small.rules.size());
    for (std::size_t i = 0; i < small.rules.size(); ++i) {
      std::string shown_small = to_text(small.rules[i].value);
      // What is no data is kept as its text.
      for (const char* text : {"<function>"})
        for (std::size_t at = 0; (at = shown_small.find(text, at)) != std::string::npos; at += 12)
          if (small.rules[i].value.is(Kind::List))
            shown_small.replace(at, 10, "\"" + std::string(text) + "\"");
      EXPECT_EQ(to_text(dropped.rules[i].value), shown_small) << small.rules[i].name;
    }
  }
  const Outcome greedy = outcome_of(inputs_of("main = rule { range(5000000) }"));
  EXPECT_EQ(to_text(greedy.main), "(value too large to keep)");
  EXPECT_EQ(greedy.result, Outcome::Result::Fail);
}

TEST(Limits, OfValuesThatHoldThemselves) {
  EXPECT_EQ(evaluated("l = []\nappend(l, l)\nprint(l)\nmain = true"),
            "error: 3:1: value nested deeper than 1000 levels");
  EXPECT_EQ(evaluated("l = []\nappend(l, l)\nk = []\nappend(k, k)\nmain = l is k"),
            "error: 5:1: value nested deeper than 1000 levels");
}

TEST(Limits, OfTimeAndCancelling) {
  Inputs inputs = inputs_of(
      "for range(1000) as a { for range(1000) as b { for range(1000) as c { } } }\n"
      "main = true");
  inputs.limits.time = std::chrono::milliseconds(20);
  const Outcome late = outcome_of(inputs);
  ASSERT_TRUE(late.error.has_value());
  EXPECT_EQ(late.error->kind, EvaluationError::Kind::Timeout);
  EXPECT_EQ(late.error->message, "evaluation took longer than 20 ms");

  inputs.limits.time.reset();
  inputs.cancel.cancel(base::CancelReason::Interrupt);
  const Outcome cancelled = outcome_of(inputs);
  ASSERT_TRUE(cancelled.error.has_value());
  EXPECT_EQ(cancelled.error->kind, EvaluationError::Kind::Cancelled);
}

}  // namespace
}  // namespace sentinel
