#include "plugin/mock_bundle/unpack.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "plugin/base/file.h"
#include "tests/plugin/mock_bundle/archive_maker.h"

namespace mock_bundle {
namespace {

using archive_maker::Entry;
using archive_maker::gzip;
using archive_maker::tar;
using archive_maker::tar_entry;
using archive_maker::tar_gz;
using archive_maker::zip;

class Unpack : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "unpack-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directory(root_ / "out");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  base::Result<std::vector<Member>> unpacked(const std::string& bytes,
                                             const UnpackLimits& limits = {}) {
    std::ofstream(root_ / "bundle", std::ios::binary) << bytes;
    return unpack(root_ / "bundle", root_ / "out", "bundle", limits, base::CancelToken());
  }
  /// Why it was refused; empty where it was not.
  std::string refusal(const std::string& bytes, const UnpackLimits& limits = {}) {
    const auto result = unpacked(bytes, limits);
    if (result) return "";
    EXPECT_EQ(result.error().what, "archive `bundle` cannot be unpacked");
    return result.error().why;
  }
  void renew() {
    std::filesystem::remove_all(root_ / "out");
    std::filesystem::create_directory(root_ / "out");
  }
  std::string written(const std::string& name) { return *base::read_file(root_ / "out" / name); }

  base::Path root_;
};

const std::vector<Entry> kTwo = {{"mock-tfplan-v2.sentinel", "resource_changes = {}\n"},
                                 {"sentinel.hcl", "mock \"tfplan/v2\" {}\n"}};

TEST_F(Unpack, WritesTheMembersOfATarGz) {
  const auto result = unpacked(tar_gz(kTwo));
  ASSERT_TRUE(result) << to_text(result.error());
  ASSERT_EQ(result->size(), 2U);
  EXPECT_EQ((*result)[0].name, "mock-tfplan-v2.sentinel");
  EXPECT_EQ((*result)[0].size, 22U);
  EXPECT_EQ((*result)[0].sha256,
            "7c06e09853b2614f8a3c4814ab2c74c4d5194d3ced366f353f8ba180ee8af055");
  EXPECT_EQ(written("mock-tfplan-v2.sentinel"), "resource_changes = {}\n");
  EXPECT_EQ(written("sentinel.hcl"), "mock \"tfplan/v2\" {}\n");
}

TEST_F(Unpack, WritesTheMembersOfAZip) {
  const auto result = unpacked(zip(kTwo));
  ASSERT_TRUE(result) << to_text(result.error());
  ASSERT_EQ(result->size(), 2U);
  EXPECT_EQ(written("mock-tfplan-v2.sentinel"), "resource_changes = {}\n");
}

TEST_F(Unpack, MakesFolders) {
  const auto result = unpacked(tar_gz({{"./", "", '5'}, {"./data/", "", '5'}, {"./data/a", "1"}}));
  ASSERT_TRUE(result) << to_text(result.error());
  EXPECT_EQ((*result)[0].name, "data/a");
  EXPECT_EQ(written("data/a"), "1");
}

