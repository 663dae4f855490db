// harness refresh and harness diff, as a user types them, against the emulator.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/end_to_end/with_service.h"

namespace end_to_end {
namespace {

constexpr const char* kFirst = "run-8F5JFydVYAmtTjET";
constexpr const char* kSecond = "run-2sKq9LwZ4XvB7nTc";

std::string plan(const std::string& port, const std::string& more = {}) {
  return "resource_changes = {\n\t\"aws_security_group_rule.ssh\": {\n"
         "\t\t\"address\": \"aws_security_group_rule.ssh\",\n"
         "\t\t\"change\": {\n\t\t\t\"after\": {\n\t\t\t\t\"from_port\": " +
         port + ",\n" + more + "\t\t\t},\n\t\t},\n\t},\n}\n";
}

class RefreshCommand : public WithService {
 protected:
  void SetUp() override {
    start();
    add(kFirst, "2026-11-20T10:00:00.000Z", plan("22"));
    use("  network: { plan-export: { workspace: network-prod } }\n"
        "  same: { extends: network }\n"
        "  legacy: { archive: legacy.zip }\n");
    repository_.write("legacy.zip", "");
  }

  void use(const std::string& mocks) const {
    repository_.write("tests.yaml", "version: 1\nterraform: { address: \"" + emulator_->address() +
                                        "\", organization: acme }\nmocks:\n" + mocks);
  }

