// Selection and loops as a user or a CI system works them: --watch, --changed, --failed, shards by
// environment variables, --fail-fast, --durations, --coverage, --trace, --runtime both.
#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <signal.h>

#include "plugin/base/file.h"
#include "tests/end_to_end/repository.h"

namespace end_to_end {
namespace {

using Lines = std::vector<std::string>;

constexpr std::string_view kManifest = R"(version: 1
mocks:
  one: { directory: mocks/one }
  two: { directory: mocks/two }
tests:
  - policy: policies/a.sentinel
    tags: [quick]
    modules: { m: common/m.sentinel }
    cases:
      - { name: a1, mocks: one, expect: fail }
  - policy: policies/b.sentinel
    cases:
      - { name: b1, mocks: two, expect: fail }
      - { name: b2, mocks: two, expect: fail }
  - sentinel-tests: policies
)";

constexpr std::string_view kNative =
    "mock \"tfplan/v2\" {\n  module {\n    source = \"../../../mocks/native.sentinel\"\n  }\n}\n"
    "test {\n  rules = {\n    main = false\n  }\n}\n";

class Loop : public testing::Test {
 protected:
  void SetUp() override {
    repository_.write("tests.yaml", kManifest);
    repository_.write("mocks/one/mock-tfplan-v2.sentinel", kMock);
    repository_.write("mocks/two/mock-tfplan-v2.sentinel", kMock);
    repository_.write("mocks/native.sentinel", kMock);
    repository_.write("common/m.sentinel",
                      "closed = func(blocks) {\n\treturn blocks not contains "
                      "\"0.0.0.0/0\"\n}\n");
    repository_.write("policies/a.sentinel",
                      "import \"tfplan/v2\" as tfplan\nimport \"m\"\n\nmain = rule {\n\tall "
                      "tfplan.resource_changes as _, rc { m.closed(rc.change.after.cidr_blocks) "
                      "}\n}\n");
    repository_.write("policies/b.sentinel", kPolicy);
    repository_.write("policies/c.sentinel", kPolicy);
    for (const char* name : {"x", "y", "z"})
      repository_.write("policies/test/c/" + std::string(name) + ".hcl", kNative);
  }

  /// Git in the repository, everything committed.
  void commit() const {
    for (const Lines& words : {Lines{"init", "-q"}, Lines{"add", "."},
                               Lines{"-c", "user.name=a", "-c", "user.email=a@example.com",
                                     "commit", "-q", "-m", "x"}}) {
      const auto out = base::run_child({.program = "/usr/bin/git",
                                        .arguments = words,
                                        .environment = {{"PATH", "/usr/bin:/bin"},
                                                        {"HOME", repository_.path().string()},
                                                        {"GIT_CONFIG_NOSYSTEM", "1"}},
                                        .working_directory = repository_.path()},
                                       base::CancelToken());
      ASSERT_TRUE(out && out->exit_code == 0) << (out ? out->err : "git does not start");
    }
  }

  Lines ran(Lines arguments) const {
    arguments.insert(arguments.begin(), {"run", "--report", "json"});
    const auto out = repository_.harness(arguments);
    Lines names;
    for (const std::string& line : verdicts_of(out.out))
      names.push_back(line.substr(0, line.find(' ')));
    return names;
  }