TEST_F(Unpack, RefusesHostileMembers) {
  struct Case {
    const char* name;
    std::vector<Entry> entries;
    const char* why;
  };
  const Case cases[] = {
      {"a parent", {{"../x", "1"}}, "member `../x` leaves the folder by `..`"},
      {"a parent inside", {{"a/../../x", "1"}}, "member `a/../../x` leaves the folder by `..`"},
      {"an absolute name", {{"/etc/x", "1"}}, "member `/etc/x` has an absolute name"},
      {"a backslash", {{"..\\x", "1"}}, "member `..\\x` has a backslash in its name"},
      {"a line end", {{"a\nb", "1"}}, "member `a?b` has a control character in its name"},
      {"an empty part", {{"a//b", "1"}}, "member `a//b` has an empty part in its name"},
      {"no UTF-8", {{"a\xff", "1"}}, "member `a?` has a name that is not UTF-8"},
      {"the same name twice",
       {{"a", "1"}, {"a", "2"}},
       "member `a` is there twice (upper and lower case count as the same)"},
      {"the same name in capitals",
       {{"a/b", "1"}, {"A/B", "2"}},
       "member `A/B` is there twice (upper and lower case count as the same)"},
      {"a file that is a folder, too",
       {{"a", "1"}, {"a/b", "2"}},
       "member `a/b` is there twice (upper and lower case count as the same)"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(refusal(tar_gz(c.entries)), c.why);
    renew();
    if (!std::string_view(c.name).starts_with("the same name")) {  // a zip is read in sorted order
      EXPECT_EQ(refusal(zip(c.entries)), c.why);
    }
    renew();
  }
  EXPECT_EQ(refusal(zip({{"a", "1"}, {"a", "2"}})), "member `a` is there twice");
}

TEST_F(Unpack, RefusesWhatIsNeitherFileNorFolder) {
  EXPECT_EQ(refusal(tar_gz({{"a", "", '2', "/etc/passwd"}})), "member `a` is a link");
  EXPECT_EQ(refusal(tar_gz({{"a", "", '1', "b"}})), "member `a` is a link");
  EXPECT_EQ(refusal(tar_gz({{"a", "", '3'}})), "member `a` is neither a file nor a folder");
  EXPECT_EQ(refusal(tar_gz({{"a", "", '6'}})), "member `a` is neither a file nor a folder");
  EXPECT_EQ(refusal(zip({{"a", "/etc/passwd"}}, 0120777)), "member `a` is a link");
  EXPECT_EQ(refusal(zip({{"a", "1"}}, 0100644, 1)), "member `a` is encrypted");
}

TEST_F(Unpack, NamesWhatIsNoArchive) {
  EXPECT_EQ(refusal(""), "the file is empty");
  EXPECT_EQ(refusal("x"),
            "its first bytes are neither those of a .tar.gz nor those of a .zip (it has 1 byte)");
  EXPECT_EQ(refusal("\n<!DOCTYPE HTML><title>Sign in</title>"),
            "it is a web page, expected a .tar.gz or a .zip");
  EXPECT_EQ(refusal("{\"errors\": []}"), "it is JSON text, expected a .tar.gz or a .zip");
  EXPECT_EQ(refusal(tar(kTwo)), "it is a tar that is not compressed, expected a .tar.gz or a .zip");
  EXPECT_EQ(refusal(gzip("hello")), "it is compressed with gzip, but holds no tar");
  EXPECT_EQ(refusal(gzip(gzip(tar(kTwo)))), "it is compressed with gzip, but holds no tar");
}

TEST_F(Unpack, NoticesDamageAtEveryPlace) {
  const std::string whole = tar_gz({{"a", std::string(5'000, 'a')}, {"b", "1"}});
  for (std::size_t size = 1; size < whole.size(); ++size) {
    renew();
    EXPECT_NE(refusal(whole.substr(0, size)), "") << "cut at " << size;
  }
  renew();
  const auto sound = unpacked(whole);
  ASSERT_TRUE(sound);
  for (std::size_t at = 10; at < whole.size(); ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    renew();
    const auto result = unpacked(bytes);
    // A bit of a code table that no code uses may change without harm.
    if (result) {
      EXPECT_EQ(*result, *sound) << "changed at " << at;
    }
  }
  EXPECT_EQ(refusal(whole.substr(0, whole.size() - 4)),
            "it is cut short: the compressed data has no end");
  EXPECT_EQ(refusal(whole + "x"), "it is damaged: there is something behind its end");
}

TEST_F(Unpack, DemandsTheEndOfATar) {
  EXPECT_EQ(refusal(gzip(tar_entry({"a", "1"}))), "it is cut short: the tar has no end marker");
}

TEST_F(Unpack, NoticesDamageOfAZip) {
  const std::string whole = zip({{"a", std::string(5'000, 'a')}, {"b", "1"}});
  for (std::size_t size = 4; size < whole.size(); ++size) {
    renew();
    EXPECT_NE(refusal(whole.substr(0, size)), "") << "cut at " << size;
  }
  std::string bytes = whole;
  bytes[40] = static_cast<char>(bytes[40] ^ 0x10);
  EXPECT_EQ(refusal(bytes), "it is damaged: member `a` cannot be inflated");
  EXPECT_EQ(refusal(whole.substr(0, whole.size() - 1)),
            "it is cut short: the zip has no directory at its end");
}

TEST_F(Unpack, HoldsTheLimits) {
  std::vector<Entry> many;
  for (int i = 0; i < 1'001; ++i)
    many.push_back({"m" + std::to_string(i), ""});
  EXPECT_EQ(refusal(tar_gz(many)), "it has more than the allowed 1000 members");
  EXPECT_EQ(refusal(zip(many)), "it has more than the allowed 1000 members");
  renew();
  EXPECT_EQ(refusal(tar_gz(many), {.members = 2'000}), "");

  renew();
  const std::string zeros(std::size_t{16} << 20U, '\0');
  EXPECT_EQ(refusal(tar_gz({{"a", zeros}})), "it unpacks to more than 200 times its size");
  EXPECT_EQ(refusal(zip({{"b", zeros}})), "it unpacks to more than 200 times its size");
  EXPECT_EQ(refusal(tar_gz({{"c", std::string(600, 'c')}}), {.bytes = 500}),
            "it unpacks to more than the allowed 500 bytes");
  EXPECT_EQ(refusal(tar_gz({{"d", zeros}}), {.ratio = 5'000}), "");
}

TEST_F(Unpack, NamesTheOptionThatRaisesALimit) {
  const auto advice = [&](const std::string& bytes, const UnpackLimits& limits) {
    const auto result = unpacked(bytes, limits);
    renew();
    return result ? "unpacked" : result.error().advice;
  };
  const std::vector<Entry> two = {{"a", "1"}, {"b", std::string(600, 'b')}};
  for (const std::string& bytes : {tar_gz(two), zip(two)}) {
    EXPECT_EQ(advice(bytes, {.members = 1}),
              "`--max-members` allows more, if the archive is trusted");
    EXPECT_EQ(advice(bytes, {.bytes = 500}),
              "`--max-unpacked` allows more, if the archive is trusted");
    EXPECT_EQ(advice(bytes, {.bytes = 20}),
              "`--max-unpacked` allows more, if the archive is trusted");
    EXPECT_EQ(advice(bytes, {.ratio = 1, .ratio_from = 10}),
              "`--max-ratio` allows more, if the archive is trusted");
  }
}

TEST_F(Unpack, RefusesTenGibibytesOfZerosBehindTheEnd) {
  std::string bytes;
  const std::string piece = gzip(std::string(std::size_t{32} << 20U, '\0'));
  bytes = gzip(tar({{"a", "1"}}));
  for (int i = 0; i < 320; ++i)
    bytes += piece;
  EXPECT_EQ(refusal(bytes), "it unpacks to more than 200 times its size");
}

}  // namespace
}  // namespace mock_bundle
