// Everything that can be wrong with what the harness is given ends in a clear message, the right
// exit code, and nothing half-written.
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>
#include <signal.h>

#include "tests/emulator/emulator.h"
#include "tests/end_to_end/repository.h"
#include "tests/plugin/mock_bundle/archive_maker.h"

namespace end_to_end {
namespace {

using Lines = std::vector<std::string>;

class BadInput : public testing::Test {
 protected:
  void SetUp() override { repository_.write("policies/p.sentinel", kPolicy); }

  /// A manifest with one mock and one case.
  void use_mock(const std::string& mock, const std::string& top = "") {
    repository_.write("tests.yaml", "version: 1\n" + top + "mocks:\n  m: " + mock +
                                        "\ntests:\n  - policy: policies/p.sentinel\n    cases:\n"
                                        "      - { name: c, mocks: m, expect: fail }\n");
  }

  /// What the one case's problem is, when the run ends with `code`.
  std::string problem(int code, Lines more = {}) {
    Lines arguments{"run", "--report", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto out = repository_.harness(arguments);
    EXPECT_EQ(out.exit_code, code) << out.err;
    EXPECT_EQ(exit_code_of(out.out), code);
    EXPECT_TRUE(repository_.is_tidy());
    const Lines problems = problems_of(out.out);
    return problems.size() == 1 ? problems[0] : "";
  }

  /// The archive's refusal.
  std::string archive_problem(const std::string& bytes) {
    repository_.write("bundle.tar.gz", bytes);
    use_mock("{ archive: bundle.tar.gz }");
    return problem(3);
  }

  /// What a wrong manifest says.
  std::string manifest_problem() {
    const auto out = repository_.harness({"run"});
    EXPECT_EQ(out.exit_code, 2);
    EXPECT_EQ(out.out, "");
    EXPECT_FALSE(repository_.has(".harness"));
    return out.err;
  }

  Repository repository_;
};

TEST_F(BadInput, NoManifest) {
  EXPECT_EQ(manifest_problem(), "no manifest `tests.yaml` in `" + repository_.path().string() +
                                    "`\n    `harness init` writes a first one\n");
}

TEST_F(BadInput, EmptyManifest) {
  repository_.write("tests.yaml", "");
  EXPECT_EQ(manifest_problem(),
            "tests.yaml: the file is empty\n    a manifest begins with `version: 1`\n");
}

TEST_F(BadInput, BinaryAsManifest) {
  repository_.write("tests.yaml", std::string("\x7f"
                                              "ELF\0\1\2\xff\xfe",
                                              9));
  EXPECT_EQ(manifest_problem(),
            "tests.yaml:1:1: a byte that is no text: a manifest is YAML in UTF-8\n"
            "    save it as UTF-8 text\n");
}

TEST_F(BadInput, YamlBomb) {
  std::string text = "version: 1\nmocks:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    text += "  a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k)
      text += (k == 0 ? "*a" : ", *a") + std::to_string(i - 1);
    text += "]\n";
  }
  repository_.write("tests.yaml", text);
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(manifest_problem(),
            "tests.yaml:7:47: aliases expand to more than a manifest can hold\n"
            "     7 |   a4: &a4 [*a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3]\n"
            "       |                                               ^ write the values out, or use "
            "`defaults`\n");
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(20));
}

TEST_F(BadInput, PolicyThatDoesNotParse) {
  repository_.write("policies/p.sentinel", "main = rule {\n");
  repository_.write("mocks/mock-tfplan-v2.sentinel", kMock);
  use_mock("{ directory: mocks }");
  const auto out = repository_.harness({"run", "--report", "json"});
  EXPECT_EQ(out.exit_code, 1);
  EXPECT_NE(out.out.find(R"("message": "found the end of the file, expected an expression")"),
            std::string::npos)
      << out.out;
}

TEST_F(BadInput, MockThatDoesNotExist) {
  use_mock("{ directory: nowhere }");
  EXPECT_EQ(manifest_problem(),
            "tests.yaml:3:19: mock `m`: `nowhere` is not there\n"
            "     3 |   m: { directory: nowhere }\n"
            "       |                   ^~~~~~~ paths are relative to the file that names them\n");
}

