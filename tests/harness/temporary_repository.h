// A policy repository in a temporary folder, for tests of what reads or writes one.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <stdlib.h>

namespace harness_test {

/// Removed with its object.
class TemporaryRepository {
 public:
  explicit TemporaryRepository(const std::filesystem::path& parent = testing::TempDir()) {
    std::string name = (parent / "harness-test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    root_ = std::filesystem::canonical(name);
    std::filesystem::create_directory(root_ / ".git");
  }
  TemporaryRepository(const TemporaryRepository&) = delete;
  TemporaryRepository& operator=(const TemporaryRepository&) = delete;
  ~TemporaryRepository() {
    std::error_code error;
    std::filesystem::remove_all(root_, error);
  }

  const std::filesystem::path& root() const { return root_; }

  /// Writes a file, and the folders it lies in.
  std::filesystem::path write(const std::filesystem::path& path, std::string_view text) const {
    const std::filesystem::path whole = root_ / path;
    std::filesystem::create_directories(whole.parent_path());
    std::ofstream(whole, std::ios::binary) << text;
    return whole;
  }

  std::string read(const std::filesystem::path& path) const {
    std::ifstream in(root_ / path, std::ios::binary);
    EXPECT_TRUE(in) << path;
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  bool has(const std::filesystem::path& path) const {
    return std::filesystem::exists(std::filesystem::symlink_status(root_ / path));
  }

  /// Every file below `folder` with its text; a folder without files ends in `/`.
  std::map<std::string, std::string> tree(const std::filesystem::path& folder = {}) const {
    std::map<std::string, std::string> out;
    const std::filesystem::path start = folder.empty() ? root_ : root_ / folder;
    for (auto at = std::filesystem::recursive_directory_iterator(start);
         at != std::filesystem::recursive_directory_iterator(); ++at) {
      const std::string name = at->path().lexically_relative(root_).generic_string();
      if (at->is_symlink()) {
        out[name] = "-> " + std::filesystem::read_symlink(at->path()).generic_string();
      } else if (at->is_regular_file()) {
        out[name] = read(name);
      } else if (std::filesystem::is_empty(at->path())) {
        out[name + "/"] = "";
      }
    }
    return out;
  }

 private:
  std::filesystem::path root_;
};

}  // namespace harness_test
