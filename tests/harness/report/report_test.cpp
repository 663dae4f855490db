// Every format against golden files: a run with one case of each kind, the same with hostile text,
// and an empty one.
#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

#include "harness/report/clean.h"
#include "harness/report/coverage.h"
#include "harness/report/github.h"
#include "harness/report/html.h"
#include "harness/report/json.h"
#include "harness/report/markdown.h"
#include "harness/report/read_json.h"
#include "harness/report/table.h"
#include "harness/report/text.h"
#include "tests/golden.h"
#include "tests/harness/report/sample.h"

namespace harness {
namespace {

TEST(Report, EveryFormatRendersEverySample) {
  for (const FormatRow& format : formats()) {
    if (format.render == nullptr) continue;
    const std::string name(format.name);
    golden::expect_golden("sample." + name, format.render(sample_run()));
    golden::expect_golden("hostile." + name, format.render(hostile_run()));
    golden::expect_golden("empty." + name, format.render(empty_run()));
    golden::expect_golden("stopped." + name, format.render(stopped_run()));
  }
}

TEST(Report, NoFormatLetsAControlCharacterThrough) {
  for (const FormatRow& format : formats()) {
    const std::string text = format.render == nullptr ? render_text(hostile_run(), {.verbosity = 2})
                                                      : format.render(hostile_run());
    SCOPED_TRACE(format.name);
    EXPECT_TRUE(std::none_of(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
    }));
    EXPECT_EQ(text.find('\xff'), std::string::npos);
  }
}

// Whatever the format, it may be written to the log of a CI system.
TEST(Report, NoFormatGivesAPolicyACommand) {
  for (const FormatRow& format : formats()) {
    SCOPED_TRACE(format.name);
    std::istringstream lines(format.render == nullptr
                                 ? render_text(hostile_run(), {.verbosity = 2, .trace = true})
                                 : format.render(hostile_run()));
    for (std::string line; std::getline(lines, line);) {
      line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
      if (format.name == "github" && line.starts_with("::error ")) continue;
      if (format.name == "azure" && line.starts_with("##vso[task.")) line.erase(0, 2);
      EXPECT_FALSE(line.starts_with("::")) << line;
      EXPECT_EQ(line.find("##vso["), std::string::npos) << line;
      EXPECT_EQ(line.find("##["), std::string::npos) << line;
    }
  }
}

TEST(Report, ASavedResultIsReadAsItWas) {
  for (const RunReport& report : {sample_run(), hostile_run(), empty_run(), stopped_run()}) {
    const std::string saved = render_json(report);
    const auto read = read_json_report(saved, "result.json");
    ASSERT_TRUE(read) << to_text(read.error());
    EXPECT_EQ(render_json(*read), saved);
  }
}

TEST(Report, ASavedResultIsShownAsTheRunWas) {
  for (const RunReport& report : {sample_run(), empty_run(), stopped_run()}) {
    const auto read = read_json_report(render_json(report), "result.json");
    ASSERT_TRUE(read) << to_text(read.error());
    EXPECT_EQ(render_text(*read, {}), render_text(report, {}));
    EXPECT_EQ(render_html(*read), render_html(report));
  }
}

TEST(Report, RefusesWhatIsNoResult) {
  const auto why = [](std::string_view text) {
    const auto read = read_json_report(text, "x.json");
    return read ? "" : read.error().why;
  };
  EXPECT_EQ(why("[]"), "its `schema` is ``, expected `harness/result/1`");
  EXPECT_EQ(why(R"({"schema": "harness/result/9"})"),
            "its `schema` is `harness/result/9`, expected `harness/result/1`");
  EXPECT_EQ(why("{"),
            "The JSON document has an improper structure: missing or superfluous commas, braces, "
            "missing keys, etc.");
  EXPECT_EQ(why(""), "Empty: no JSON found");
  const auto with = [&why](const std::string& cases) {
    return why(R"({"schema": "harness/result/1")" + cases + "}");
  };
  EXPECT_EQ(with(""), "it has no `cases`");
  EXPECT_EQ(with(R"(, "cases": "x")"), "its `cases` is no list");
  EXPECT_EQ(with(R"(, "cases": ["x"])"), "case 1 is no object");
  EXPECT_EQ(with(R"(, "cases": [{"verdict": "passed"}])"), "case 1 has no `full_name`");
  EXPECT_EQ(with(R"(, "cases": [{"full_name": "p/a", "verdict": "passed"}, {"full_name": "p/b"}])"),
            "case 2, `p/b`, has no `verdict`");
  EXPECT_EQ(with(R"(, "cases": [{"full_name": "p/a", "verdict": "fine"}])"),
            "case 1, `p/a`, has the `verdict` `fine`, expected passed, failed, error or skipped");
  EXPECT_EQ(with(R"(, "cases": [])"), "");
}

TEST(Report, TheExitCodeIsThatOfTheVerdicts) {
  struct Row {
    const char* sentence;
    const char* members;
    std::vector<ExitReason> reasons;
  };
  const Row rows[] = {
      {"a failure that the exit code denies",
       R"("exit_code": 0, "cases": [{"full_name": "a", "verdict": "failed"}])",
       {{1, "1 case failed"}}},
      {"an error without a mock",
       R"("cases": [{"full_name": "a", "verdict": "error", "error_kind": "mock"}])",
       {{3, "1 case without a mock"}}},
      {"an exit code that no reason explains",
       R"("exit_code": 4, "cases": [{"full_name": "a", "verdict": "passed"}])",
       {{4, "exit code 4 of `x.json`"}}},
      {"nothing wrong",
       R"("exit_code": 0, "cases": [{"full_name": "a", "verdict": "passed"}])",
       {}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.sentence);
    const auto read = read_json_report(
        R"({"schema": "harness/result/1", )" + std::string(row.members) + "}", "x.json");
    ASSERT_TRUE(read) << to_text(read.error());
    const RunReport merged = merge_reports({*read});
    EXPECT_EQ(merged.reasons, row.reasons);
    EXPECT_EQ(merged.exit_code, row.reasons.empty() ? 0 : row.reasons[0].code);
  }
}

TEST(Report, WhatTwoRunsJudgedIsAConflict) {
  RunReport first = stopped_run();
  RunReport second = stopped_run();
  second.cases.erase(second.cases.begin());
  second.cases[0].verdict = Verdict::Passed;  // it did not run before
  EXPECT_EQ(merge_conflicts({first, second}, {"a.json", "b.json"}),
            std::vector<base::Diagnostic>{});
  const auto said = [](const std::vector<RunReport>& reports) {
    std::string out;
    for (const base::Diagnostic& one : merge_conflicts(reports, {"a.json", "b.json"}))
      out += to_text(one) + "\n";
    return out;
  };
  const std::string advice = "    give the results of one run, or of its shards\n\n";
  EXPECT_EQ(said({first, first}),
            "case `policies/restrict-ssh/ssh open to the world is denied` ran in `a.json` and "
            "again in `b.json`\n" +
                advice);
  EXPECT_EQ(said({sample_run(), sample_run()}),
            "case `policies/restrict-ssh/private ingress is allowed` and 6 more cases ran in "
            "`a.json` and again in `b.json`\n" +
                advice);
}

TEST(Report, WhatAStoppedRunLeftIsTakenFromTheNext) {
  const RunReport first = stopped_run();
  RunReport second = stopped_run();
  second.cases = {first.cases[1]};
  second.cases[0].verdict = Verdict::Passed;
  second.cases[0].cut_off = false;
  second.reasons.clear();
  second.problems.clear();
  second.exit_code = 0;
  EXPECT_EQ(merge_reports({first, second}).reasons, first.reasons) << "one case is still left";
  RunReport third = second;
  third.cases[0].name = first.cases[2].name;
  third.cases[0].full_name = first.cases[2].full_name;
  const RunReport merged = merge_reports({first, second, third});
  EXPECT_EQ(merged.exit_code, 0);
  EXPECT_EQ(render_text(merged, {}),
            "3 passed, 0 failed, 0 errors, 1 skipped (2 policies, 2 mocks, builtin 1.0) in 0.41 "
            "s\n");
}

TEST(Report, WhatStoppedTheRunIsAnnotatedBeforeItsCases) {
  RunReport report = sample_run();
  report.cases.resize(1);
  report.problems = {{.what = "coverage is too low"}};
  EXPECT_TRUE(render_github(report).starts_with("::error title=harness::coverage is too low%0A\n"));
  report.cases[0].problem = report.problems[0];
  EXPECT_TRUE(render_github(report).starts_with("::error file=")) << "said once";
}

TEST(Report, ShardsBecomeOneRun) {
  RunReport first = sample_run();
  RunReport second = sample_run();
  first.cases.resize(2);
  second.cases.erase(second.cases.begin());
  second.duration = std::chrono::seconds(3);
  second.reasons = {{3, "1 case without a mock"}};
  second.exit_code = 3;
  second.cases.front().verdict = Verdict::Skipped;  // the first shard ran it
  const RunReport merged = merge_reports({first, second, empty_run()});
  EXPECT_EQ(merged.cases.size(), sample_run().cases.size());
  EXPECT_EQ(merged.cases[1].verdict, Verdict::Passed);
  EXPECT_EQ(merged.exit_code, 1);
  EXPECT_EQ(merged.duration, std::chrono::seconds(3));
  const std::vector<ExitReason> reasons = {
      {1, "5 cases failed"}, {3, "1 case without a mock"}, {3, "1 case without a mock"}};
  EXPECT_EQ(merged.reasons, reasons);
}

TEST(Report, CountsCoverage) {
  const RunReport report = covered_run();
  EXPECT_EQ(coverage_share(report.coverage()).text(), "66.6 % of 3 lines");
  EXPECT_EQ(render_lcov(report),
            "TN:\nSF:p.sentinel\nDA:1,2\nDA:2,4\nDA:3,0\nLF:3\nLH:2\nend_of_record\n");
  golden::expect_golden("coverage.cobertura", render_cobertura(report));
  golden::expect_golden("coverage.text", render_text(report, {}));
}

TEST(Report, MarkdownStaysWithinALimit) {
  const std::string whole = render_markdown(sample_run());
  for (std::size_t most = 1'000; most < whole.size(); most += 300) {
    const std::string cut = render_markdown_within(sample_run(), most);
    EXPECT_LE(cut.size(), most);
    EXPECT_NE(cut.find("more\n"), std::string::npos);
  }
}

TEST(Report, GithubAnnotationsStayBelowItsCap) {
  RunReport report = sample_run();
  const CaseReport failed = report.cases[0];
  report.cases.assign(50, failed);
  const std::string text = render_github(report);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
  EXPECT_TRUE(text.ends_with("::error title=harness::…and 41 more, see the summary\n"));
}

TEST(Report, EveryFormatHasHelpAndAName) {
  for (const FormatRow& format : formats()) {
    EXPECT_FALSE(format.help.empty()) << format.name;
    EXPECT_EQ(find_format(format.name), &format);
  }
  EXPECT_EQ(find_format("xml"), nullptr);
}

TEST(TextReport, ShowsFailuresAndOneLine) {
  golden::expect_golden("text", render_text(sample_run(), {}));
}

TEST(TextReport, SaysWhatStoppedTheRunAboveTheLastLine) {
  EXPECT_EQ(render_text(stopped_run(), {}),
            "error: the time limit of the run was reached (0.40 s): 2 cases did not finish\n"
            "    give the run more time with `--timeout`\n"
            "1 passed, 0 failed, 0 errors, 3 skipped (2 policies, 2 mocks, builtin 1.0) in 0.41 "
            "s\n");
}

TEST(TextReport, ShowsEveryCaseWhenVerbose) {
  golden::expect_golden("text_verbose", render_text(sample_run(), {.verbosity = 1}));
}

TEST(TextReport, FitsNarrowTerminals) {
  golden::expect_golden("text_narrow", render_text(sample_run(), {.width = 60}));
}

TEST(TextReport, DoesWithoutUtf8) {
  const std::string text = render_text(sample_run(), {.utf8 = false});
  EXPECT_TRUE(std::all_of(text.begin(), text.end(),
                          [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
  golden::expect_golden("text_ascii", text);
}

TEST(TextReport, ColoursWhenAsked) {
  golden::expect_golden("text_colour", render_text(sample_run(), {.colour = true}));
}

TEST(TextReport, CleansHostileText) {
  golden::expect_golden("text_hostile", render_text(hostile_run(), {}));
}

TEST(TextReport, IsOneLineWhenQuiet) {
  EXPECT_EQ(
      render_text(sample_run(), {.verbosity = -1}),
      "1 passed, 5 failed, 1 error, 1 skipped (2 policies, 2 mocks, builtin 1.0) in 0.41 s\n");
}

TEST(Clean, RemovesWhatHarmsATerminalOrALog) {
  EXPECT_EQ(clean_line("a\x1b[31mb\x1b[0m"), "ab");
  EXPECT_EQ(clean_line("a\x1b]0;title\ab"), "ab");
  EXPECT_EQ(clean_line(std::string("a\0b\x7f\xc2\x9b", 6) + "c"), "abc");
  EXPECT_EQ(clean_line("a\xff\xc3"), "a\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(clean_line("\xE2\x80\xAEtxt.exe"), "txt.exe");
  EXPECT_EQ(clean_line("one\ntwo\tthree"), "one two three");
  EXPECT_EQ(clean_text("one\ntwo\tthree"), "one\ntwo\tthree");
  EXPECT_EQ(clean_line("abcdef", 3), "abc… 3 bytes more");
  EXPECT_EQ(clean_for_ci("  ::error::x"), "  : :error::x");
  EXPECT_EQ(clean_for_ci("x ##vso[a] ##[b] ##c ###[d]"), "x # #vso[a] # #[b] ##c ## #[d]");
  EXPECT_EQ(clean_lines_for_ci("a\n ::b\n\n##Vso[c]\n"), "a\n : :b\n\n# #Vso[c]\n");
  EXPECT_EQ(clean_in_place("###[a ##vso[b"), "## [a # vso[b");
}

TEST(Clean, ShortensValuesWithSense) {
  EXPECT_EQ(shorten_json(R"([ "a", "b" ])", 20), R"(["a","b"])");
  EXPECT_EQ(shorten_json(R"(["aaaaaaaa","bbbbbbbb","cccccccc","dddddddd"])", 32),
            R"(["aaaaaaaa", … 3 more])");
  EXPECT_EQ(shorten_json(R"({"a":{"b":[1,2,3]},"c":2,"d":"0123456789012345678901234567890"})", 40),
            R"({"a":{…},"c":2, … 1 more})");
  EXPECT_EQ(shorten_json(R"({"a":{"b":[1,2,3],"c":"]}"},"d":[],"e":[{"f":"0123456789"}]})", 50),
            R"({"a":{"b":[…],"c":"]}"},"d":[],"e":[{…}]})");
  EXPECT_EQ(shorten_json("\"01234567890123456789012345678901234567890123456789\"", 24),
            "\"012345678…123456789\"");
}

}  // namespace
}  // namespace harness
