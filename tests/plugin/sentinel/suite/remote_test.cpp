#include "plugin/sentinel/suite/remote.h"

#include <gtest/gtest.h>

#include "plugin/base/child.h"
#include "tests/plugin/sentinel/suite/folder.h"

namespace sentinel {
namespace {

class Remote : public FolderTest {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    system_ = base::real_system();
    system_.environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
    system_.environment["HOME"] = folder_.string();
    system_.working_directory = folder_;
    if (!base::find_program("git", system_.environment, {})) GTEST_SKIP() << "no git";
    write("origin/modules/m.sentinel", "x = 1\n");
    git({"init", "-q", "-b", "main"});
    git({"add", "."});
    git({"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "one"});
    git({"tag", "v1"});
    write("origin/modules/m.sentinel", "x = 2\n");
    git({"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-a", "-m", "two"});
  }

  void git(const std::vector<std::string>& words) {
    base::ChildCommand command;
    command.program = *base::find_program("git", system_.environment, {});
    command.arguments = words;
    command.environment = system_.environment;
    command.working_directory = folder_ / "origin";
    const auto outcome = base::run_child(command, cancel_);
    ASSERT_TRUE(outcome);
    ASSERT_EQ(outcome->exit_code, 0) << outcome->err;
  }

  /// The text of the file that was fetched, or the error's first line.
  std::string fetch(const std::string& source, bool local_repositories = true) {
    const RemoteFetcher fetcher =
        make_remote_fetcher(folder_ / "modules", system_, cancel_, local_repositories);
    const auto file = fetcher(*parse_remote_source(source));
    if (!file) return file.error().what;
    const auto text = base::read_file(*file);
    return text ? *text : text.error().what;
  }

  std::string repository() const { return "git::file://" + (folder_ / "origin").string(); }

  base::CancelToken cancel_;
};

TEST_F(Remote, FetchesAFileOfARepository) {
  EXPECT_EQ(fetch(repository() + "//modules/m.sentinel"), "x = 2\n");
  EXPECT_EQ(fetch(repository() + "//modules/m.sentinel?ref=v1"), "x = 1\n");
  EXPECT_EQ(fetch(repository() + "//modules/m.sentinel?ref=nothing"), "`git fetch` failed");
  EXPECT_EQ(fetch(repository()), "no file of the repository is named");
}

TEST_F(Remote, TransportsThatRunCommandsAreOff) {
  EXPECT_EQ(fetch("git::ext::sh -c touch% " + (folder_ / "touched").string() + "//m"),
            "`git fetch` failed");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "touched"));
  EXPECT_EQ(fetch(repository() + "//modules/m.sentinel", false), "`git fetch` failed");
}

TEST_F(Remote, NoFileOutsideTheRepositoryIsGiven) {
  std::filesystem::create_symlink("/etc/passwd", folder_ / "origin/link");
  git({"add", "."});
  git({"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "three"});
  EXPECT_EQ(fetch(repository() + "//link").find("root:"), std::string::npos);
  EXPECT_EQ(fetch(repository() + "//../../../../../../etc/passwd").find("root:"),
            std::string::npos);
}

TEST_F(Remote, OtherKindsAreRefusedByName) {
  EXPECT_EQ(fetch("hg::https://example.com/r//f"), "`hg` sources are not supported");
  EXPECT_EQ(fetch("s3::https://s3.amazonaws.com/b/f"), "`s3` sources are not supported");
  EXPECT_EQ(fetch("https://example.com/a.tar.gz"), "archives are not supported as sources");
  EXPECT_EQ(fetch("https://example.com/f?checksum=md5:1"),
            "checksums of type `md5` are not supported");
}

}  // namespace
}  // namespace sentinel
