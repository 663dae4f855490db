#include "plugin/digest/sha256.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace digest {
namespace {

// The examples of NIST for SHA-256 (FIPS 180-4), and the empty text.
TEST(Sha256, AsTheStandardsExamples) {
  const struct {
    std::string text;
    std::string_view digest;
  } rows[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(sha256(row.text), row.digest) << row.text.size();
}

TEST(Sha256, PieceByPieceAsAtOnce) {
  const std::string text(1'000, 'x');
  for (const std::size_t piece : {1U, 63U, 64U, 65U, 999U}) {
    Sha256 out;
    for (std::size_t at = 0; at < text.size(); at += piece)
      out.update(std::string_view(text).substr(at, piece));
    EXPECT_EQ(out.finish(), sha256(text)) << piece;
  }
}

TEST(Sha256, OfAFile) {
  const std::string folder = testing::TempDir();
  const base::Path path = folder + "sha256_test.bin";
  const std::string text(200'000, '\0');  // more than is read at once
  std::ofstream(path, std::ios::binary) << text;
  const auto whole = sha256_of_file(path);
  ASSERT_TRUE(whole);
  EXPECT_EQ(*whole, sha256(text));

  const auto none = sha256_of_file(folder + "sha256_test.none");
  ASSERT_FALSE(none);
  EXPECT_EQ(to_text(none.error()),
            "`" + folder + "sha256_test.none` cannot be read: No such file or directory\n");
  const auto not_a_file = sha256_of_file(folder);
  ASSERT_FALSE(not_a_file);
  EXPECT_EQ(not_a_file.error().why, "it is not a regular file");
}

}  // namespace
}  // namespace digest
