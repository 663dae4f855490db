// The program as a user runs it: verdicts, exit codes, reports, selection, both runtimes.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/end_to_end/repository.h"

namespace end_to_end {
namespace {

using Lines = std::vector<std::string>;

constexpr std::string_view kManifest = R"(version: 1
mocks:
  open: { directory: mocks }
  closed:
    extends: open
    patch:
      - { import: tfplan/v2, resource: aws_security_group.web, set: cidr_blocks, value: ["10.0.0.0/8"] }
tests:
  - policy: policies/restrict-ssh.sentinel
    tags: [network]
    cases:
      - { name: closed is allowed, mocks: closed, expect: pass }
      - { name: open is denied, mocks: open, expect: fail }
      - { name: "rule ${n}", each: [ { n: 1 }, { n: 2 } ], mocks: open, expect: { rules: { main: false } } }
  - policy: policies/erring.sentinel
    tags: [odd]
    cases:
      - { name: an error, mocks: open, expect: { error: { matches: "no such .*" } } }
      - { name: undefined, mocks: open, params: { key: missing }, expect: undefined }
      - { name: later, mocks: open, skip: "until #12" }
  - sentinel-tests: policies
)";

constexpr std::string_view kErring = R"(import "tfplan/v2" as tfplan
param key default ""
print("key is", key)
find = func() {
	if key is "" {
		return error("no such thing")
	}
	return tfplan.resource_changes[key].type
}
main = rule { find() is "aws_security_group" }
)";

class Run : public testing::Test {
 protected:
  void SetUp() override {
    repository_.write("tests.yaml", kManifest);
    repository_.write("mocks/mock-tfplan-v2.sentinel", kMock);
    repository_.write("policies/restrict-ssh.sentinel", kPolicy);
    repository_.write("policies/erring.sentinel", kErring);
    repository_.write("policies/test/restrict-ssh/fail.hcl",
                      "mock \"tfplan/v2\" {\n  module {\n    source = "
                      "\"../../../mocks/mock-tfplan-v2.sentinel\"\n  }\n}\n"
                      "test {\n  rules = {\n    main = false\n  }\n}\n");
  }

  Repository repository_;
  const Lines all_ = {
      "closed is allowed passed", "open is denied passed", "rule 1 passed", "rule 2 passed",
      "an error passed",          "undefined passed",      "later skipped", "fail.hcl passed"};
};

TEST_F(Run, PassesWithTheBuiltInRuntime) {
  const auto out = repository_.harness({"run", "--report", "json"});
  EXPECT_EQ(out.exit_code, 0) << out.err;
  EXPECT_EQ(verdicts_of(out.out), all_);
}

TEST_F(Run, ANativeCaseThatFailsIsKeptForWhoLooks) {
  repository_.write("tests.yaml", "version: 1\ntests:\n  - sentinel-tests: policies\n");
  repository_.write("policies/test/restrict-ssh/gone.hcl",
                    "mock \"tfplan/v2\" {\n  module {\n    source = \"gone.sentinel\"\n  }\n}\n");
  repository_.write("policies/test/restrict-ssh/wrong.hcl",
                    "mock \"tfplan/v2\" {\n  module {\n    source = "
                    "\"../../../mocks/mock-tfplan-v2.sentinel\"\n  }\n}\n");
  const auto out = repository_.harness({"run", "--runtime", "builtin", "--report", "json"});
  EXPECT_EQ(out.exit_code, 1) << out.err;
  EXPECT_EQ(verdicts_of(out.out),
            (Lines{"fail.hcl passed", "gone.hcl failed", "wrong.hcl failed"}));
  EXPECT_NE(out.err.find("error: mock `tfplan/v2` cannot be read: "
                         "`policies/test/restrict-ssh/gone.sentinel`: No such file or directory\n"),
            std::string::npos)
      << out.err;
  const std::string kept = ".harness/work/tests/latest/";
  EXPECT_FALSE(repository_.has(kept + "policies/test/restrict-ssh/fail.hcl"));
  EXPECT_TRUE(repository_.has(kept + "policies/test/restrict-ssh/wrong.hcl"));
  const auto by_hand =
      repository_.harness({"sentinel", "test", kept + "policies/restrict-ssh.sentinel"});
  EXPECT_EQ(by_hand.exit_code, 1);
  EXPECT_NE(by_hand.out.find("wrong.hcl"), std::string::npos) << by_hand.out;
}

