// Libraries loaded while the program runs: found, and missed in words.
#include "plugin/base/library.h"

#include <gtest/gtest.h>

namespace base {
namespace {

constexpr std::string_view kWithout = "nothing is packed without it";

TEST(LoadFunction, IsTheOneOfTheLibrary) {
  const auto version = load_function<const char*()>("libz.so.1", "zlibVersion", kWithout);
  ASSERT_TRUE(version) << to_text(version.error());
  EXPECT_EQ((*version)()[0], '1');
}

TEST(LoadFunction, SaysThatTheLibraryIsNotThere) {
  const auto missing = load_function<void()>("libharness-not-there.so", "any", kWithout);
  ASSERT_FALSE(missing);
  EXPECT_EQ(to_text(missing.error()),
            "`libharness-not-there.so` cannot be loaded: nothing is packed without it: "
            "libharness-not-there.so: cannot open shared object file: No such file or directory\n"
            "    it belongs to the program: install both together\n");
}

TEST(LoadFunction, SaysThatTheLibraryIsAnother) {
  const auto other = load_function<void()>("libz.so.1", "harness_walk_zip", kWithout);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().what, "`libz.so.1` cannot be loaded: nothing is packed without it");
  EXPECT_NE(other.error().why.find("undefined symbol: harness_walk_zip"), std::string::npos)
      << other.error().why;
}

}  // namespace
}  // namespace base
