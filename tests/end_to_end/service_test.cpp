// Commands that talk to the service, against the emulator: run with plan exports, pull, doctor.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "tests/end_to_end/with_service.h"

namespace end_to_end {
namespace {

constexpr const char* kRun = "run-8F5JFydVYAmtTjET";

class Service : public WithService {
 protected:
  void SetUp() override { start({}); }

  void start(emulator::Timing timing) {
    WithService::start({.timing = timing});
    repository_.write("bundle/mock-tfplan-v2.sentinel", "terraform_version = \"1.9.8\"\n");
    repository_.write(
        "bundle/sentinel.hcl",
        "mock \"tfplan/v2\" {\n  module {\n    source = \"mock-tfplan-v2.sentinel\"\n  }\n}\n");
    emulator_->state().add({.id = kRun,
                            .organization = "acme",
                            .workspace = "network-prod",
                            .created_at = "2026-11-20T10:00:00.000Z",
                            .folder = repository_.path() / "bundle"});
    repository_.write("policies/version.sentinel",
                      "import \"tfplan/v2\" as tfplan\n"
                      "main = rule { tfplan.terraform_version is \"1.9.8\" }\n");
    repository_.write("tests.yaml",
                      "version: 1\n"
                      "terraform: { address: \"" +
                          emulator_->address() +
                          "\", organization: acme }\n"
                          "fixtures: fixtures\n"
                          "mocks:\n"
                          "  network: { plan-export: { workspace: network-prod } }\n"
                          "  same: { plan-export: { run: run-8F5JFydVYAmtTjET } }\n"
                          "tests:\n"
                          "  - policy: policies/version.sentinel\n"
                          "    cases:\n"
                          "      - { name: a, mocks: network, expect: pass }\n"
                          "      - { name: b, mocks: same, expect: pass }\n");
  }

