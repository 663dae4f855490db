#include "harness/manifest/glob.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/harness/temporary_repository.h"

namespace harness {
namespace {

struct Row {
  std::string glob;
  std::string path;
  bool matches;
};

TEST(Glob, MatchesWholePaths) {
  const Row rows[] = {
      {"a.yaml", "a.yaml", true},
      {"a.yaml", "b/a.yaml", false},
      {"*.yaml", "a.yaml", true},
      {"*.yaml", "a/b.yaml", false},
      {"*/b.yaml", "a/b.yaml", true},
      {"**/b.yaml", "b.yaml", true},
      {"**/b.yaml", "a/c/b.yaml", true},
      {"a/**", "a/b/c", true},
      {"a/**", "a", true},
      {"?.yaml", "a.yaml", true},
      {"?.yaml", "ab.yaml", false},
      {"./x/*", "x/y", true},
      {"*a*b*", "xxaxxbxx", true},
      {"*a*b*", "xxbxxaxx", false},
      {"[a]", "a", false},
      {"[a]", "[a]", true},
      {"", "", true},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.glob + " on " + row.path);
    EXPECT_EQ(glob_matches(row.glob, row.path), row.matches);
  }
}

TEST(Glob, TakesBoundedTime) {
  std::string glob;
  for (int i = 0; i < 200; ++i)
    glob += "*a";
  EXPECT_FALSE(glob_matches(glob + "b", std::string(5'000, 'a')));
  std::string deep;
  for (int i = 0; i < 100; ++i)
    deep += "**/";
  std::string path;
  for (int i = 0; i < 500; ++i)
    path += "x/";
  EXPECT_FALSE(glob_matches(deep + "y", path));
}

TEST(Glob, FindsFilesSortedAndOutsideOfPrivateFolders) {
  const harness_test::TemporaryRepository repository;
  for (const char* name : {"b.yaml", "a.yaml", "c.txt", "sub/d.yaml", ".harness/e.yaml"})
    repository.write(name, "");
  std::filesystem::create_directory_symlink("..", repository.root() / "sub" / "loop");
  const auto found = [&](std::string_view glob) {
    std::vector<std::string> out;
    for (const base::Path& path : glob_files(repository.root(), glob))
      out.push_back(path.lexically_relative(repository.root()).generic_string());
    return out;
  };
  EXPECT_EQ(found("*.yaml"), (std::vector<std::string>{"a.yaml", "b.yaml"}));
  EXPECT_EQ(found("**/*.yaml"), (std::vector<std::string>{"a.yaml", "b.yaml", "sub/d.yaml"}));
  EXPECT_EQ(found("**/**/*.yaml"), (std::vector<std::string>{"a.yaml", "b.yaml", "sub/d.yaml"}));
  EXPECT_EQ(found("sub/?.yaml"), (std::vector<std::string>{"sub/d.yaml"}));
  EXPECT_EQ(found("nothing/*"), (std::vector<std::string>{}));
}

}  // namespace
}  // namespace harness