TEST_F(Run, GivesTheSameVerdictsThroughTheCommandLine) {
  repository_.use_sentinel(base::Path(HARNESS_BINARY_DIR) / "bin/harness");
  const auto cli = repository_.harness({"run", "--runtime", "cli", "--report", "json"});
  EXPECT_EQ(cli.exit_code, 0) << cli.err;
  EXPECT_EQ(verdicts_of(cli.out), all_);
  const auto both = repository_.harness({"run", "--runtime", "both", "--report", "json"});
  EXPECT_EQ(both.exit_code, 0) << both.err;
  EXPECT_EQ(verdicts_of(both.out), all_);
  // The link is this very program, so `auto` needs no child process.
  const auto automatic = repository_.harness({"run", "-q"});
  EXPECT_NE(automatic.out.find("builtin 1.0"), std::string::npos) << automatic.out;
}

TEST_F(Run, IsFoundFromBelowAndByDirectory) {
  EXPECT_EQ(repository_.harness({"-C", "policies", "run", "-q"}).exit_code, 0);
  EXPECT_EQ(repository_.harness({"run", "-C", "policies/test", "-q"}).exit_code, 0);
}

TEST_F(Run, ReportsAFailureWithItsReason) {
  repository_.write("mocks/mock-tfplan-v2.sentinel", "resource_changes = {}\n");
  const auto out = repository_.harness({"run", "--filter", "open is denied", "--report", "json"});
  EXPECT_EQ(out.exit_code, 1);
  EXPECT_EQ(verdicts_of(out.out), Lines{"open is denied failed"});
  EXPECT_EQ(exit_code_of(out.out), 1);
}

TEST_F(Run, SelectsByNameTagShardAndLastFailure) {
  const auto verdicts = [this](Lines arguments) {
    arguments.insert(arguments.begin(), "run");
    arguments.insert(arguments.end(), {"--report", "json"});
    return verdicts_of(repository_.harness(arguments).out);
  };
  EXPECT_EQ(verdicts({"--filter", "^policies/restrict-ssh/rule"}),
            (Lines{"rule 1 passed", "rule 2 passed"}));
  EXPECT_EQ(verdicts({"--tag", "odd", "--filter", "error", "--filter", "undefined"}),
            (Lines{"an error passed", "undefined passed"}));
  Lines shards;
  for (const char* shard : {"1/3", "2/3", "3/3"}) {
    const Lines slice = verdicts({"--shard", shard});
    shards.insert(shards.end(), slice.begin(), slice.end());
  }
  Lines sorted = all_;
  std::sort(sorted.begin(), sorted.end());
  std::sort(shards.begin(), shards.end());
  EXPECT_EQ(shards, sorted);

  EXPECT_EQ(repository_.harness({"run", "--failed", "-q"}).exit_code, 0);
  repository_.write("policies/erring.sentinel", "main = rule { true }\n");
  EXPECT_EQ(repository_.harness({"run", "-q"}).exit_code, 1);
  EXPECT_EQ(verdicts({"--failed"}), (Lines{"an error failed", "undefined failed"}));
}

TEST_F(Run, SaysThatNothingWasSelected) {
  const auto out = repository_.harness({"run", "--filter", "nothing like this"});
  EXPECT_EQ(out.exit_code, 5);
  EXPECT_TRUE(out.out.starts_with("error: no case was selected\n")) << out.out;
  EXPECT_EQ(repository_.harness({"run", "--shard", "9/9", "-q"}).exit_code, 0);
}