  Repository repository_;
  const Lines all_ = {"a1", "b1", "b2", "x.hcl", "y.hcl", "z.hcl"};
};

/// How often `what` stands in a running program's output, once it does so `times` times; fewer when
/// a minute has passed.
std::size_t seen(const Running& running, std::string_view what, std::size_t times, bool err) {
  std::size_t count = 0;
  const auto count_now = [&](const std::string& text) {
    count = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
      ++count;
    return count >= times;
  };
  running.wait_until(count_now, err);
  return count;
}

TEST_F(Loop, WatchRunsWhatAChangeAffects) {
  Running running = repository_.start({"run", "--watch", "--fail-fast", "--color", "never"});
  std::size_t waits = 1, runs = 1;
  ASSERT_EQ(seen(running, "waiting for changes", waits, true), waits);
  EXPECT_EQ(seen(running, " passed, ", runs, false), runs);
  const auto last_line = [&running] {
    const std::string out = running.output(false);
    const std::size_t end = out.rfind(" skipped");
    const std::size_t begin = out.rfind('\n', end);
    return out.substr(begin == std::string::npos ? 0 : begin + 1,
                      end - (begin == std::string::npos ? 0 : begin + 1));
  };
  EXPECT_EQ(last_line(), "6 passed, 0 failed, 0 errors, 0");

  // Written aside and renamed, as editors do: one change, whole.
  const auto change = [this](const std::string& file, const std::string& text) {
    repository_.write(".harness/aside", text);
    std::filesystem::create_directories((repository_.path() / file).parent_path());
    std::filesystem::rename(repository_.path() / ".harness/aside", repository_.path() / file);
  };
  const struct {
    std::string file;
    std::string added;
    std::string said;  // empty: nothing runs
  } changes[] = {
      {"policies/a.sentinel", "# a\n", "1 passed, 0 failed, 0 errors, 0"},
      {"common/m.sentinel", "# m\n", "1 passed, 0 failed, 0 errors, 0"},
      {"mocks/two/mock-tfplan-v2.sentinel", "# two\n", "2 passed, 0 failed, 0 errors, 0"},
      {"README.md", "# nothing\n", ""},
      {"policies/test/c/y.hcl", "# y\n", "1 passed, 0 failed, 0 errors, 0"},
      {"mocks/native.sentinel", "# native\n", "3 passed, 0 failed, 0 errors, 0"},
      {"policies/b.sentinel", "# b\nmain = rule { true }\n", "0 passed, 2 failed, 0 errors, 0"},
      {"policies/b.sentinel", "# b\n", "2 passed, 0 failed, 0 errors, 0"},
      {"tests.yaml", "# manifest\n", "6 passed, 0 failed, 0 errors, 0"},
  };
  for (const auto& one : changes) {
    SCOPED_TRACE(one.file + " " + one.added);
    const std::string before = one.file == "README.md"             ? ""
                               : one.file == "policies/b.sentinel" ? std::string(kPolicy)
                                                                   : repository_.read(one.file);
    change(one.file, before + one.added);
    ASSERT_EQ(seen(running, "waiting for changes", ++waits, true), waits) << running.output(true);
    if (one.said.empty()) continue;
    ASSERT_EQ(seen(running, " skipped (", ++runs, false), runs) << running.output(false);
    EXPECT_EQ(last_line(), one.said);
  }
  // A manifest that is wrong is explained, and the next change mends it.
  change("tests.yaml", "version: 1\ntset: []\n");
  ASSERT_EQ(seen(running, "waiting for changes", ++waits, true), waits);
  EXPECT_NE(running.output(true).find("unknown key `tset`"), std::string::npos);
  change("tests.yaml", std::string(kManifest));
  ASSERT_EQ(seen(running, "waiting for changes", ++waits, true), waits);
  EXPECT_EQ(seen(running, " skipped (", ++runs, false), runs);
  running.send(SIGINT);
  EXPECT_EQ(running.wait().exit_code, 0);
}

TEST_F(Loop, ChangedTakesWhatDiffersFromACommit) {
  std::filesystem::remove(repository_.path() / ".git");
  commit();
  EXPECT_EQ(ran({"--changed"}), Lines{});
  EXPECT_EQ(repository_.harness({"run", "--changed"}).exit_code, 0);
  const struct {
    std::string file;
    Lines runs;
  } changes[] = {
      {"common/m.sentinel", {"a1"}},
      {"policies/b.sentinel", {"b1", "b2"}},
      {"mocks/two/mock-tfplan-v2.sentinel", {"b1", "b2"}},
      {"policies/test/c/y.hcl", {"y.hcl"}},
      {"mocks/native.sentinel", {"x.hcl", "y.hcl", "z.hcl"}},
      {"tests.yaml", all_},
      {"README.md", {}},
  };
  for (const auto& change : changes) {
    SCOPED_TRACE(change.file);
    const bool fresh = !repository_.has(change.file);
    const std::string before = fresh ? "" : repository_.read(change.file);
    repository_.write(change.file, before + "# changed\n");
    EXPECT_EQ(ran({"--changed"}), change.runs);
    EXPECT_EQ(ran({"--changed=HEAD"}), change.runs);
    if (fresh)
      std::filesystem::remove(repository_.path() / change.file);
    else
      repository_.write(change.file, before);
  }
  repository_.set("HARNESS_CHANGED", "HEAD");
  repository_.write("common/m.sentinel", repository_.read("common/m.sentinel") + "# changed\n");
  EXPECT_EQ(ran({}), Lines{"a1"});
  repository_.set("HARNESS_CHANGED", "no-such-commit");
  const auto wrong = repository_.harness({"run"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_NE(wrong.err.find("what changed since `no-such-commit` cannot be told"),
            std::string::npos);
}

TEST_F(Loop, FailedRunsWhatFailedLast) {
  repository_.write("policies/b.sentinel", "main = rule { true }\n");
  EXPECT_EQ(repository_.harness({"run"}).exit_code, 1);
  EXPECT_EQ(ran({"--failed"}), (Lines{"b1", "b2"}));
  repository_.write("policies/b.sentinel", kPolicy);
  repository_.set("HARNESS_FAILED", "1");
  EXPECT_EQ(ran({}), (Lines{"b1", "b2"}));
  const auto none = repository_.harness({"run"});
  EXPECT_EQ(none.exit_code, 0);
  EXPECT_NE(none.out.find("nothing failed in the last run"), std::string::npos) << none.out;
}

TEST_F(Loop, ShardsOfEveryCiCoverEachCaseOnce) {
  const struct {
    const char* name;
    std::size_t first;  // what the first shard is called
    const char* index;
    const char* total;
  } systems[] = {{"GitLab", 1, "CI_NODE_INDEX", "CI_NODE_TOTAL"},
                 {"Bazel", 0, "TEST_SHARD_INDEX", "TEST_TOTAL_SHARDS"}};
  for (const auto& system : systems) {
    SCOPED_TRACE(system.name);
    Lines together;
    for (std::size_t i = 0; i < 4; ++i) {
      repository_.set(system.index, std::to_string(i + system.first));
      repository_.set(system.total, "4");
      const Lines some = ran({});
      EXPECT_GE(some.size(), 1U);
      EXPECT_LE(some.size(), 2U);
      together.insert(together.end(), some.begin(), some.end());
    }
    std::sort(together.begin(), together.end());
    EXPECT_EQ(together, all_);
    // The option is stronger.
    EXPECT_EQ(ran({"--shard", "1/1"}), all_);
    repository_.unset(system.index);
    repository_.unset(system.total);
  }
  repository_.set("HARNESS_SHARD", "3/3");
  EXPECT_EQ(ran({}).size(), 2U);
  repository_.set("HARNESS_SHARD", "9/9");
  EXPECT_EQ(ran({}), Lines{});
  EXPECT_EQ(repository_.harness({"run"}).exit_code, 0) << "an empty shard is no failure";
}

TEST_F(Loop, SpeaksBazelsTestProtocol) {
  const base::Path files = repository_.outside("bazel");
  repository_.set("TEST_TOTAL_SHARDS", "2");
  repository_.set("TEST_SHARD_INDEX", "1");
  repository_.set("TEST_SHARD_STATUS_FILE", (files / "shard").string());
  repository_.set("XML_OUTPUT_FILE", (files / "out/test.xml").string());
  std::filesystem::create_directories(files / "out");
  EXPECT_EQ(repository_.harness({"run"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(files / "shard"));
  const auto xml = base::read_file(files / "out/test.xml");
  ASSERT_TRUE(xml);
  EXPECT_NE(xml->find("<testsuites name=\"harness\" tests=\"3\" failures=\"0\""), std::string::npos)
      << *xml;
}

TEST_F(Loop, FailFastStopsAtTheFirstFailure) {
  // One mock for both: the cases are ready in the manifest's order.
  repository_.write("tests.yaml", R"(version: 1
mocks:
  one: { directory: mocks/one }
tests:
  - { policy: policies/a.sentinel, cases: [ { name: a1, mocks: one, expect: fail } ] }
  - { policy: policies/b.sentinel, cases: [ { name: b1, mocks: one }, { name: b2, mocks: one } ] }
)");
  repository_.write("policies/a.sentinel", "main = rule { true }\n");
  for (const bool by_variable : {false, true}) {
    if (by_variable) repository_.set("HARNESS_FAIL_FAST", "true");
    Lines words = {"run", "-j", "1", "--report", "json"};
    if (!by_variable) words.emplace_back("--fail-fast");
    const auto out = repository_.harness(words);
    EXPECT_EQ(out.exit_code, 1);
    Lines skipped;
    for (const std::string& line : verdicts_of(out.out))
      if (line.ends_with(" skipped")) skipped.push_back(line);
    EXPECT_EQ(skipped, (Lines{"b1 skipped", "b2 skipped"}));
    EXPECT_NE(out.out.find("the run stopped at the first failure"), std::string::npos);
  }
}

TEST_F(Loop, ListsTheSlowestCases) {
  const auto slowest = [](const std::string& text) {
    const std::size_t at = text.find("slowest cases\n");
    const std::size_t end = text.find("\n\n", at);
    if (at == std::string::npos) return std::ptrdiff_t{-1};
    return std::count(text.begin() + static_cast<std::ptrdiff_t>(at),
                      text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
  };
  EXPECT_EQ(slowest(repository_.harness({"run", "--durations", "2"}).out), 2);
  EXPECT_EQ(slowest(repository_.harness({"run"}).out), -1);
  repository_.set("HARNESS_DURATIONS", "4");
  EXPECT_EQ(slowest(repository_.harness({"run"}).out), 4);
}

TEST_F(Loop, CoverageBelowThePercentFails) {
  repository_.write("policies/b.sentinel",
                    std::string(kPolicy) + "\nnever = func() {\n\treturn 1\n}\n");
  const auto enough = repository_.harness({"run", "--runtime", "builtin", "--coverage=50"});
  EXPECT_EQ(enough.exit_code, 0) << enough.out;
  EXPECT_NE(enough.out.find("policies/b.sentinel  not run: "), std::string::npos) << enough.out;
  repository_.set("HARNESS_COVERAGE", "100");
  const auto little =
      repository_.harness({"run", "--runtime", "builtin", "--report", "lcov=out/lcov"});
  EXPECT_EQ(little.exit_code, 1) << little.out;
  EXPECT_NE(little.out.find(" % of 10 lines, less than the 100.0 % that `--coverage` asks for\n"
                            "6 passed, 0 failed, "),
            std::string::npos)
      << little.out;
  EXPECT_NE(repository_.read("out/lcov").find("SF:policies/b.sentinel\n"), std::string::npos);
}

// Functions of mocks are the tests' own, and stand at no path of the repository.
TEST_F(Loop, CoverageCountsNoMocks) {
  const std::string code = std::string(kMock) + "never = func() {\n\treturn 1\n}\n";
  for (const char* mock : {"mocks/one/mock-tfplan-v2.sentinel", "mocks/two/mock-tfplan-v2.sentinel",
                           "mocks/native.sentinel"})
    repository_.write(mock, code);
  const auto out =
      repository_.harness({"run", "--runtime", "builtin", "--coverage", "--report", "lcov=lcov"});
  EXPECT_EQ(out.exit_code, 0) << out.out;
  std::istringstream lines(repository_.read("lcov"));
  Lines files;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("SF:")) files.push_back(line.substr(3));
  EXPECT_EQ(files, (Lines{"common/m.sentinel", "policies/a.sentinel", "policies/b.sentinel",
                          "policies/c.sentinel"}));
}

TEST_F(Loop, TraceShowsEveryCase) {
  const auto plain = repository_.harness({"run", "--runtime", "builtin"});
  EXPECT_EQ(plain.out.find("trace"), std::string::npos);
  const auto traced = repository_.harness({"run", "--runtime", "builtin", "--trace"});
  EXPECT_NE(traced.out.find("      trace    "), std::string::npos) << traced.out;
  repository_.set("HARNESS_TRACE", "1");
  EXPECT_EQ(repository_.harness({"run", "--runtime", "builtin"}).out.find("      trace    "),
            traced.out.find("      trace    "));
}

// A runtime that says that everything passed: one of the two is wrong.
TEST_F(Loop, ADifferenceOfTheRuntimesIsAFailure) {
  const base::Path program = repository_.outside("fake") / "sentinel";
  std::ofstream(program)
      << "#!/bin/sh\nif [ \"$1\" = version ] || [ \"$1\" = --version ]; then\n  exec "
      << HARNESS_BINARY_DIR << "/bin/harness sentinel \"$@\"\nfi\n"
      << HARNESS_BINARY_DIR
      << "/bin/harness sentinel \"$@\" | sed 's/\"\\(value\\|result\\)\": *false/\"\\1\": "
         "true/g'\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  repository_.use_sentinel(program);
  repository_.set("HARNESS_RUNTIME", "both");
  const auto out = repository_.harness({"run", "--filter", "b1", "--report", "json"});
  EXPECT_EQ(out.exit_code, 1) << out.out << out.err;
  EXPECT_NE(out.out.find("\"subject\": \"runtimes\""), std::string::npos) << out.out;
}

}  // namespace
}  // namespace end_to_end