  std::string masked(std::string text) const {
    const std::string port = std::to_string(emulator_->port());
    for (std::size_t at = text.find(port); at != std::string::npos; at = text.find(port, at + 4))
      text.replace(at, port.size(), "PORT");
    return text;
  }
};

TEST_F(Service, ARunFetchesOnceAndThenNeedsNothing) {
  const auto first = repository_.harness({"run", "--runtime", "builtin"});
  EXPECT_EQ(first.exit_code, 0) << first.out << first.err;
  auto seen = emulator_->statistics();
  EXPECT_EQ(seen.creates.size(), 1U);
  EXPECT_EQ(seen.creates["plan-8F5JFydVYAmtTjET"], 1);
  EXPECT_EQ(seen.deletes, 1);
  EXPECT_EQ(seen.tokens_at_archive, 0);
  EXPECT_EQ(seen.over_limit, 0);
  const std::string lock = repository_.read("tests.lock.json");
  EXPECT_NE(lock.find(kRun), std::string::npos);
  EXPECT_EQ(lock.find("good-token"), std::string::npos);
  EXPECT_EQ(lock.find("_archivist"), std::string::npos);

  repository_.unset("TFE_TOKEN");
  const auto before = emulator_->statistics().requests;
  const auto second = repository_.harness({"run", "--runtime", "builtin", "--offline"});
  EXPECT_EQ(second.exit_code, 0) << second.out << second.err;
  EXPECT_EQ(emulator_->statistics().requests, before);
  EXPECT_TRUE(repository_.is_tidy());
}

TEST_F(Service, APullRequestsHostGetsNoToken) {
  emulator::Emulator foreign({.tokens = {"good-token"}});
  ASSERT_TRUE(foreign.start());
  std::string manifest = repository_.read("tests.yaml");
  manifest.replace(manifest.find(emulator_->address()), emulator_->address().size(),
                   foreign.address());
  repository_.write("tests.yaml", manifest);
  const auto out = repository_.harness({"run", "--runtime", "builtin"});
  EXPECT_EQ(out.exit_code, 3);
  EXPECT_NE((out.out + out.err)
                .find("there is no token for `127.0.0.1:" + std::to_string(foreign.port()) + "`"),
            std::string::npos);
  EXPECT_TRUE(foreign.statistics().requests.empty());
  EXPECT_TRUE(foreign.statistics().tokens.empty());
  EXPECT_FALSE(repository_.has("tests.lock.json"));
  EXPECT_TRUE(repository_.is_tidy());
}

TEST_F(Service, AServiceThatIsGoneIsExit3) {
  emulator_->stop();
  const auto out = repository_.harness({"run", "--runtime", "builtin"});
  EXPECT_EQ(out.exit_code, 3);
  EXPECT_NE((out.out + out.err).find("nothing listens there"), std::string::npos);
  EXPECT_TRUE(repository_.is_tidy());
}

TEST_F(Service, IsLeftTidyByCtrlCWhileWaiting) {
  start({.queued = std::chrono::hours(1)});
  Running running = repository_.start({"run", "--runtime", "builtin"});
  for (int i = 0; i < 500 && emulator_->statistics().creates.empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ASSERT_FALSE(emulator_->statistics().creates.empty());
  running.send(SIGINT);
  EXPECT_EQ(running.wait().exit_code, 130);
  EXPECT_FALSE(repository_.has("tests.lock.json"));
  EXPECT_FALSE(repository_.has("fixtures/network"));
  EXPECT_TRUE(repository_.is_tidy());
}

/// The limits of the child of this process that is a harness; empty: there is none.
std::string limits_of_the_harness() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream status(entry.path() / "status");
    std::string line;
    bool ours = false, harness = false;
    while (std::getline(status, line)) {
      if (line == "Name:\tharness") harness = true;
      if (line == "PPid:\t" + std::to_string(::getpid())) ours = true;
    }
    if (!ours || !harness) continue;
    std::ifstream limits(entry.path() / "limits");
    return {std::istreambuf_iterator<char>(limits), std::istreambuf_iterator<char>()};
  }
  return "";
}

TEST_F(Service, ATokenIsInNoCoreFile) {
  start({.queued = std::chrono::hours(1)});
  Running running = repository_.start({"run", "--runtime", "builtin"});
  for (int i = 0; i < 3000 && emulator_->statistics().creates.empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ASSERT_FALSE(emulator_->statistics().creates.empty());
  const std::string limits = limits_of_the_harness();
  running.send(SIGINT);
  EXPECT_EQ(running.wait().exit_code, 130);
  const std::size_t at = limits.find("Max core file size");
  ASSERT_NE(at, std::string::npos) << limits;
  EXPECT_EQ(limits.substr(at, limits.find("bytes", at) - at),
            "Max core file size        0                    0                    ");
}

TEST_F(Service, ATokenIsInNoOutputHoweverMuchIsAsked) {
  const auto out = repository_.harness({"run", "--runtime", "builtin", "-vv", "--trace",
                                        "--keep-workdir", "--report", "json=result.json",
                                        "--report", "html=result.html", "--progress", "plain"});
  EXPECT_EQ(out.exit_code, 0) << out.out << out.err;
  EXPECT_EQ((out.out + out.err).find("good-token"), std::string::npos);
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(repository_.path())) {
    if (!entry.is_regular_file()) continue;
    ++files;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    EXPECT_EQ(text.find("good-token"), std::string::npos) << entry.path();
    EXPECT_EQ(text.find("_archivist"), std::string::npos) << entry.path();
  }
  EXPECT_GT(files, 10);
}

TEST_F(Service, AChildGetsNoToken) {
  repository_.write("policies/fetch.sh",
                    "#!/bin/sh\nenv >\"$1/environment.txt\"\n"
                    "echo 'terraform_version = \"1.9.8\"' >\"$1/mock-tfplan-v2.sentinel\"\n");
  std::filesystem::permissions(repository_.path() / "policies/fetch.sh",
                               std::filesystem::perms::owner_all);
  repository_.write("exec.yaml",
                    "version: 1\n"
                    "mocks: { made: { exec: [policies/fetch.sh] } }\n"
                    "tests:\n"
                    "  - policy: policies/version.sentinel\n"
                    "    cases: [ { name: a, mocks: made, expect: pass } ]\n");
  repository_.set("TF_TOKEN_app_terraform_io", "other-token");
  const auto refused = repository_.harness({"run", "exec.yaml", "--runtime", "builtin"});
  EXPECT_EQ(refused.exit_code, 3) << refused.out;
  EXPECT_FALSE(repository_.has("fixtures/made/environment.txt"));
  const auto out =
      repository_.harness({"run", "exec.yaml", "--runtime", "builtin", "--allow-exec"});
  EXPECT_EQ(out.exit_code, 0) << out.out << out.err;
  const std::string environment = repository_.read("fixtures/made/environment.txt");
  EXPECT_NE(environment.find("PATH="), std::string::npos);
  for (const char* secret : {"good-token", "other-token", "TFE_TOKEN", "TF_TOKEN"})
    EXPECT_EQ(environment.find(secret), std::string::npos) << environment;
}

TEST_F(Service, PullGetsABundleWithoutAManifest) {
  const auto out = repository_.harness({"pull", "acme/network-prod", "-o", "mocks"});
  EXPECT_EQ(out.exit_code, 0) << out.err;
  const std::string text = masked(out.out);
  EXPECT_EQ(text.substr(0, text.find(", made ")),
            "mocks: plan-8F5JFydVYAmtTjET of run-8F5JFydVYAmtTjET (acme/network-prod)");
  EXPECT_EQ(text.substr(text.find('\n')),
            "\n  tfplan/v2  mock-tfplan-v2.sentinel\n"
            "to test with it, put into tests.yaml:\n"
            "  mocks:\n"
            "    network-prod: { directory: mocks }\n");
  EXPECT_EQ(repository_.read("mocks/mock-tfplan-v2.sentinel"), "terraform_version = \"1.9.8\"\n");

  const auto again = repository_.harness({"pull", kRun, "-o", "mocks"});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_EQ(again.err, "folder `mocks` is not empty\n    remove it, or name another with `-o`\n");
}

TEST_F(Service, PullHidesWhatThePlanMarksAndNamesWhatLooksLikeASecret) {
  const auto run = emulator_->state().run(kRun);
  ASSERT_TRUE(run);
  std::ofstream(run->folder / "mock-tfplan-v2.sentinel")
      << "variables = { \"password\": { \"value\": \"correct-horse\" } }\n"
         "resource_changes = { \"aws_db.x\": { \"address\": \"aws_db.x\", \"change\": { "
         "\"after\": { \"tag\": \"AKIAIOSFODNN7EXAMPLE\" } } } }\n"
         "raw = { \"variables\": { \"password\": { \"value\": \"correct-horse\" } }, "
         "\"configuration\": { \"root_module\": { \"variables\": { \"password\": { "
         "\"sensitive\": true } } } } }\n";
  const auto out = repository_.harness({"pull", kRun, "-o", "mocks"});
  EXPECT_EQ(out.exit_code, 0) << out.err;
  const std::string warning = "`mocks` still holds";
  ASSERT_NE(out.err.find(warning), std::string::npos) << out.err;
  EXPECT_EQ(out.err.substr(out.err.find(warning)),
            "`mocks` still holds what looks like a secret\n"
            "    look at it before you commit the folder\n"
            "  `aws_db.x.tag` looks like an AWS access key: in mock-tfplan-v2.sentinel: "
            "resource_changes[\"aws_db.x\"].change.after.tag\n");
  const std::string text = repository_.read("mocks/mock-tfplan-v2.sentinel");
  EXPECT_EQ(text.find("correct-horse"), std::string::npos) << text;
  EXPECT_NE(text.find("REDACTED_SENSITIVE"), std::string::npos) << text;

  const auto raw = repository_.harness({"pull", kRun, "-o", "raw", "--raw"});
  EXPECT_EQ(raw.exit_code, 0) << raw.err;
  EXPECT_EQ(raw.err.find("secret"), std::string::npos) << raw.err;
  EXPECT_EQ(repository_.read("raw/mock-tfplan-v2.sentinel"),
            repository_.read(run->folder / "mock-tfplan-v2.sentinel"));
}

TEST_F(Service, PullTakesEveryKindOfName) {
  const std::string page =
      emulator_->address() + "/app/acme/workspaces/network-prod/runs/" + kRun + "?x=y";
  int number = 0;
  for (const std::string& source :
       {page, std::string(kRun), std::string("plan-8F5JFydVYAmtTjET")}) {
    const auto out =
        repository_.harness({"pull", source, "-o", "mocks" + std::to_string(++number)});
    EXPECT_EQ(out.exit_code, 0) << source << out.err;
  }
  const auto made = emulator_->state().create("plan-8F5JFydVYAmtTjET", "finished");
  ASSERT_TRUE(made);
  EXPECT_EQ(repository_.harness({"pull", made->id, "-o", "named"}).exit_code, 0);
  EXPECT_TRUE(emulator_->state().find_export(made->id));
  EXPECT_EQ(repository_.harness({"pull", made->id, "-o", "deleted", "--delete"}).exit_code, 0);
  EXPECT_FALSE(emulator_->state().find_export(made->id));
}

TEST_F(Service, PullLeavesNothingWhereItFails) {
  const auto out = repository_.harness({"pull", "run-nobody", "-o", "mocks"});
  EXPECT_EQ(out.exit_code, 3);
  EXPECT_FALSE(repository_.has("mocks"));
  const auto odd = repository_.harness({"pull", "what is this", "-o", "mocks"});
  EXPECT_EQ(odd.exit_code, 2);
  EXPECT_EQ(odd.err,
            "`what is this` names no plan\n"
            "    write `run-…`, `plan-…`, `pe-…`, `ORGANIZATION/WORKSPACE` or a run page's "
            "address\n");
}

TEST_F(Service, DoctorSaysWhatIsThereAndWhatIsNot) {
  const auto good = repository_.harness({"doctor"});
  EXPECT_EQ(good.exit_code, 0) << good.out << good.err;
  EXPECT_NE(masked(good.out).find("ok    token         that of `TFE_TOKEN`, for 127.0.0.1:PORT\n"),
            std::string::npos)
      << good.out;
  EXPECT_NE(
      good.out.find("ok    mock network  plan-8F5JFydVYAmtTjET of run-8F5JFydVYAmtTjET can be "
                    "exported\n"),
      std::string::npos)
      << good.out;
  EXPECT_EQ((good.out + good.err).find("good-token"), std::string::npos);
  EXPECT_TRUE(emulator_->statistics().creates.empty());

  repository_.set("TFE_TOKEN", "reader-token");
  const auto reader = repository_.harness({"doctor"});
  EXPECT_EQ(reader.exit_code, 3);
  EXPECT_NE(reader.out.find("lacks the permission `Download Sentinel mocks`"), std::string::npos)
      << reader.out;

  repository_.unset("TFE_TOKEN");
  const auto none = repository_.harness({"doctor"});
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_NE(masked(none.out).find("BAD   token         there is no token for `127.0.0.1:PORT`"),
            std::string::npos)
      << none.out;
}

}  // namespace
}  // namespace end_to_end
