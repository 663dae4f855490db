#include "plugin/sentinel/syntax/literal.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace {

using sentinel::float_value;
using sentinel::int_value;
using sentinel::resolve_escapes;

TEST(IntValue, ReadsTheThreeBases) {
  EXPECT_EQ(int_value("0"), 0);
  EXPECT_EQ(int_value("42"), 42);
  EXPECT_EQ(int_value("0600"), 384);
  EXPECT_EQ(int_value("0x1F"), 31);
  EXPECT_EQ(int_value("42", true), -42);
}

TEST(IntValue, RefusesWhatDoesNotFit) {
  EXPECT_EQ(int_value("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(int_value("9223372036854775808"), std::nullopt);
  EXPECT_EQ(int_value("9223372036854775808", true), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(int_value("9223372036854775809", true), std::nullopt);
  EXPECT_EQ(int_value("0xffffffffffffffff"), std::nullopt);
  EXPECT_EQ(int_value("99999999999999999999999999"), std::nullopt);
}

TEST(FloatValue, ReadsAllForms) {
  EXPECT_EQ(float_value("1.5"), 1.5);
  EXPECT_EQ(float_value("072.40"), 72.4);
  EXPECT_EQ(float_value("1."), 1.0);
  EXPECT_EQ(float_value(".25"), 0.25);
  EXPECT_EQ(float_value("6.02e+23"), 6.02e23);
  EXPECT_EQ(float_value("1e999"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(float_value("1e-999"), 0.0);
}

TEST(ResolveEscapes, KnowsAllEscapes) {
  std::string out;
  EXPECT_FALSE(resolve_escapes(R"(a\a\b\f\n\r\t\v\\\"\101\x42C\U00000044é)", out));
  EXPECT_EQ(out, "a\a\b\f\n\r\t\v\\\"ABCDé");
}

TEST(ResolveEscapes, PointsAtTheBadOne) {
  std::string out;
  const auto problem = resolve_escapes(R"(ab\n\q)", out);
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->begin, 4U);
  EXPECT_EQ(problem->length, 2U);
  EXPECT_EQ(problem->what, R"(`\q` is no escape)");
}

}  // namespace