TEST_F(Run, WritesSeveralReportsAtOnce) {
  const auto out = repository_.harness({"run", "--report", "json=out/result.json", "--report",
                                        "junit=out/junit.xml", "--report", "text=out/text.txt"});
  EXPECT_EQ(out.exit_code, 0) << out.err;
  EXPECT_EQ(verdicts_of(repository_.read("out/result.json")), all_);
  EXPECT_TRUE(repository_.read("out/junit.xml").starts_with("<?xml version=\"1.0\""));
  EXPECT_EQ(repository_.read("out/text.txt"), out.out);
  const auto two = repository_.harness({"run", "--report", "json", "--report", "junit=-"});
  EXPECT_EQ(two.exit_code, 2);
  EXPECT_EQ(two.err,
            "there are two reports for standard output\n"
            "    give one of them a path: `--report json=result.json`\n");
}

TEST_F(Run, WritesToDevicesAndRefusesFolders) {
  const auto null = repository_.harness({"run", "--report", "json=/dev/null"});
  EXPECT_EQ(null.exit_code, 0) << null.err;
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  const auto folder = repository_.harness({"run", "--report", "json=policies"});
  EXPECT_EQ(folder.exit_code, 4);
  EXPECT_NE(folder.err.find("policies`: Is a directory"), std::string::npos) << folder.err;
}

TEST_F(Run, SavedResultsAreReadWithCare) {
  EXPECT_EQ(repository_.harness({"run", "-q", "--report", "json=a.json"}).exit_code, 0);
  repository_.write("none.json", R"({"schema": "harness/result/1"})");
  repository_.write("odd.json", R"({"schema": "harness/result/1", "cases": "x"})");
  struct Row {
    Lines files;
    const char* err;
  };
  const Row rows[] = {
      {{"none.json", "odd.json"},
       "`none.json` is no result of `harness run --report json`: it has no `cases`\n"
       "`odd.json` is no result of `harness run --report json`: its `cases` is no list\n"},
      {{"a.json", "a.json"},
       "case `policies/restrict-ssh/closed is allowed` and 6 more cases ran in `a.json` and again "
       "in `a.json`\n    give the results of one run, or of its shards\n"},
      {{"a.json", "--report", "lcov=out"},
       "the saved results hold no coverage, which `--report lcov` wants\n"
       "    save them with `harness run --coverage --report json=result.json`\n"},
  };
  for (const Row& row : rows) {
    Lines words = row.files;
    words.insert(words.begin(), "report");
    const auto out = repository_.harness(words);
    EXPECT_EQ(out.exit_code, 2);
    EXPECT_EQ(out.err, row.err);
    EXPECT_EQ(out.out, "");
  }
}

TEST_F(Run, SaysThatTheSummaryForGitHubWasNotWritten) {
  repository_.set("GITHUB_ACTIONS", "true");
  repository_.set("GITHUB_STEP_SUMMARY", (repository_.path() / "nowhere/summary.md").string());
  const auto out = repository_.harness({"run", "-q"});
  EXPECT_EQ(out.exit_code, 0);
  EXPECT_EQ(out.err, "warning: the summary of the run was not written to `" +
                         (repository_.path() / "nowhere/summary.md").string() +
                         "`: `GITHUB_STEP_SUMMARY` names a file that cannot be written\n");
}

TEST_F(Run, LeavesNothingBehindButItsOwnFolder) {
  EXPECT_EQ(repository_.harness({"run", "-q"}).exit_code, 0);
  EXPECT_TRUE(repository_.is_tidy());
  EXPECT_EQ(repository_.read(".harness/.gitignore"), "*\n");
}

