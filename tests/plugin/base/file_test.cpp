#include "plugin/base/file.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace base {
namespace {

class FileTest : public testing::Test {
 protected:
  FileTest() {
    std::string name = testing::TempDir() + "file_test_XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~FileTest() override { std::filesystem::remove_all(folder_); }

  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      out.push_back(entry.path().filename().string());
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  Path folder_;
};

TEST_F(FileTest, WritesAndReadsBackAndLeavesNoTemporaryFile) {
  ASSERT_TRUE(write_file(folder_ / "a.txt", "one"));
  ASSERT_TRUE(write_file(folder_ / "a.txt", std::string("two\0!", 5)));
  const auto text = read_file(folder_ / "a.txt");
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, std::string("two\0!", 5));
  EXPECT_EQ(names(), std::vector<std::string>{"a.txt"});
}

TEST_F(FileTest, SaysWhyAFileCannotBeRead) {
  const auto missing = read_file(folder_ / "none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(to_text(missing.error()),
            "cannot read `" + (folder_ / "none").string() + "`: No such file or directory\n");
  const auto is_folder = read_file(folder_);
  ASSERT_FALSE(is_folder);
  EXPECT_EQ(to_text(is_folder.error()), "cannot read `" + folder_.string() + "`: it is a folder\n");
  ASSERT_TRUE(write_file(folder_ / "big", "12345"));
  const auto big = read_file(folder_ / "big", 4);
  ASSERT_FALSE(big);
  EXPECT_EQ(to_text(big.error()),
            "cannot read `" + (folder_ / "big").string() + "`: it has 5 bytes, more than 4\n");
}

TEST_F(FileTest, AFailedWriteLeavesTheOldTextAndNothingElse) {
  std::filesystem::create_directory(folder_ / "target");
  ASSERT_TRUE(write_file(folder_ / "target" / "kept", "x"));
  const auto failed = write_file(folder_ / "target", "text");
  ASSERT_FALSE(failed);
  EXPECT_EQ(to_text(failed.error()),
            "cannot write `" + (folder_ / "target").string() + "`: Is a directory\n");
  EXPECT_EQ(names(), std::vector<std::string>{"target"});
}

TEST_F(FileTest, ReplacesAFolderWhole) {
  for (int round = 0; round < 2; ++round) {
    const auto staged = make_staging_folder(folder_, ".stage-");
    ASSERT_TRUE(staged);
    ASSERT_TRUE(write_file(*staged / ("file" + std::to_string(round)), "x"));
    ASSERT_TRUE(replace_folder(*staged, folder_ / "target"));
  }
  EXPECT_EQ(names(), std::vector<std::string>{"target"});
  EXPECT_TRUE(std::filesystem::exists(folder_ / "target" / "file1"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "target" / "file0"));
}

TEST_F(FileTest, RefusesAPathThatLeavesTheRootAlsoThroughALink) {
  const Path root = folder_ / "root";
  std::filesystem::create_directories(root / "inner");
  std::filesystem::create_directory_symlink(folder_, root / "out");
  EXPECT_TRUE(resolve_inside(root, root / "inner", "../x"));
  EXPECT_TRUE(resolve_inside(root, root, "not/there/yet"));
  EXPECT_FALSE(resolve_inside(root, root / "inner", "../../x"));
  EXPECT_FALSE(resolve_inside(root, root, "/etc/passwd"));
  const auto through_link = resolve_inside(root, root, "out/secret");
  ASSERT_FALSE(through_link);
  const Path real = std::filesystem::canonical(folder_);
  EXPECT_EQ(to_text(through_link.error()),
            "`out/secret` leads out of the repository: it resolves to `" +
                (real / "secret").string() + "`, which is not below `" + (real / "root").string() +
                "`\n    keep the file in the repository, or pass --allow-outside\n");
}

TEST_F(FileTest, ARootIsNotAPrefixOfItsSibling) {
  std::filesystem::create_directories(folder_ / "root");
  std::filesystem::create_directories(folder_ / "root2");
  EXPECT_FALSE(resolve_inside(folder_ / "root", folder_ / "root", "../root2/x"));
}

TEST_F(FileTest, FindsTheRepositorysRoot) {
  std::filesystem::create_directories(folder_ / "a" / "b");
  std::filesystem::create_directory(folder_ / "a" / ".git");
  EXPECT_EQ(repository_root(folder_ / "a" / "b"), folder_ / "a");
}

TEST_F(FileTest, ShowsPathsAsAUserWouldWriteThem) {
  EXPECT_EQ(display_path("/r/a/../b.txt", "/r"), "b.txt");
  EXPECT_EQ(display_path("/elsewhere/b.txt", "/r"), "/elsewhere/b.txt");
}

}  // namespace
}  // namespace base
