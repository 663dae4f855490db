#include "plugin/base/wildcard.h"

#include <string>

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Wildcard, MatchesWholeTexts) {
  struct Case {
    const char* pattern;
    const char* text;
    bool matches;
  };
  constexpr Case kCases[] = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"**", "", true},
      {"*", "a/b.c", true},
      {"?", "", false},
      {"?", "a", true},
      {"?", "ab", false},
      {"a?c", "abc", true},
      {"a?c", "ac", false},
      {"app", "app-prod", false},
      {"app*", "app-prod", true},
      {"*-prod", "app-prod", true},
      {"*-prod", "app-prod-eu", false},
      {"*-pro", "app-prod", false},
      {"a*-*d", "app-prod", true},
      {"**-**", "app-prod", true},
      {"*-b*prod", "a-b-prod", true},
      // The star has to give back what it took too much of.
      {"*ab", "aab", true},
      {"a*ab", "abcab", true},
      {"a*ab", "ab", false},
      {"*?b", "aab", true},
      {"*?b", "b", false},
      // Nothing else is special.
      {"aws_instance.*", "aws_instance.web", true},
      {"aws_instance.*", "aws_instanceXweb", false},
      {"aws_instance.web[*]", "aws_instance.web[0]", true},
      {"aws_instance.web[0]", "aws_instance.web[0]", true},
      {"aws_instance.web[0]", "aws_instance.web0", false},
      {"*.web", "module.a.aws_instance.web", true},
      {"a.b[?]", "a.b[0]", true},
      {"a.b[?]", "a.b[10]", false},
      {"[ab]", "a", false},
      {"a\\*", "a*", false},
      {"a\\*", "a\\b", true},
  };
  for (const Case& c : kCases)
    EXPECT_EQ(wildcard_matches(c.pattern, c.text), c.matches) << c.pattern << " " << c.text;
}

TEST(Wildcard, ManyStarsDoNotTakeForever) {
  std::string pattern;
  for (int i = 0; i < 500; ++i)
    pattern += "*a";
  EXPECT_TRUE(wildcard_matches(pattern, std::string(5'000, 'a')));
  EXPECT_FALSE(wildcard_matches(pattern + "b", std::string(5'000, 'a')));
}

}  // namespace
}  // namespace base
