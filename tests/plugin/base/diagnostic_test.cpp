#include "plugin/base/diagnostic.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Diagnostic, QuotesTheSourceLineWithACaretAndTheAdviceBehindIt) {
  Diagnostic typo;
  typo.what = "unknown key `polcy` in a test";
  typo.where = Location{"tests.yaml", 14, 9, 5, "      - polcy: policies/restrict-ssh.sentinel"};
  typo.advice = "did you mean `policy`?";
  EXPECT_EQ(to_text(typo),
            "tests.yaml:14:9: unknown key `polcy` in a test\n"
            "    14 |       - polcy: policies/restrict-ssh.sentinel\n"
            "       |         ^~~~~ did you mean `policy`?\n");
}

TEST(Diagnostic, WithoutAPlacePrintsAdviceOnALineOfItsOwn) {
  Diagnostic refused;
  refused.what = "mock `network` cannot be fetched";
  refused.why = "app.terraform.io answered 401 Unauthorized";
  refused.advice = "run `terraform login app.terraform.io`";
  EXPECT_EQ(to_text(refused),
            "mock `network` cannot be fetched: app.terraform.io answered 401 Unauthorized\n"
            "    run `terraform login app.terraform.io`\n");
}

TEST(Diagnostic, IndentsItsCauses) {
  Diagnostic outer, inner;
  inner.what = "short body";
  outer.what = "cannot download";
  outer.causes.push_back(inner);
  EXPECT_EQ(to_text(outer), "cannot download\n  short body\n");
}

TEST(QuoteSource, CutsALongLineAroundTheCaret) {
  const Location place{"a.yaml", 3, 101, 2, std::string(100, 'x') + "ab" + std::string(100, 'y')};
  EXPECT_EQ(quote_source(place, "", 20),
            "     3 | ...xxxxxxxxxxabyyyyyyyy...\n"
            "       |              ^~\n");
}

TEST(QuoteSource, CountsCodePointsAndShowsTabsAsOneSpace) {
  const Location place{"a.yaml", 1, 5, 1, "\té x"};
  EXPECT_EQ(quote_source(place, "here"), "     1 |  é x\n       |    ^ here\n");
}

TEST(QuoteSource, StandsALongLineThatIsNoUtf8) {
  const Location place{"a", 1, 400, 3, std::string(300, '\xA7') + std::string(300, 'x')};
  EXPECT_TRUE(quote_source(place, "here", 40).ends_with("^~~ here\n"));
  EXPECT_TRUE(quote_source({"a", 1, 200, 1, std::string(600, '\xA7')}, "", 40).ends_with("^\n"));
}

TEST(QuoteSource, StandsAColumnBeyondTheLine) {
  const Location place{"a.yaml", 1, 99, 50, "ab"};
  EXPECT_EQ(quote_source(place, ""), "     1 | ab\n       |   ^\n");
}

TEST(NearestName, FindsTyposAndNothingElse) {
  struct Case {
    const char* word;
    const char* nearest;
  };
  constexpr Case kCases[] = {{"polcy", "policy"}, {"mokcs", "mocks"}, {"Mocks", "mocks"},
                             {"terraform", ""},   {"", ""},           {"x", ""}};
  for (const Case& c : kCases) {
    EXPECT_EQ(nearest_name(c.word, {"policy", "mocks", "cases"}), c.nearest) << c.word;
  }
}

TEST(LocationText, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(to_text(Location{"a", 0, 0, 1, ""}), "a");
  EXPECT_EQ(to_text(Location{"a", 2, 0, 1, ""}), "a:2");
  EXPECT_EQ(to_text(Location{"a", 2, 7, 1, ""}), "a:2:7");
}

}  // namespace
}  // namespace base