TEST_F(Run, ExplainsWrongCommandLines) {
  repository_.write("tests.lock.json", "{}");
  struct Case {
    Lines arguments;
    const char* err;
  };
  const Case cases[] = {
      {{"rum"}, "unknown command `rum`\n    did you mean `run`?\n"},
      {{"run", "--fliter", "x"}, "unknown option `--fliter`\n    did you mean `--filter`?\n"},
      {{"run", "--runtime", "buildin"},
       "`--runtime` is `buildin`, expected one of auto, cli, builtin, both\n"
       "    did you mean `builtin`?\n"},
      {{"run", "-j", "0"}, "`--jobs` is `0`, expected a whole number from 1\n"},
      {{"run", "--timeout", "soon"},
       "`--timeout` is `soon`, expected a time such as 90s or 1m30s\n"},
      {{"run", "--report", "junti"}, "unknown report format `junti`, expected one of "},
      {{"run", "policies"}, "`policies` is no manifest, whose name ends in .yaml or .yml\n"},
      {{"run", "--filter", "("}, "the filter `(` is no regular expression: missing ): (\n"},
      {{"-C", "nowhere", "run"}, "there is no folder `"},
      {{"run", "--offline", "--refresh"},
       "`--offline` and `--refresh` contradict each other: mocks are exported again over the "
       "network, which may not be used\n    leave one of them out\n"},
      {{"run", "--offline", "--fetch"},
       "`--offline` and `--fetch` contradict each other: mocks are fetched over the network, which "
       "may not be used\n    leave one of them out\n"},
      {{"run", "--frozen", "--refresh"},
       "`--frozen` and `--refresh` contradict each other: fixtures must stay as the lock has them, "
       "and would be made anew\n    leave one of them out\n"},
      {{"run", "--frozen", "--fetch"},
       "`--frozen` and `--fetch` contradict each other: a missing fixture must be an error, and "
       "would be fetched\n    leave one of them out\n"},
      {{"run", "--report", "lcov=out"},
       "`--report lcov` has nothing to tell without `--coverage`\n    add `--coverage`\n"},
      {{"run", "--report", "json=a", "--report", "junit=./policies/../a"},
       "there are two reports for `a`, `json` and `junit`\n    give one of them another path\n"},
      {{"run", "--report", "json=tests.yaml"},
       "the report `json` would overwrite `tests.yaml`: it is the manifest\n"
       "    give the report another path\n"},
      {{"run", "--report", "json=not/there/../../tests.yaml"},
       "the report `json` would overwrite `tests.yaml`: it is the manifest\n"
       "    give the report another path\n"},
      {{"run", "--report", "json=tests.lock.json"},
       "the report `json` would overwrite `tests.lock.json`: it is the manifest's lock\n"
       "    give the report another path\n"},
      {{"run", "--report", "html=policies/erring.sentinel"},
       "the report `html` would overwrite `policies/erring.sentinel`: the run reads it\n"
       "    give the report another path\n"},
      {{"run", "--report", "json=policies/test/restrict-ssh/fail.hcl"},
       "the report `json` would overwrite `policies/test/restrict-ssh/fail.hcl`: the run reads it\n"
       "    give the report another path\n"},
      {{"run", "--report", "html=mocks/mock-tfplan-v2.sentinel"},
       "the report `html` would overwrite `mocks/mock-tfplan-v2.sentinel`: the run reads it\n"
       "    give the report another path\n"},
      {{"run", "--coverage=", "-q"},
       "`--coverage=` has no value behind the `=`\n    for example `harness run --coverage=80`\n"},
      {{"doctor", "nope.yaml"},
       "there is no manifest `nope.yaml`\n"
       "    without a name, `harness doctor` looks for tests.yaml\n"},
      {{"man", "sentinel"},
       "`harness sentinel` has HashiCorp's command line, and no page of its own\n"
       "    see `harness sentinel --help`\n"},
  };
  for (const Case& c : cases) {
    const auto out = repository_.harness(c.arguments);
    EXPECT_EQ(out.exit_code, 2);
    EXPECT_TRUE(out.err.starts_with(c.err)) << out.err;
    EXPECT_EQ(out.out, "");
  }
}

TEST_F(Run, ReadsVariables) {
  repository_.set("HARNESS_FILTER", "open is denied");
  repository_.set("HARNESS_QUIET", "1");
  EXPECT_TRUE(repository_.harness({"run"}).out.starts_with("1 passed, 0 failed"));
  EXPECT_TRUE(
      repository_.harness({"run", "--filter", "rule"}).out.starts_with("2 passed, 0 failed"));
  repository_.set("HARNESS_JOBS", "many");
  const auto out = repository_.harness({"run"});
  EXPECT_EQ(out.exit_code, 2);
  EXPECT_EQ(out.err, "`HARNESS_JOBS` is `many`, expected a whole number from 1\n");
}

}  // namespace
}  // namespace end_to_end
