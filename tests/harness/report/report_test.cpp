// Every format against golden files: a run with one case of each kind, the same with hostile text,
// and an empty one.
#include <algorithm>

#include <gtest/gtest.h>

#include "harness/report/clean.h"
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
  EXPECT_EQ(clean_for_ci("x ##vso[a] ##[b] ##c"), "x # #vso[a] # #[b] ##c");
}

TEST(Clean, ShortensValuesWithSense) {
  EXPECT_EQ(shorten_json(R"([ "a", "b" ])", 20), R"(["a","b"])");
  EXPECT_EQ(shorten_json(R"(["aaaaaaaa","bbbbbbbb","cccccccc","dddddddd"])", 32),
            R"(["aaaaaaaa", … 3 more])");
  EXPECT_EQ(shorten_json(R"({"a":{"b":[1,2,3]},"c":2,"d":"0123456789012345678901234567890"})", 40),
            R"({"a":{"b":[1,2,3]},"c":2, … 1 more})");
  EXPECT_EQ(shorten_json("\"01234567890123456789012345678901234567890123456789\"", 24),
            "\"012345678…123456789\"");
}

}  // namespace
}  // namespace harness
