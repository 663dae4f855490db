#include "plugin/policy_runtime/in_process/in_process.h"

#include <gtest/gtest.h>

#include "tests/plugin/sentinel/suite/folder.h"

namespace policy_runtime {
namespace {

class InProcess : public sentinel::FolderTest {
 protected:
  /// The outcomes of cases that are given as texts, of policies/p.sentinel.
  std::vector<Outcome> run(std::string_view policy, const std::vector<std::string>& cases) {
    write("policies/p.sentinel", policy);
    request_.directory = folder_;
    request_.policy = "policies/p.sentinel";
    request_.cases.clear();
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const std::string file = "policies/test/p/" + std::to_string(i) + ".hcl";
      write(file, cases[i]);
      request_.cases.push_back({"case " + std::to_string(i), file});
    }
    const auto runtime = make_in_process(system_);
    EXPECT_EQ(runtime->info().name, "builtin");
    auto outcomes = runtime->run(request_, cancel_);
    EXPECT_TRUE(outcomes);
    return outcomes ? std::move(*outcomes) : std::vector<Outcome>();
  }

  PolicyRequest request_;
  base::CancelToken cancel_;
};

TEST_F(InProcess, ReportsWhatItSaw) {
  const auto outcomes =
      run("# Is x one?\nimport \"m\"\n\n# The check.\none = rule { m.x is 1 }\nprint(\"x\", m.x, "
          "\"\\nagain\")\nmain = rule { one }\n",
          {"mock \"m\" {\n  data = { x = 1 }\n}\n", "mock \"m\" {\n  data = { x = 2 }\n}\n",
           "mock \"m\" {\n  data = {}\n}\n"});
  ASSERT_EQ(outcomes.size(), 3U);
  EXPECT_EQ(outcomes[0].result, Outcome::Result::Pass);
  EXPECT_EQ(outcomes[0].main, (ShownValue{"true", "true"}));
  EXPECT_EQ(outcomes[0].prints, (std::vector<std::string>{"x 1.000000 ", "again"}));
  ASSERT_EQ(outcomes[0].rules.size(), 2U);
  EXPECT_EQ(outcomes[0].rules[0].name, "main");
  EXPECT_EQ(outcomes[0].rules[1].name, "one");
  EXPECT_EQ(outcomes[0].rules[1].description, "The check.");
  EXPECT_EQ(base::to_text(outcomes[0].rules[1].where), "policies/p.sentinel:5:1");
  EXPECT_TRUE(outcomes[0].explanations.empty());

  EXPECT_EQ(outcomes[1].result, Outcome::Result::Fail);
  ASSERT_FALSE(outcomes[1].explanations.empty());

  EXPECT_EQ(outcomes[2].result, Outcome::Result::Undefined);
  ASSERT_TRUE(outcomes[2].undefined_origin);
  EXPECT_EQ(outcomes[2].undefined_origin->line, 5U);
}

TEST_F(InProcess, AnErrorHasAPlace) {
  const auto outcomes = run("f = func(x) { return 1 / x }\nmain = rule { f(0) }\n", {""});
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes[0].result, Outcome::Result::Error);
  ASSERT_TRUE(outcomes[0].error);
  EXPECT_EQ(outcomes[0].error->message, "division by zero");
  EXPECT_EQ(base::to_text(*outcomes[0].error->where), "policies/p.sentinel:1:22");
  EXPECT_FALSE(outcomes[0].parse_error);
}

TEST_F(InProcess, APolicyThatDoesNotParseHasOneErrorForAllItsCases) {
  const auto outcomes = run("main = }\n", {"", ""});
  ASSERT_EQ(outcomes.size(), 2U);
  for (const Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.result, Outcome::Result::Error);
    EXPECT_TRUE(outcome.parse_error);
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(base::to_text(*outcome.error->where), "policies/p.sentinel:1:8");
  }
}

TEST_F(InProcess, NoSourceLeavesTheDirectory) {
  const auto outcomes = run("import \"s\"\nmain = s.x\n",
                            {"import \"static\" \"s\" {\n  source = \"../../../../secret.json\"\n  "
                             "format = \"json\"\n}\n",
                             "import \"plugin\" \"s\" {\n  source = \"./program\"\n}\n",
                             "module \"s\" {\n  source = \"https://example.com/s.sentinel\"\n}\n"});
  ASSERT_EQ(outcomes.size(), 3U);
  for (const Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.result, Outcome::Result::Error);
    ASSERT_TRUE(outcome.error);
  }
  EXPECT_EQ(base::to_text(*outcomes[0].error->where), "policies/test/p/0.hcl:2:12");
  EXPECT_EQ(outcomes[1].error->message, "external plugins are not supported yet");
  EXPECT_EQ(base::to_text(*outcomes[2].error->where), "policies/test/p/2.hcl:2:12");
}

TEST_F(InProcess, RunsOutOfTime) {
  system_.clock = base::real_clock();
  request_.case_timeout = std::chrono::milliseconds(50);
  const auto outcomes =
      run("f = func(n) { for range(1000000) as i { n = n + i }\n return n }\n"
          "main = rule { all range(1000000) as i { f(i) > 0 } }\n",
          {""});
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_TRUE(outcomes[0].timed_out);
  EXPECT_EQ(outcomes[0].result, Outcome::Result::Error);
}

TEST_F(InProcess, TracesAndCoversWhenAsked) {
  request_.trace = true;
  request_.coverage = true;
  const auto outcomes = run("x = 1\nmain = rule { x is 1 }\n", {""});
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_FALSE(outcomes[0].trace.empty());
  ASSERT_FALSE(outcomes[0].coverage.empty());
  EXPECT_EQ(outcomes[0].coverage[0].file, "policies/p.sentinel");
  EXPECT_EQ(outcomes[0].coverage[0].hits, 1U);
}

}  // namespace
}  // namespace policy_runtime
