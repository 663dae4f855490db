// However a run ends, every report is written, whole, with a verdict for each case: Ctrl-C, the
// time limit, a mock that could not be had (exit 3), a runtime that is missing (exit 4).
#include <algorithm>
#include <string>

#include <gtest/gtest.h>
#include <signal.h>
#include <simdjson.h>

#include "tests/end_to_end/repository.h"

namespace end_to_end {
namespace {

using Lines = std::vector<std::string>;

/// Takes days.
constexpr std::string_view kEndless =
    "xs = []\nfor [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as _ { append(xs, 1) }\n"
    "for xs as _ { for xs as _ { for xs as _ { for xs as _ { for xs as _ { for xs as _ { for xs as "
    "_ { for xs as _ { for xs as _ { for xs as _ { for xs as _ { for xs as _ { y = 1 } } } } } } } "
    "} } } } }\nmain = true\n";

struct Format {
  const char* name;
  const char* begins;
  const char* ends;
  bool json = false;
};

constexpr Format kFormats[] = {
    {"json", "{", "}\n", true},
    {"jsonl", "{\"schema\":\"harness/result/1\",\"event\":\"run-started\"", "}\n"},
    {"junit", "<?xml ", "</testsuites>\n"},
    {"junit-strict", "<?xml ", "</testsuites>\n"},
    {"tap", "TAP version 14\n1..2\n", "\n"},
    {"tap13", "TAP version 13\n1..3\n", "\n"},
    {"sarif", "{", "}\n", true},
    {"github", "", ""},
    {"gitlab", "[", "]\n", true},
    {"azure", "", "\n"},
    {"markdown", "### ", "</details>\n"},
    {"cobertura", "<?xml ", "</coverage>\n"},
    {"html", "<!doctype html>\n", "</html>\n"},
    {"text", "", "s\n"},
    {"lcov", "", ""},
};

struct End {
  const char* name;
  const char* mock;
  Lines arguments;
  int signal;
  int exit_code;
  Lines verdicts;
  const char* skipped = "";  // why the last case was
  const char* said = "";     // above the line of counts
};

const End kEnds[] = {
    {"CtrlC",
     "{ directory: mocks }",
     {},
     SIGINT,
     130,
     {"q passed", "c skipped", "d skipped"},
     "the run was interrupted",
     "error: the run was interrupted: 2 cases did not finish\n"},
    {"Terminated",
     "{ directory: mocks }",
     {},
     SIGTERM,
     143,
     {"q passed", "c skipped", "d skipped"},
     "the run was terminated",
     "error: the run was terminated: 2 cases did not finish\n"},
    {"TimeLimit",
     "{ directory: mocks }",
     {"--timeout", "6s"},
     0,
     1,
     {"q passed", "c skipped", "d skipped"},
     "the time limit of the run was reached",
     "error: the time limit of the run was reached (6.00 s): 2 cases did not finish\n"
     "    give the run more time with `--timeout`\n"},
    {"MissingMock", "{ archive: mocks.tar.gz }", {}, 0, 3, {"q passed", "c error", "d error"}},
    {"MissingRuntime",
     "{ directory: mocks }",
     {"--runtime", "cli"},
     0,
     4,
     {"q error", "c error", "d error"}},
};

class Ended : public testing::TestWithParam<End> {};

TEST_P(Ended, EveryReportIsWhole) {
  const End& end = GetParam();
  const Repository repository;
  repository.write("policies/p.sentinel", kEndless);
  repository.write("policies/quick.sentinel", "main = false\n");
  repository.write("mocks/mock-tfplan-v2.sentinel", kMock);
  repository.write("mocks.tar.gz", "no archive");
  repository.write("tests.yaml", "version: 1\nmocks:\n  m: " + std::string(end.mock) +
                                     "\ntests:\n"
                                     "  - policy: policies/quick.sentinel\n    cases:\n"
                                     "      - { name: q, expect: fail }\n"
                                     "  - policy: policies/p.sentinel\n    cases:\n"
                                     "      - { name: c, mocks: m, expect: fail }\n"
                                     "      - { name: d, mocks: m, expect: fail }\n");
  Lines arguments = {"run", "-j", "1", "--progress", "plain"};
  arguments.insert(arguments.end(), end.arguments.begin(), end.arguments.end());
  const bool stopped = *end.skipped != '\0';
  if (stopped) arguments.emplace_back("--coverage");
  std::vector<Format> formats;
  for (const Format& format : kFormats) {
    const bool of_coverage =
        std::string_view(format.name) == "lcov" || std::string_view(format.name) == "cobertura";
    if (of_coverage && !stopped) continue;
    formats.push_back(format);
    arguments.emplace_back("--report");
    arguments.push_back(std::string(format.name) + "=out/" + format.name);
  }
  Running running = repository.start(arguments);
  if (end.signal != 0) {
    // The quick policy is done, so the endless one runs.
    running.wait_until(
        [](const std::string& err) { return err.find("quick.sentinel") != std::string::npos; },
        true);
    running.send(end.signal);
  }
  const auto out = running.wait();
  EXPECT_EQ(out.exit_code, end.exit_code) << out.err;
  EXPECT_FALSE(out.timed_out);
  EXPECT_EQ(exit_code_of(repository.read("out/json")), end.exit_code);
  EXPECT_EQ(verdicts_of(repository.read("out/json")), end.verdicts);
  EXPECT_EQ(skip_reason_of(repository.read("out/json"), 2), end.skipped);
  for (const Format& format : formats) {
    SCOPED_TRACE(format.name);
    const std::string text = repository.read(std::string("out/") + format.name);
    EXPECT_TRUE(text.starts_with(format.begins)) << text;
    EXPECT_TRUE(text.ends_with(format.ends)) << text;
    if (format.json) {
      simdjson::dom::parser parser;
      EXPECT_FALSE(parser.parse(text).error()) << text;
    }
  }
  const std::string events = repository.read("out/jsonl");
  const std::size_t last = events.rfind('\n', events.size() - 2);
  EXPECT_NE(events.find("\"event\":\"run-finished\"", last), std::string::npos) << events;
  EXPECT_NE(events.find("\"exit_code\":" + std::to_string(end.exit_code), last), std::string::npos);
  EXPECT_NE(repository.read("out/tap").find("\nBail out! " + std::string(end.skipped)),
            std::string::npos);
  EXPECT_NE(repository.read("out/junit")
                .find("<testsuites name=\"harness\" tests=\"3\" failures=\"0\" errors=\"" +
                      std::string(end.exit_code == 4 ? "3" : "2") + "\" skipped=\"0\""),
            std::string::npos);
  if (!stopped) return;
  const std::string last_lines = std::string(end.said) + "1 passed, 0 failed, 0 errors, 2 skipped";
  EXPECT_NE(out.out.find(last_lines), std::string::npos) << out.out;
  EXPECT_NE(out.err.find("STOP  policies/p.sentinel  2 cases, 2 not finished\n"), std::string::npos)
      << out.err;
  EXPECT_EQ(out.err.find("done  policies/p.sentinel"), std::string::npos) << out.err;
  EXPECT_EQ(repository.harness({"list", "--failed"}).out.find("quick"), std::string::npos);
  const auto failed = repository.harness({"run", "--failed", "--timeout", "1s"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_NE(failed.out.find("0 passed, 0 failed, 0 errors, 2 skipped"), std::string::npos)
      << failed.out;
}

INSTANTIATE_TEST_SUITE_P(Ends, Ended, testing::ValuesIn(kEnds),
                         [](const testing::TestParamInfo<End>& end) { return end.param.name; });

}  // namespace
}  // namespace end_to_end
