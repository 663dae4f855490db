#include "plugin/base/source.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Source, LocatesARange) {
  const Source source("a.sentinel", "one\ntwo three\r\nfour");
  EXPECT_EQ(source.locate(Span{8, 13}), (Location{"a.sentinel", 2, 5, 5, "two three"}));
  EXPECT_EQ(source.locate(Span{0, 0}), (Location{"a.sentinel", 1, 1, 1, "one"}));
}

TEST(Source, UnderlinesOnlyTheFirstLineOfARange) {
  const Source source("a", "ab\ncd");
  EXPECT_EQ(source.locate(Span{1, 5}), (Location{"a", 1, 2, 1, "ab"}));
}

TEST(Source, LocatesTheEndAndBeyond) {
  const Source source("a", "ab\n");
  EXPECT_EQ(source.locate(3), (Location{"a", 2, 1, 1, ""}));
  EXPECT_EQ(source.locate(99), (Location{"a", 2, 1, 1, ""}));
}

}  // namespace
}  // namespace base
