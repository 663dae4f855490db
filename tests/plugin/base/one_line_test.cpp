#include "plugin/base/one_line.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(OnOneLine, EscapesWhateverEndsALine) {
  struct Case {
    const char* text;
    const char* line;
  };
  constexpr Case kCases[] = {
      {"policies/größe ✓.sentinel", "policies/größe ✓.sentinel"},
      {"a\nb\r\tc\x1b[1m\x7f", "a\\u000ab\\u000d\\u0009c\\u001b[1m\\u007f"},
      {"\u0085 \u009f \u00a0", "\\u0085 \\u009f \u00a0"},
      {"\u2027\u2028\u2029\u202a", "\u2027\\u2028\\u2029\u202a"},
      {"cut \xc2", "cut \xc2"},
      {"cut \xe2\x80", "cut \xe2\x80"},
  };
  for (const Case& c : kCases)
    EXPECT_EQ(on_one_line(c.text), c.line);
  EXPECT_EQ(on_one_line(std::string_view("a\0b", 3)), "a\\u0000b");
}

}  // namespace
}  // namespace base
