// `harness impact` against the emulator.
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <signal.h>

#include "plugin/base/system.h"
#include "tests/end_to_end/with_service.h"

namespace end_to_end {
namespace {

class Impact : public WithService {
 protected:
  void SetUp() override {
    start();
    repository_.write("policies/version.sentinel",
                      "import \"tfplan/v2\" as tfplan\n"
                      "main = rule { tfplan.terraform_version is \"1.9.8\" }\n");
  }

  /// A run of acme/WORKSPACE, `days` old.
  void add(const std::string& workspace, const std::string& run, const std::string& version,
           int days = 1, emulator::RunData data = {}) {
    const std::string folder = "bundles/" + version;
    repository_.write(folder + "/mock-tfplan-v2.sentinel",
                      version == "none" ? "" : "terraform_version = \"" + version + "\"\n");
    repository_.write(
        folder + "/sentinel.hcl",
        "mock \"tfplan/v2\" {\n  module {\n    source = \"mock-tfplan-v2.sentinel\"\n  }\n}\n");
    data.id = run;
    data.organization = "acme";
    data.workspace = workspace;
    data.created_at = base::to_rfc3339(base::real_clock()->now() - std::chrono::hours(24) * days);
    data.folder = repository_.path() / folder;
    emulator_->state().add(std::move(data));
  }

  base::ChildOutcome impact(std::vector<std::string> more = {}) {
    std::vector<std::string> words{"impact",      "policies/version.sentinel",
                                   "--runtime",   "builtin",
                                   "--workspace", "acme/*-prod"};
    words.insert(words.end(), more.begin(), more.end());
    return repository_.harness(words);
  }

