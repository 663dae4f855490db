#include "plugin/policy_runtime/sentinel_cli/sentinel_cli.h"

#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "plugin/base/child.h"

namespace policy_runtime {
namespace {

using namespace std::chrono_literals;

base::Path stand_in(const std::string& name) {
  return base::Path(HARNESS_SOURCE_DIR) / "tests/plugin/policy_runtime/stand_in" / name;
}

CliSettings settings(const std::string& name) {
  return {
      .program = stand_in(name),
      .environment = base::child_environment(
          {{"PATH", "/usr/bin:/bin"}, {"TFE_TOKEN", "secret"}, {"AWS_SECRET_ACCESS_KEY", "secret"}},
          "/nonexistent", {}),
      .patience = 2s};
}

class SentinelCliTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "cli-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directories(root_ / "policies/test/p");
    std::ofstream(root_ / "policies/p.sentinel")
        << "allowed = rule { [1] }\nmain = rule { false }\n";
    std::ofstream(root_ / "policies/test/p/fail.hcl") << "";
    std::ofstream(root_ / "policies/test/p/undefined.hcl") << "";
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  PolicyRequest request(std::chrono::milliseconds timeout = 5s) const {
    return {.directory = root_,
            .policy = "policies/p.sentinel",
            .cases = {{"fail", "policies/test/p/fail.hcl"},
                      {"undefined", "policies/test/p/undefined.hcl"}},
            .case_timeout = timeout};
  }

  /// Why the stand-in could not run the policy.
  std::string refusal(const std::string& name) {
    const base::CancelToken cancel;
    auto cli = open_sentinel_cli(settings(name), cancel);
    if (!cli) return "not opened: " + to_text(cli.error());
    const auto outcomes = (*cli)->run(request(), cancel);
    return outcomes ? "" : outcomes.error().why;
  }
  std::string not_opened(const std::string& name) {
    auto cli = open_sentinel_cli(settings(name), base::CancelToken());
    return cli ? "" : cli.error().why;
  }

  base::Path root_;
};

TEST_F(SentinelCliTest, ReadsRulesPrintsAndPositions) {
  const base::CancelToken cancel;
  auto cli = open_sentinel_cli(settings("shape_0_20"), cancel);
  ASSERT_TRUE(cli) << to_text(cli.error());
  EXPECT_EQ((*cli)->info().version, "0.20.4");
  const auto outcomes = (*cli)->run(request(), cancel);
  ASSERT_TRUE(outcomes) << to_text(outcomes.error());
  ASSERT_EQ(outcomes->size(), 2U);
  const Outcome& fail = (*outcomes)[0];
  EXPECT_EQ(fail.result, Outcome::Result::Fail);
  ASSERT_EQ(fail.rules.size(), 2U);
  EXPECT_EQ(fail.rules[0].name, "main");
  EXPECT_EQ(fail.rules[0].value.json, "false");
  EXPECT_EQ(to_text(fail.rules[0].where), "policies/p.sentinel:2:1");
  EXPECT_EQ(fail.rules[0].where.source_line, "main = rule { false }");
  EXPECT_EQ(fail.rules[1].value.json, "[1,2.5]");
  EXPECT_EQ(fail.rules[1].description, "What is allowed.");
  EXPECT_EQ(fail.prints,
            (std::vector<std::string>{"checking aws_security_group.web", "open to the world"}));
}

TEST_F(SentinelCliTest, AsksApplyWhetherAResultIsUndefined) {
  const base::CancelToken cancel;
  auto cli = open_sentinel_cli(settings("shape_0_20"), cancel);
  ASSERT_TRUE(cli);
  const auto outcomes = (*cli)->run(request(), cancel);
  ASSERT_TRUE(outcomes) << to_text(outcomes.error());
  EXPECT_EQ((*outcomes)[1].result, Outcome::Result::Undefined);
  EXPECT_TRUE((*outcomes)[1].result_known);
}

TEST_F(SentinelCliTest, SaysWhatWentWrong) {
  EXPECT_EQ(
      refusal("crash"),
      "signal 11 (Segmentation fault) ended it: panic: runtime error: invalid memory address");
  EXPECT_EQ(refusal("garbage"),
            "the output of `sentinel test -json` cannot be understood: it is no JSON document, it "
            "begins `<html>not what you wanted</html>`");
  EXPECT_EQ(refusal("half_json"),
            "the output of `sentinel test -json` cannot be understood: the JSON document ends too "
            "early");
  EXPECT_EQ(refusal("exit_9"), "it exited with 9: flag provided but not defined: -json");
  EXPECT_EQ(refusal("flood"), "it printed more than 64 MiB");
}

TEST_F(SentinelCliTest, RefusesWhatIsTooOldOrNoSentinel) {
  EXPECT_EQ(not_opened("old"), "it is version 0.18.13, older than 0.19.0");
  EXPECT_EQ(not_opened("ancient"), "it is version 0.12.0, older than 0.19.0");
  EXPECT_EQ(not_opened("no_sentinel"),
            "`sentinel version` printed `sentinel: a lighthouse keeper`, expected `Sentinel v…`");
  EXPECT_EQ(not_opened("hang_version"), "`sentinel version` gave no answer within 2 s");
  const auto missing = open_sentinel_cli(settings("missing"), base::CancelToken());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().why, "No such file or directory");
}

TEST_F(SentinelCliTest, StopsAHangingCaseWithItsChildren) {
  const base::CancelToken cancel;
  auto cli = open_sentinel_cli(settings("hang"), cancel);
  ASSERT_TRUE(cli);
  const auto outcomes = (*cli)->run(request(100ms), cancel);
  ASSERT_TRUE(outcomes) << to_text(outcomes.error());
  ASSERT_EQ(outcomes->size(), 2U);
  EXPECT_TRUE((*outcomes)[0].timed_out);
  EXPECT_TRUE((*outcomes)[1].timed_out);
}

TEST_F(SentinelCliTest, StopsWhenCancelled) {
  const base::CancelToken cancel;
  auto cli = open_sentinel_cli(settings("hang"), cancel);
  ASSERT_TRUE(cli);
  std::thread puller([&cancel] { cancel.cancel(base::CancelReason::Interrupt); });
  const auto outcomes = (*cli)->run(request(60s), cancel);
  puller.join();
  ASSERT_FALSE(outcomes);
  EXPECT_EQ(outcomes.error().why, "it was stopped");
}

TEST_F(SentinelCliTest, GivesTheChildNoToken) {
  const std::string seen = refusal("environment");
  EXPECT_NE(seen.find("HOME=/nonexistent"), std::string::npos) << seen;
  EXPECT_EQ(seen.find("secret"), std::string::npos) << seen;
}

TEST(CliVersion, IsReadAndCompared) {
  EXPECT_EQ(to_text(*parse_version("v0.26.1")), "0.26.1");
  EXPECT_EQ(to_text(*parse_version("0.26")), "0.26.0");
  EXPECT_EQ(to_text(*parse_version("1")), "1.0.0");
  EXPECT_FALSE(parse_version("x"));
  EXPECT_LT(*parse_version("0.9.1"), *parse_version("0.10.0"));
}

}  // namespace
}  // namespace policy_runtime