TEST_F(BadInput, Archives) {
  using archive_maker::Entry;
  using archive_maker::tar_gz;
  const std::string what = "archive `bundle.tar.gz` cannot be unpacked: ";
  EXPECT_EQ(archive_problem("x"), what +
                                      "its first bytes are neither those of a .tar.gz nor those of "
                                      "a .zip (it has 1 byte)");
  EXPECT_EQ(archive_problem(tar_gz({{"../x", "1"}})),
            what + "member `../x` leaves the folder by `..`");
  EXPECT_EQ(archive_problem(tar_gz({{"a", "", '2', "/etc/passwd"}})),
            what + "member `a` is a link");
  std::vector<Entry> many;
  for (int i = 0; i < 100'000; ++i)
    many.push_back({"m" + std::to_string(i), ""});
  EXPECT_EQ(archive_problem(tar_gz(many)), what + "it has more than the allowed 1000 members");
  EXPECT_FALSE(std::filesystem::exists(repository_.path().parent_path() / "x"));
}

TEST_F(BadInput, ArchiveOfTenGibibytesOfZeros) {
  std::string bytes =
      archive_maker::gzip(archive_maker::tar_header("zeros", std::uint64_t{10} << 30U));
  const std::string piece = archive_maker::gzip(std::string(std::size_t{64} << 20U, '\0'));
  for (int i = 0; i < 160; ++i)
    bytes += piece;
  EXPECT_EQ(archive_problem(bytes),
            "archive `bundle.tar.gz` cannot be unpacked: it unpacks to more than the allowed 2048 "
            "MiB");
}

TEST_F(BadInput, SentinelIsMissing) {
  repository_.write("mocks/mock-tfplan-v2.sentinel", kMock);
  use_mock("{ directory: mocks }");
  EXPECT_EQ(problem(4, {"--runtime", "cli"}),
            "there is no `sentinel` to run policies with: none of the absolute entries of PATH "
            "outside the repository holds one");
}

// A pull request brings a program along, and the caller's PATH names its folder: as it is, and from
// where the run starts.
TEST_F(BadInput, SentinelOfTheRepositoryIsNeverRun) {
  repository_.write("mocks/mock-tfplan-v2.sentinel", kMock);
  repository_.write("bin/sentinel", "#!/bin/sh\ntouch ran\necho 'Sentinel v0.30.0'\n");
  std::filesystem::permissions(repository_.path() / "bin/sentinel",
                               std::filesystem::perms::owner_all);
  use_mock("{ directory: mocks }");
  for (const std::string& entry : {(repository_.path() / "bin").string(), std::string("bin")}) {
    repository_.set("PATH", entry + ":/usr/bin:/bin");
    EXPECT_EQ(problem(4, {"--runtime", "cli"}),
              "there is no `sentinel` to run policies with: none of the absolute entries of PATH "
              "outside the repository holds one");
  }
  EXPECT_FALSE(repository_.has("ran"));
  EXPECT_FALSE(repository_.has("bin/ran"));
}

/// The stand-ins for a `sentinel` that misbehaves.
class BadSentinel : public BadInput {
 protected:
  std::string with(const std::string& stand_in, int code, Lines more = {}) {
    repository_.write("mocks/mock-tfplan-v2.sentinel", kMock);
    use_mock("{ directory: mocks }");
    repository_.use_sentinel(base::Path(HARNESS_SOURCE_DIR) /
                             "tests/plugin/policy_runtime/stand_in" / stand_in);
    more.insert(more.begin(), {"--runtime", "cli"});
    const std::string said = problem(code, more);
    return said.substr(said.find(": ") == std::string::npos ? 0 : said.find(": ") + 2);
  }
};

TEST_F(BadSentinel, Crash) {
  EXPECT_EQ(
      with("crash", 4),
      "signal 11 (Segmentation fault) ended it: panic: runtime error: invalid memory address");
}
TEST_F(BadSentinel, Garbage) {
  EXPECT_EQ(with("garbage", 4),
            "the output of `sentinel test -json` cannot be understood: it is no JSON document, it "
            "begins `<html>not what you wanted</html>`");
}
TEST_F(BadSentinel, HalfADocument) {
  EXPECT_EQ(with("half_json", 4),
            "the output of `sentinel test -json` cannot be understood: the JSON document ends too "
            "early");
}
TEST_F(BadSentinel, ExitNine) {
  EXPECT_EQ(with("exit_9", 4), "it exited with 9: flag provided but not defined: -json");
}
TEST_F(BadSentinel, TooOld) {
  EXPECT_EQ(with("old", 4), "it is version 0.18.13, older than 0.19.0");
}
TEST_F(BadSentinel, HangIsACaseThatTimedOut) {
  with("hang", 1, {"--case-timeout", "200ms"});
  EXPECT_NE(repository_.harness({"run", "--runtime", "cli", "--case-timeout", "200ms"})
                .out.find("stopped at the time limit of a case (`--case-timeout`)\n"),
            std::string::npos);
}

/// Mocks from a service that misbehaves.
class BadService : public BadInput {
 protected:
  void SetUp() override {
    BadInput::SetUp();
    repository_.set("TFE_TOKEN", "emulator-token");
    serve({.pending = std::chrono::milliseconds(1), .queued = std::chrono::milliseconds(1)});
  }

  /// A service with one run, and a manifest that wants its export; in place of the one before.
  void serve(const emulator::Timing& timing) {
    emulator::Options options;
    options.timing = timing;
    emulator_ = std::make_unique<emulator::Emulator>(options);
    ASSERT_TRUE(emulator_->start());
    add_run();
    repository_.set("TFE_ADDRESS", emulator_->address());
    use_mock("{ plan-export: { workspace: network-prod } }",
             "terraform: { address: \"" + emulator_->address() + "\", organization: acme }\n");
  }

  std::string host() const { return emulator_->address().substr(std::strlen("http://")); }

  void add_run() {
    const base::Path bundle = repository_.outside("bundle");
    repository_.write("../bundle/mock-tfplan-v2.sentinel", kMock);
    emulator_->state().add({.id = "run-8F5JFydVYAmtTjET",
                            .organization = "acme",
                            .workspace = "network-prod",
                            .created_at = "2026-11-20T10:00:00.000Z",
                            .folder = bundle});
  }

  bool nothing_recorded() const {
    return !repository_.has("fixtures/m") && !repository_.has("tests.lock.json");
  }

  std::unique_ptr<emulator::Emulator> emulator_;
};

TEST_F(BadService, RunsWhenNothingIsWrong) {
  const auto out = repository_.harness({"run", "--report", "json"});
  EXPECT_EQ(out.exit_code, 0) << out.err << out.out;
  EXPECT_TRUE(repository_.has("fixtures/m/mock-tfplan-v2.sentinel"));
  EXPECT_TRUE(repository_.has("tests.lock.json"));
  const auto requests = emulator_->statistics().requests;
  EXPECT_EQ(emulator_->statistics().tokens_at_archive, 0);
  EXPECT_EQ(emulator_->statistics().deletes, 1);

  repository_.unset("TFE_TOKEN");
  EXPECT_EQ(repository_.harness({"run", "-q"}).exit_code, 0);
  EXPECT_EQ(repository_.harness({"run", "--offline", "-q"}).exit_code, 0);
  EXPECT_EQ(emulator_->statistics().requests, requests);
}

TEST_F(BadService, NoToken) {
  repository_.unset("TFE_TOKEN");
  EXPECT_EQ(problem(3), "there is no token for `" + host() +
                            "`: looked at Terraform's CLI configuration and `TFE_TOKEN`");
  EXPECT_TRUE(nothing_recorded());
}

TEST_F(BadService, WrongToken) {
  repository_.set("TFE_TOKEN", "wrong-token");
  EXPECT_EQ(problem(3), "`" + host() +
                            "` does not accept the token: it answered 401 Unauthorized; the token "
                            "is that of `TFE_TOKEN`");
  EXPECT_TRUE(nothing_recorded());
}

TEST_F(BadService, GoneMidWay) {
  ASSERT_TRUE(emulator_->faults().add({.route = "archive", .kind = "short", .times = -1}));
  const std::string said = problem(3);
  EXPECT_TRUE(said.starts_with("the reply of `127.0.0.1` is cut short: its body has ")) << said;
  EXPECT_TRUE(said.ends_with("; it was cut short the second time, too")) << said;
  EXPECT_TRUE(nothing_recorded());
}

TEST_F(BadService, NothingIsFetchedWhenCiOrOffline) {
  repository_.set("CI", "true");
  const std::string none = "mock `m` has no fixture: there is nothing in `fixtures/m`, and ";
  EXPECT_EQ(problem(3), none + "--frozen (the default in CI) forbids to fetch it");
  repository_.unset("CI");
  EXPECT_EQ(problem(3, {"--offline"}), none + "--offline forbids to fetch it");
  EXPECT_TRUE(emulator_->statistics().requests.empty());
  EXPECT_TRUE(nothing_recorded());
}

/// Waits until `condition` holds; a minute at most.
template <class Condition>
bool wait_for(const Condition& condition) {
  const auto started = std::chrono::steady_clock::now();
  while (!condition()) {
    if (std::chrono::steady_clock::now() - started > std::chrono::minutes(1)) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

TEST_F(BadService, CtrlCWhileWaitingForAnExport) {
  serve({.pending = std::chrono::milliseconds(1), .queued = std::chrono::hours(1)});
  Running run = repository_.start({"run", "--report", "json=result.json"});
  ASSERT_TRUE(wait_for([this] { return !emulator_->statistics().creates.empty(); }));
  run.send(SIGINT);
  const auto out = run.wait();
  EXPECT_EQ(out.exit_code, 130) << out.err;
  EXPECT_EQ(exit_code_of(repository_.read("result.json")), 130);
  EXPECT_EQ(verdicts_of(repository_.read("result.json")), Lines{"c skipped"});
  EXPECT_TRUE(nothing_recorded());
  EXPECT_TRUE(repository_.is_tidy());
}

TEST_F(BadService, TimeOutWhileWaitingForAnExport) {
  serve({.pending = std::chrono::milliseconds(1), .queued = std::chrono::hours(1)});
  const auto out = repository_.harness({"run", "--timeout", "1s"});
  EXPECT_EQ(out.exit_code, 3) << out.err;
  EXPECT_NE(out.out.find(
                "      tests.yaml:4:3: the export of plan `plan-8F5JFydVYAmtTjET` was cancelled: "
                "the export that it had made was deleted again\n"
                "           4 |   m: { plan-export: { workspace: network-prod } }\n"
                "             |   ^ give the run more time with `--timeout`\n"),
            std::string::npos)
      << out.out;
  EXPECT_TRUE(nothing_recorded());
}

TEST_F(BadInput, CtrlCWhileAPolicyRuns) {
  repository_.write(
      "policies/p.sentinel",
      "xs = []\n"
      "for [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as _ { append(xs, 1) }\n"
      "for xs as _ { for xs as _ { for xs as _ { for xs as _ { for xs as _ { for xs as _ "
      "{ for xs as _ { for xs as _ { for xs as _ { for xs as _ { for xs as _ { for xs as "
      "_ { y = 1 } } } } } } } } } } } }\nmain = true\n");
  repository_.write("policies/quick.sentinel", "main = false\n");
  repository_.write("mocks/mock-tfplan-v2.sentinel", kMock);
  repository_.write("tests.yaml",
                    "version: 1\nmocks:\n  m: { directory: mocks }\ntests:\n"
                    "  - policy: policies/quick.sentinel\n    cases:\n"
                    "      - { name: q, mocks: m, expect: fail }\n"
                    "  - policy: policies/p.sentinel\n    cases:\n"
                    "      - { name: c, mocks: m, expect: fail }\n");
  Running run = repository_.start({"run", "-j", "1", "--progress", "plain", "--report",
                                   "json=result.json", "--report", "junit=junit.xml"});
  // A second of work shows that it is running; the policy would take days.
  std::this_thread::sleep_for(std::chrono::seconds(1));
  run.send(SIGINT);
  const auto out = run.wait();
  EXPECT_EQ(out.exit_code, 130) << out.err;
  EXPECT_EQ(verdicts_of(repository_.read("result.json")), (Lines{"q passed", "c skipped"}));
  EXPECT_TRUE(repository_.read("junit.xml").ends_with("</testsuites>\n"));
  EXPECT_TRUE(repository_.is_tidy());
}

/// What a pull request may not do by itself; with either runtime.
class Trust : public BadInput, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    repository_.use_sentinel(base::Path(HARNESS_BINARY_DIR) / "bin/harness");
    repository_.write("policies/p.sentinel", "main = false\n");
  }

  Lines problems(Lines arguments = {}) {
    arguments.insert(arguments.begin(), {"run", "--runtime", GetParam(), "--report", "json"});
    return problems_of(repository_.harness(arguments).out);
  }
};

TEST_P(Trust, PoliciesUseTheNetworkOnlyWhenAllowed) {
  repository_.write("policies/p.sentinel", "import \"http\"\nmain = false\n");
  repository_.write("http.sentinel", "get = func(url) { return url }\n");
  repository_.write(
      "tests.yaml",
      "version: 1\ntests:\n  - policy: policies/p.sentinel\n    cases:\n"
      "      - { name: real, expect: fail }\n"
      "      - { name: mocked, extra-mocks: { http: http.sentinel }, expect: fail }\n");
  EXPECT_EQ(problems(), (Lines{"the policy imports `http`: policies use the network only with "
                               "`--allow-network`",
                               "-"}));
  EXPECT_EQ(problems({"--allow-network"}), (Lines{"-", "-"}));
}

TEST_P(Trust, AnImportCannotBeHidden) {
  repository_.write("tests.yaml",
                    "version: 1\ntests:\n  - policy: policies/p.sentinel\n    cases:\n"
                    "      - { name: c, expect: fail }\n");
  const Lines refused{
      "the policy imports `http`: policies use the network only with `--allow-network`"};
  struct Row {
    const char* policy;
    bool refused;
  };
  constexpr Row kRows[] = {
      {"import \"http\"\nmain = false\n", true},
      {"// import\nimport \"strings\"\nimport \"http\" as h\nmain = false\n", true},
      {"/*\nx = 1\n*/\nimport \"http\"\nmain = false\n", true},
      {"# x\nimport \"strings\"\n/* import\nx = 1\n*/ import \"http\"\nmain = false\n", true},
      {"import \"ht\\x74p\"\nmain = false\n", true},
      {"import \"strings\"\nparam import_http default false\nmain = false\n", false},
      {"main = \"import http\" is \"\"\n", false},
  };
  for (const Row& row : kRows) {
    repository_.write("policies/p.sentinel", row.policy);
    EXPECT_EQ(problems(), row.refused ? refused : Lines{"-"}) << row.policy;
  }
}

TEST_P(Trust, ModulesCountToo) {
  repository_.write("policies/p.sentinel", "import \"m\"\nmain = m.x\n");
  repository_.write("m.sentinel", "import \"http\"\nx = false\n");
  repository_.write("tests.yaml",
                    "version: 1\ntests:\n  - policy: policies/p.sentinel\n    cases:\n"
                    "      - { name: c, modules: { m: m.sentinel }, expect: fail }\n");
  EXPECT_EQ(problems(), Lines{"the policy imports `http`: policies use the network only with "
                              "`--allow-network`"});
}

TEST_P(Trust, NativeCasesCountTooAndStay) {
  repository_.write("policies/p.sentinel", "import \"http\"\nmain = false\n");
  repository_.write("http.sentinel", "get = func(url) { return url }\n");
  repository_.write("policies/test/p/mocked.hcl",
                    "mock \"http\" {\n  module {\n    source = \"../../../http.sentinel\"\n  }\n}\n"
                    "test {\n  rules = {\n    main = false\n  }\n}\n");
  repository_.write("policies/test/p/real.hcl", "test {\n  rules = {\n    main = false\n  }\n}\n");
  repository_.write("tests.yaml", "version: 1\ntests:\n  - sentinel-tests: policies\n");
  EXPECT_EQ(problems(), (Lines{"-",
                               "the policy imports `http`: policies use the network only with "
                               "`--allow-network`"}));
  EXPECT_TRUE(repository_.has("policies/test/p/real.hcl"));
}

TEST_P(Trust, NativeCasesStartNoPrograms) {
  repository_.write("plugin.sh", "#!/bin/sh\ntouch \"$(dirname \"$0\")/ran\"\n");
  std::filesystem::permissions(repository_.path() / "plugin.sh", std::filesystem::perms::all);
  repository_.write("policies/test/p/a.hcl",
                    "import \"plugin\" \"x\" {\n  source = \"../../../plugin.sh\"\n}\n"
                    "test {\n  rules = {}\n}\n");
  repository_.write("policies/test/p/b.hcl", "test {\n  rules = {}\n}\n");
  repository_.write("tests.yaml", "version: 1\ntests:\n  - sentinel-tests: policies\n");
  EXPECT_EQ(problems(), (Lines{"the case starts a program as a plugin: plugins are started only "
                               "with `--allow-exec`",
                               "-"}));
  EXPECT_FALSE(repository_.has("ran"));
}

INSTANTIATE_TEST_SUITE_P(BothRuntimes, Trust, testing::Values("builtin", "cli"));

TEST_F(BadInput, CommandsOfAManifestNeedLeave) {
  use_mock("{ exec: [/bin/sh, -c, \"touch ran; exit 1\"] }");
  EXPECT_EQ(problem(3),
            "mock `m` runs a command: commands of a manifest are run only with `--allow-exec`");
  EXPECT_FALSE(repository_.has("ran"));
}

}  // namespace
}  // namespace end_to_end
