#include "plugin/base/temporary_folder.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "plugin/base/file.h"

namespace base {
namespace {

TEST(TemporaryFolder, GoesWithItsObject) {
  const Path parent = *make_staging_folder(testing::TempDir(), "parent-");
  {
    TemporaryFolder folder;
    EXPECT_EQ(folder.path(), "");
    ASSERT_TRUE(folder.make({{"TMPDIR", parent.string()}}, "harness-test-"));
    EXPECT_EQ(folder.path().parent_path(), parent);
    EXPECT_EQ(folder.path().filename().string().rfind("harness-test-", 0), 0U);
    ASSERT_TRUE(write_file(folder.path() / "deep" / "file", "x"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(parent));
  EXPECT_TRUE(remove_tree(parent));
}

TEST(TemporaryFolder, ThatCannotBeMadeIsAnError) {
  TemporaryFolder folder;
  EXPECT_FALSE(folder.make({{"TMPDIR", "/proc/nowhere"}}, "harness-test-"));
  EXPECT_EQ(folder.path(), "");
}

}  // namespace
}  // namespace base