  void add(const std::string& run, const std::string& created_at, const std::string& text,
           bool exportable = true) {
    const base::Path folder = repository_.outside(run);
    std::ofstream(folder / "mock-tfplan-v2.sentinel") << text;
    std::ofstream(folder / "mock-tfrun.sentinel") << "id = \"" << run << "\"\n";
    emulator::RunData data{.id = run,
                           .organization = "acme",
                           .workspace = "network-prod",
                           .created_at = created_at,
                           .folder = folder};
    data.is_exportable = exportable;
    emulator_->state().add(data);
  }
};

TEST_F(RefreshCommand, SaysWhatCameToDiffer) {
  const auto first = repository_.harness({"refresh"});
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(first.out,
            "network: recorded, run-8F5JFydVYAmtTjET (acme/network-prod)\n1 mock: 1 recorded\n");
  EXPECT_EQ(first.err, "");
  const std::string lock = repository_.read("tests.lock.json");

  add(kSecond, "2026-11-22T10:00:00.000Z", plan("443"));
  const std::string difference =
      ", run-2sKq9LwZ4XvB7nTc (acme/network-prod), was run-8F5JFydVYAmtTjET\n"
      "  tfplan/v2\n"
      "    ~ aws_security_group_rule.ssh\n"
      "        change.after.from_port: 22 -> 443\n";
  const auto check = repository_.harness({"refresh", "--check"});
  EXPECT_EQ(check.exit_code, 1) << check.err;
  EXPECT_EQ(check.out, "network: would change" + difference + "1 mock: 1 would change\n");
  EXPECT_EQ(repository_.read("tests.lock.json"), lock);

  // A mock that is made from another stands for that one.
  const auto changed = repository_.harness({"refresh", "same", "--color", "always"});
  EXPECT_EQ(changed.exit_code, 0) << changed.err;
  EXPECT_NE(changed.out.find("\x1b[33m  ~ aws_security_group_rule.ssh"), std::string::npos)
      << changed.out;
  EXPECT_NE(repository_.read("tests.lock.json"), lock);
  const auto again = repository_.harness({"refresh", "--check"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(again.out,
            "network: as before, run-2sKq9LwZ4XvB7nTc (acme/network-prod)\n1 mock: 1 as before\n");
  EXPECT_TRUE(repository_.is_tidy());
}

TEST_F(RefreshCommand, KeepsAPinnedRunPastItsRetention) {
  use("  network: { plan-export: { run: run-8F5JFydVYAmtTjET } }\n");
  ASSERT_EQ(repository_.harness({"refresh"}).exit_code, 0);
  const std::string lock = repository_.read("tests.lock.json");
  emulator_->stop();
  emulator_ = std::make_unique<emulator::Emulator>(emulator::Options{.tokens = {"good-token"}});
  ASSERT_TRUE(emulator_->start());
  add(kFirst, "2026-11-20T10:00:00.000Z", plan("22"), false);
  use("  network: { plan-export: { run: run-8F5JFydVYAmtTjET } }\n");
  repository_.set("TFE_ADDRESS", emulator_->address());
  const auto out = repository_.harness({"refresh"});
  EXPECT_EQ(out.exit_code, 0) << out.err;
  EXPECT_EQ(out.out.substr(0, out.out.find(": `127")),
            "network: kept as it is, run-8F5JFydVYAmtTjET (acme/network-prod)\n"
            "  plan `plan-8F5JFydVYAmtTjET` cannot be exported");
  EXPECT_NE(out.out.find("plans past their retention are not\n1 mock: 1 kept\n"), std::string::npos)
      << out.out;
  EXPECT_EQ(repository_.read("tests.lock.json"), lock);

  // Without a fixture there is nothing to keep.
  std::filesystem::remove_all(repository_.path() / "fixtures");
  EXPECT_EQ(repository_.harness({"refresh"}).exit_code, 3);
}

TEST_F(RefreshCommand, RecordsNoSecret) {
  ASSERT_EQ(repository_.harness({"refresh"}).exit_code, 0);
  const std::string lock = repository_.read("tests.lock.json");
  add(kSecond, "2026-11-22T10:00:00.000Z",
      plan("22", "\t\t\t\t\"user_data\": \"AKIAIOSFODNN7EXAMPLE\",\n"));
  for (const char* command : {"refresh", "run"}) {
    if (command == std::string("run")) {
      std::filesystem::remove_all(repository_.path() / "fixtures");
      std::filesystem::remove(repository_.path() / "tests.lock.json");
      repository_.write("p.sentinel", "main = true\n");
      use("  network: { plan-export: { workspace: network-prod } }\n"
          "tests:\n  - policy: p.sentinel\n    cases: [ { name: a, mocks: network } ]\n");
    }
    const auto out = repository_.harness({command});
    EXPECT_EQ(out.exit_code, 3) << command;
    const std::string text = out.out + out.err;
    EXPECT_NE(text.find("`aws_security_group_rule.ssh.user_data` looks like an AWS access key"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("`allow-secrets: [aws_security_group_rule.ssh.user_data]`"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("AKIA"), std::string::npos) << text;
    if (command == std::string("refresh")) {
      EXPECT_EQ(repository_.read("tests.lock.json"), lock);
    }
  }
  EXPECT_FALSE(repository_.has("fixtures/network"));
  EXPECT_FALSE(repository_.has("tests.lock.json"));
  use("  network: { plan-export: { workspace: network-prod }, allow-secrets: "
      "[aws_security_group_rule.ssh.user_data] }\n");
  const auto allowed = repository_.harness({"refresh"});
  EXPECT_EQ(allowed.exit_code, 0) << allowed.err;
}

TEST_F(RefreshCommand, ExplainsWrongNames) {
  const auto typo = repository_.harness({"refresh", "netwrk"});
  EXPECT_EQ(typo.exit_code, 2);
  EXPECT_EQ(typo.err, "no mock is called `netwrk`\n    did you mean `network`?\n");
  const auto other = repository_.harness({"refresh", "tests.yaml", "legacy"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_EQ(other.err,
            "tests.yaml:6:3: mock `legacy` is not recorded: a mock of kind `archive` is read from "
            "its source on every run\n"
            "     6 |   legacy: { archive: legacy.zip }\n"
            "       |   ^~~~~~\n");
  EXPECT_TRUE(emulator_->statistics().creates.empty());
}

TEST_F(RefreshCommand, OneFailureLeavesTheOthersAlone) {
  use("  network: { plan-export: { workspace: network-prod } }\n"
      "  gone: { plan-export: { run: run-nobody } }\n");
  const auto out = repository_.harness({"refresh"});
  EXPECT_EQ(out.exit_code, 3);
  EXPECT_EQ(out.out,
            "network: recorded, run-8F5JFydVYAmtTjET (acme/network-prod)\n"
            "2 mocks: 1 recorded, 1 failed\n");
  EXPECT_NE(out.err.find("tests.yaml:5:3: "), std::string::npos) << out.err;
  EXPECT_NE(out.err.find("shows no run `run-nobody`"), std::string::npos) << out.err;
}

TEST_F(RefreshCommand, WhatNoMockUsesIsReported) {
  ASSERT_EQ(repository_.harness({"refresh"}).exit_code, 0);
  repository_.write("p.sentinel", "main = true\n");
  repository_.write("hand/mock-tfrun.sentinel", "x = 1\n");
  const std::string tests =
      "  hand: { directory: hand }\n"
      "tests:\n  - policy: p.sentinel\n    cases: [ { name: a, mocks: hand } ]\n";
  use(tests);
  const std::string unused =
      "fixture `fixtures/network` belongs to no mock of the manifest\n"
      "    delete the folder and its entry in `tests.lock.json`\n";
  const auto check = repository_.harness({"check"});
  EXPECT_EQ(check.exit_code, 0);
  EXPECT_EQ(check.err, "warning: " + unused);
  const auto strict = repository_.harness({"check", "--strict"});
  EXPECT_EQ(strict.exit_code, 1);
  EXPECT_EQ(strict.err, unused + "1 problem\n");
  const std::string note =
      "fixture `fixtures/network` belongs to no mock of the manifest; delete the folder";
  const auto verbose = repository_.harness({"run", "-v", "--runtime", "builtin"});
  EXPECT_EQ(verbose.exit_code, 0) << verbose.err;
  EXPECT_NE((verbose.out + verbose.err).find(note), std::string::npos) << verbose.out;
  const auto quiet = repository_.harness({"run", "--runtime", "builtin"});
  EXPECT_EQ((quiet.out + quiet.err).find(note), std::string::npos) << quiet.out;
}

TEST_F(RefreshCommand, TwoThatSupplyOneImportAreFoundBeforeAnythingRuns) {
  repository_.write("p.sentinel", "main = true\n");
  repository_.write("hand/mock-tfrun.sentinel", "x = 1\n");
  repository_.write("other/mock-tfrun.sentinel", "x = 1\n");
  use("  hand: { directory: hand }\n  other: { directory: other }\n"
      "tests:\n  - policy: p.sentinel\n    cases: [ { name: a, mocks: [hand, other] } ]\n");
  for (const char* command : {"check", "run"}) {
    const auto out = repository_.harness({command});
    EXPECT_EQ(out.exit_code, 2) << command;
    EXPECT_NE(out.err.find("mock `hand` and mock `other` both supply `tfrun`\n"), std::string::npos)
        << out.err;
  }
}

TEST_F(RefreshCommand, DiffComparesFoldersAndArchives) {
  repository_.write("old/mock-tfplan-v2.sentinel", plan("22"));
  repository_.write("new/mock-tfplan-v2.sentinel", plan("443"));
  const auto text = repository_.harness({"diff", "old", "new"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_EQ(text.out,
            "tfplan/v2\n  ~ aws_security_group_rule.ssh\n"
            "      change.after.from_port: 22 -> 443\n");
  EXPECT_EQ(repository_.harness({"diff", "old", "new", "--check"}).exit_code, 1);
  const auto same = repository_.harness({"diff", "old", "old", "--check"});
  EXPECT_EQ(same.exit_code, 0);
  EXPECT_EQ(same.out, "no difference\n");
  EXPECT_NE(repository_.harness({"diff", "old", "new", "--json"}).out.find("\"harness/diff/1\""),
            std::string::npos);
  EXPECT_EQ(repository_.harness({"diff", "old", "new", "--markdown"}).out,
            "| import | place | attribute | before | after |\n|---|---|---|---|---|\n"
            "| tfplan/v2 | `aws_security_group_rule.ssh` | change.after.from_port | 22 | 443 |\n");

  // An archive, as `pull` and the service make them.
  ASSERT_EQ(repository_.harness({"refresh"}).exit_code, 0);
  const base::Path archive = repository_.path() / "bundle.tar.gz";
  const std::string pack = "tar -C '" + (repository_.path() / "new").string() + "' -czf '" +
                           archive.string() + "' mock-tfplan-v2.sentinel";
  ASSERT_EQ(std::system(pack.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
  const auto packed = repository_.harness({"diff", "old", "bundle.tar.gz"});
  EXPECT_EQ(packed.exit_code, 0) << packed.err;
  EXPECT_EQ(packed.out, text.out);
  EXPECT_TRUE(std::filesystem::is_empty(repository_.outside("scratch")));
}

TEST_F(RefreshCommand, DiffExplainsWhatIsNoBundle) {
  repository_.write("old/mock-tfplan-v2.sentinel", plan("22"));
  repository_.write("empty/readme", "");
  repository_.write("broken.tar.gz", "no archive");
  const struct {
    std::vector<std::string> words;
    const char* message;
  } kCases[] = {
      {{"old"}, "two bundles are needed, an old and a new one\n    see `harness diff --help`\n"},
      {{"old", "nowhere"},
       "`nowhere` is not there\n    name two folders of mocks, or archives of them\n"},
      {{"old", "empty"},
       "there is no mock in `empty`: no `sentinel.hcl` with `mock` blocks and no file called like "
       "`mock-tfplan-v2.sentinel`\n"},
      {{"old", "old", "--json", "--markdown"}, "`--json` and `--markdown` exclude each other\n"},
  };
  for (const auto& one : kCases) {
    std::vector<std::string> words = {"diff"};
    words.insert(words.end(), one.words.begin(), one.words.end());
    const auto out = repository_.harness(words);
    EXPECT_EQ(out.exit_code, 2);
    EXPECT_EQ(out.err, one.message);
    EXPECT_EQ(out.out, "");
  }
  EXPECT_EQ(repository_.harness({"diff", "old", "broken.tar.gz"}).exit_code, 2);
  EXPECT_TRUE(std::filesystem::is_empty(repository_.outside("scratch")));
}

}  // namespace
}  // namespace end_to_end
