#include "plugin/base/system.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Rfc3339, ReadsBothFormsOfTheService) {
  struct Case {
    const char* text;
    const char* utc;  // null: not a time
  };
  constexpr Case kCases[] = {
      {"2019-03-04T22:29:53+00:00", "2019-03-04T22:29:53Z"},
      {"2019-03-05T07:38:04.171Z", "2019-03-05T07:38:04Z"},
      {"2019-03-05T07:38:04+02:30", "2019-03-05T05:08:04Z"},
      {"2024-02-29T00:00:00-01:00", "2024-02-29T01:00:00Z"},
      {"2023-02-29T00:00:00Z", nullptr},
      {"2023-02-28T24:00:00Z", nullptr},
      {"2023-02-28T00:00:00", nullptr},
      {"2023-02-28T00:00:00.Z", nullptr},
      {"2023-02-28T00:00:00+1:00", nullptr},
      {"", nullptr},
  };
  for (const Case& c : kCases) {
    const auto time = from_rfc3339(c.text);
    if (c.utc == nullptr) {
      EXPECT_FALSE(time) << c.text;
    } else {
      ASSERT_TRUE(time) << c.text;
      EXPECT_EQ(to_rfc3339(*time), c.utc);
    }
  }
}

TEST(Environment, AnUnsetVariableIsEmpty) {
  EXPECT_EQ(get({{"A", "1"}}, "A"), "1");
  EXPECT_EQ(get({{"A", "1"}}, "B"), "");
}

}  // namespace
}  // namespace base