  /// The table's lines, without what changes from day to day.
  static std::string table_of(const std::string& text) {
    const std::size_t begin = text.find("\nworkspace");
    return begin == std::string::npos ? text
                                      : text.substr(begin + 1, text.find("\n\n", begin) - begin);
  }
};

TEST_F(Impact, CountsByWorkspace) {
  add("app-prod", "run-a1", "1.9.8");
  add("app-prod", "run-a2", "1.5.0", 2);
  add("app-prod", "run-a3", "none", 3);
  add("app-prod", "run-a4", "1.5.0", 40);  // before the time
  add("db-prod", "run-b1", "1.9.8", 1, {.can_export = false});
  add("db-prod", "run-b2", "1.9.8", 2, {.is_exportable = false});
  add("bad-prod", "run-c1", "1.9.8", 1, {.plan_status = "errored"});
  add("old-prod", "run-d1", "1.9.8", 90);
  add("new-dev", "run-e1", "1.5.0");  // another name
  emulator_->state().set_execution_mode("acme", "local-prod", "local");
  emulator_->state().set_execution_mode("acme", "none-prod", "remote");

  const auto out = impact();
  EXPECT_EQ(out.exit_code, 3) << out.err;
  EXPECT_EQ(table_of(out.out),
            "workspace        plans  pass  fail  undefined  error\n"
            "acme/app-prod        3     1     1          1      0\n"
            "acme/bad-prod        0     0     0          0      0   "
            "none of its runs since then has a finished plan\n"
            "acme/db-prod         0     0     0          0      0   "
            "2 plans could not be looked at\n"
            "acme/local-prod      0     0     0          0      0   "
            "it runs Terraform locally, so it has no runs here\n"
            "acme/none-prod       0     0     0          0      0   it has no run yet\n"
            "acme/old-prod        0     0     0          0      0   it has no run since then\n"
            "total                3     1     1          1      0\n");
  EXPECT_NE(out.out.find("(`permissions.can-export` is false)"), std::string::npos) << out.out;
  EXPECT_NE(out.out.find("(`actions.is-exportable` is false)"), std::string::npos) << out.out;
  EXPECT_NE(out.out.find("/app/acme/workspaces/app-prod/runs/run-a2\n"), std::string::npos);

  auto seen = emulator_->statistics();
  EXPECT_EQ(seen.creates,
            (std::map<std::string, int>{{"plan-a1", 1}, {"plan-a2", 1}, {"plan-a3", 1}}));
  EXPECT_EQ(seen.deletes, 3);
  EXPECT_EQ(seen.live_exports, 0);
  EXPECT_EQ(seen.tokens_at_archive, 0);
  EXPECT_EQ(seen.over_limit, 0);

  // Another policy over the same plans needs lists, and no exports.
  repository_.write("policies/version.sentinel", "main = true\n");
  const auto again = impact({"--json"});
  EXPECT_EQ(again.exit_code, 3);
  EXPECT_NE(again.out.find("\"pass\": 3"), std::string::npos) << again.out;
  EXPECT_EQ(emulator_->statistics().creates, seen.creates);
}

TEST_F(Impact, TakesWhatIsNamedTwiceOnce) {
  add("app-prod", "run-a1", "1.9.8");
  const auto out =
      impact({"./policies/../policies/version.sentinel", "--workspace", "acme/*-prod"});
  EXPECT_EQ(out.exit_code, 0) << out.err;
  EXPECT_EQ(table_of(out.out),
            "workspace      plans  pass  fail  undefined  error\n"
            "acme/app-prod      1     1     0          0      0\n");
}

TEST_F(Impact, ASpeculativeRunCountsWhenAskedFor) {
  add("app-prod", "run-a1", "1.9.8", 1, {.plan_only = true});
  const auto without = impact();
  EXPECT_EQ(without.exit_code, 5);
  EXPECT_EQ(without.err, "no run since then has a finished plan\n");
  const auto with = impact({"--plan-only", "--markdown"});
  EXPECT_EQ(with.exit_code, 0) << with.err;
  EXPECT_NE(with.out.find("| acme/app-prod | 1 | 1 | 0 | 0 | 0 |  |\n"), std::string::npos)
      << with.out;
}

TEST_F(Impact, GoesOnAfterCtrlC) {
  // One plan is had at once; the other's export never ends.
  start({.timing = {.pending = std::chrono::milliseconds(0),
                    .queued = std::chrono::milliseconds(0)}});
  add("a-prod", "run-a1", "1.9.8");
  ASSERT_EQ(impact().exit_code, 0);
  add("b-prod", "run-b1", "1.5.0");
  ASSERT_TRUE(emulator_->faults().add(
      {.route = "create", .kind = "state", .times = -1, .body = "polishing"}));
  const int lists = emulator_->statistics().requests["runs"];
  Running running = repository_.start({"impact", "policies/version.sentinel", "--runtime",
                                       "builtin", "--workspace", "acme/*-prod"});
  for (int i = 0; i < 1000 && !emulator_->statistics().creates.contains("plan-b1"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ASSERT_TRUE(emulator_->statistics().creates.contains("plan-b1"));
  running.send(SIGINT);
  const auto stopped = running.wait();
  EXPECT_EQ(stopped.exit_code, 130);
  EXPECT_NE(stopped.out.find(" found and not looked at, and there may be more; the same command "
                             "goes on from here\n"),
            std::string::npos)
      << stopped.out;
  EXPECT_EQ(emulator_->statistics().requests["runs"], lists + 2);

  emulator_->faults().clear();
  const auto out = impact();
  EXPECT_EQ(out.exit_code, 0) << out.err;
  EXPECT_EQ(table_of(out.out),
            "workspace    plans  pass  fail  undefined  error\n"
            "acme/a-prod      1     1     0          0      0\n"
            "acme/b-prod      1     0     1          0      0\n"
            "total            2     1     1          0      0\n");
  const auto seen = emulator_->statistics();
  EXPECT_EQ(seen.requests.at("runs"), lists + 2);  // the lists of the first start
  EXPECT_EQ(seen.creates.at("plan-a1"), 1);
}

TEST_F(Impact, KeepsTheRateOfRunLists) {
  start({.timing = {.pending = std::chrono::milliseconds(0),
                    .queued = std::chrono::milliseconds(0)}});
  for (int i = 0; i < 31; ++i)
    add("w" + std::to_string(i) + "-prod", "run-w" + std::to_string(i), "1.9.8");
  // Thirty lists a minute are allowed: the thirty-first waits, and what came before it is not lost.
  Running running = repository_.start({"impact", "policies/version.sentinel", "--runtime",
                                       "builtin", "--workspace", "acme/*-prod"});
  for (int i = 0; i < 5000 && emulator_->statistics().deletes < 30; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_GE(emulator_->statistics().deletes, 30);
  running.send(SIGINT);
  EXPECT_EQ(running.wait().exit_code, 130);
  const auto seen = emulator_->statistics();
  EXPECT_LE(seen.most_lists_per_minute, 30);
  EXPECT_EQ(seen.over_limit, 0);
}

TEST_F(Impact, SavesWhatIsInteresting) {
  add("app-prod", "run-a1", "1.9.8");
  add("app-prod", "run-a2", "1.5.0", 2);
  const auto out = impact({"--save", "denied"});
  EXPECT_EQ(out.exit_code, 0);
  EXPECT_EQ(out.err,
            "mock `denied` (run-a2 of acme/app-prod) and 1 case written to `tests.yaml`:\n"
            "  policies/version.sentinel › run-a2 of acme/app-prod, expect: fail\n"
            "recorded in `fixtures/denied`; try `harness run --filter 'run-a2'`\n");
  EXPECT_EQ(repository_.read("tests.yaml"),
            "version: 1\n"
            "terraform: { address: \"" +
                emulator_->address() +
                "\" }\n"
                "mocks:\n"
                "  denied: { plan-export: { run: run-a2 } }\n"
                "tests:\n"
                "  - policy: policies/version.sentinel\n"
                "    cases:\n"
                "      - { name: 'run-a2 of acme/app-prod', mocks: denied, expect: fail }\n");
  const auto another = impact({"--save", "allowed=run-a1"});
  EXPECT_EQ(another.exit_code, 0) << another.err;
  EXPECT_NE(
      repository_.read("tests.yaml")
          .find("      - { name: 'run-a2 of acme/app-prod', mocks: denied, expect: fail }\n"
                "      - { name: 'run-a1 of acme/app-prod', mocks: allowed, expect: pass }\n"),
      std::string::npos)
      << repository_.read("tests.yaml");
  const auto before = emulator_->statistics().requests;
  const auto run = repository_.harness({"run", "--runtime", "builtin", "--offline"});
  EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_EQ(emulator_->statistics().requests, before);

  const auto twice = impact({"--save", "denied"});
  EXPECT_EQ(twice.exit_code, 2);
  EXPECT_EQ(twice.err,
            "there is a mock `denied` in `tests.yaml` already\n    save it under another name\n");
}

TEST_F(Impact, SavesNoSecret) {
  add("app-prod", "run-a1", "1.5.0");
  const auto plan = [](const std::string& password, const std::string& token) {
    return "terraform_version = \"1.5.0\"\n\nresource_changes = {\n\t\"aws_db.x\": {\n"
           "\t\t\"address\": \"aws_db.x\",\n\t\t\"change\": {\n\t\t\t\"after\": {\n"
           "\t\t\t\t\"password\": \"" +
           password + "\",\n\t\t\t\t\"tag\":      \"" + token +
           "\",\n\t\t\t},\n\t\t},\n\t},\n}\n\nraw = "
           "{\"resource_changes\": [{\"address\": \"aws_db.x\", \"change\": {\"after\": "
           "{\"password\": \"" +
           password + "\"}, \"after_sensitive\": {\"password\": true}}}]}\n";
  };
  const std::string file = "bundles/1.5.0/mock-tfplan-v2.sentinel";
  repository_.write(file, plan("correct-horse", "plain"));
  EXPECT_EQ(impact({"--save", "denied"}).exit_code, 0);
  const std::string saved = repository_.read("fixtures/denied/mock-tfplan-v2.sentinel");
  EXPECT_EQ(saved.find("correct-horse"), std::string::npos) << saved;
  EXPECT_NE(saved.find("\"password\": \"REDACTED_SENSITIVE\""), std::string::npos) << saved;
  EXPECT_NE(repository_.read("tests.lock.json").find("\"redacted\": \"sensitive values\""),
            std::string::npos);

  add("app-prod", "run-a2", "1.5.0");
  repository_.write(file, plan("correct-horse", "AKIAIOSFODNN7EXAMPLE"));
  const auto left = impact({"--save", "other=run-a2"});
  EXPECT_EQ(left.exit_code, 3);
  EXPECT_EQ(
      left.err,
      "mock `other` is written to `tests.yaml`, with 1 case, and not recorded\n"
      "    `harness run` fetches it again once that is mended\n"
      "  tests.yaml:5:3: mock `other` still holds what looks like a secret: nothing was recorded\n"
      "       5 |   other: { plan-export: { run: run-a2 } }\n"
      "         |   ^~~~~ hide it with `redact`, drop it with `keep`, or, where it is none, say "
      "so: "
      "`allow-secrets: [aws_db.x.tag]`\n"
      "    `aws_db.x.tag` looks like an AWS access key: in mock-tfplan-v2.sentinel: "
      "resource_changes[\"aws_db.x\"].change.after.tag\n");
  EXPECT_FALSE(repository_.has("fixtures/other"));
}

TEST_F(Impact, TakesModulesAndParamsFromTheManifest) {
  add("app-prod", "run-a1", "1.9.8");
  repository_.write("wanted.sentinel", "version = func() { return \"1.9.8\" }\n");
  repository_.write("policies/version.sentinel",
                    "import \"tfplan/v2\" as tfplan\nimport \"wanted\"\nparam strict\n"
                    "main = rule { strict and tfplan.terraform_version is wanted.version() }\n");
  repository_.write("mock.sentinel", "terraform_version = \"0.1\"\n");
  repository_.write("tests.yaml",
                    "version: 1\n"
                    "terraform: { address: \"" +
                        emulator_->address() +
                        "\", organization: acme }\n"
                        "defaults: { modules: { wanted: wanted.sentinel } }\n"
                        "tests:\n"
                        "  - policy: policies/version.sentinel\n"
                        "    params: { strict: true }\n"
                        "    extra-mocks: { tfplan/v2: mock.sentinel }\n"
                        "    cases:\n"
                        "      - { name: x, params: { strict: false }, expect: fail }\n");
  const auto out = repository_.harness(
      {"impact", "policies/version.sentinel", "--runtime", "builtin", "--workspace", "app-prod"});
  EXPECT_EQ(out.exit_code, 0) << out.err;
  EXPECT_EQ(table_of(out.out),
            "workspace      plans  pass  fail  undefined  error\n"
            "acme/app-prod      1     1     0          0      0\n")
      << out.out;
}

TEST_F(Impact, TakesTheModulesThatEveryCaseIsGiven) {
  add("app-prod", "run-a1", "1.9.8");
  repository_.write("wanted.sentinel", "version = func() { return \"1.9.8\" }\n");
  repository_.write("other.sentinel", "version = func() { return \"0.1\" }\n");
  repository_.write("limits.json", "{ \"most\": 1 }");
  repository_.write("policies/version.sentinel",
                    "import \"tfplan/v2\" as tfplan\nimport \"wanted\"\nimport \"limits\"\n"
                    "main = rule { limits.most is 1 and tfplan.terraform_version is "
                    "wanted.version() }\n");
  struct Row {
    const char* name;
    const char* second;  // what the second case is given
    const char* counts;
  };
  constexpr Row kRows[] = {
      {"the same", "modules: { wanted: wanted.sentinel }, static: { limits: limits.json }",
       "acme/app-prod      1     1     0          0      0\n"},
      {"another module", "modules: { wanted: other.sentinel }, static: { limits: limits.json }",
       "acme/app-prod      1     0     0          0      1\n"},
      {"no static file", "modules: { wanted: wanted.sentinel }",
       "acme/app-prod      1     0     0          0      1\n"},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    repository_.write("tests.yaml",
                      "version: 1\n"
                      "terraform: { address: \"" +
                          emulator_->address() +
                          "\", organization: acme }\n"
                          "tests:\n"
                          "  - policy: policies/version.sentinel\n"
                          "    cases:\n"
                          "      - { name: x, modules: { wanted: wanted.sentinel }, static: { "
                          "limits: limits.json }, expect: fail }\n"
                          "      - { name: y, " +
                          row.second + ", expect: fail }\n");
    const auto out = repository_.harness(
        {"impact", "policies/version.sentinel", "--runtime", "builtin", "--workspace", "app-prod"});
    EXPECT_EQ(out.exit_code, 0) << out.err;
    EXPECT_EQ(table_of(out.out),
              "workspace      plans  pass  fail  undefined  error\n" + std::string(row.counts))
        << out.out;
  }
}

TEST_F(Impact, SaysWhatIsWrongBeforeAnyRequest) {
  repository_.write("policies/broken.sentinel", "main = rule {\n");
  const struct {
    std::vector<std::string> words;
    int code;
    const char* message;
  } rows[] = {
      {{"policies/version.sentinel"},
       2,
       "no workspace was named\n    search for some: `--workspace 'ORGANIZATION/*-prod'`\n"},
      {{"--workspace", "acme/*"}, 2, "no policy was named\n    see `harness impact --help`\n"},
      {{"policies/version.sentinel", "--workspace", "acme/*", "--since", "soon"},
       2,
       "`soon` is no time to look back to\n"
       "    write `30d`, `12h`, `2w` or a date such as `2026-11-01`\n"},
      {{"policies/version.sentinel", "--workspace", "acme/*", "--json", "--markdown"},
       2,
       "`--json` and `--markdown` exclude each other\n"},
      {{"policies/version.sentinel", "--workspace", "acme/*", "--save", "../x"},
       2,
       "`../x` cannot be the name of a mock: it becomes a folder's name\n"
       "    begin with a letter or digit, then letters, digits, `.`, `_`, `-`\n"},
  };
  for (const auto& row : rows) {
    std::vector<std::string> words{"impact"};
    words.insert(words.end(), row.words.begin(), row.words.end());
    const auto out = repository_.harness(words);
    EXPECT_EQ(out.exit_code, row.code);
    EXPECT_EQ(out.err, row.message);
  }
  const auto broken =
      repository_.harness({"impact", "policies/broken.sentinel", "--workspace", "acme/*"});
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_TRUE(broken.err.starts_with("policies/broken.sentinel:")) << broken.err;
  const auto missing =
      repository_.harness({"impact", "policies/none.sentinel", "--workspace", "acme/*"});
  EXPECT_EQ(missing.exit_code, 2) << missing.err;
  EXPECT_TRUE(emulator_->statistics().requests.empty());
  EXPECT_FALSE(repository_.has(".harness"));
}

TEST_F(Impact, NoWorkspaceOrNoOrganization) {
  add("app-dev", "run-a1", "1.9.8");
  const auto none = impact();
  EXPECT_EQ(none.exit_code, 5);
  EXPECT_EQ(none.err, "no workspace fits\n");
  const auto other = repository_.harness(
      {"impact", "policies/version.sentinel", "--workspace", "nobody/*", "--runtime", "builtin"});
  EXPECT_EQ(other.exit_code, 3);
  EXPECT_NE(other.err.find("shows no workspaces of organization"), std::string::npos) << other.err;
}

}  // namespace
}  // namespace end_to_end
