// Golden files: the expected text of a test, kept beside it and accepted with `tests/run --accept`.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace golden {

/// Compares `text` with the file `name`.golden in the folder of the running test's source (the
/// working directory that CTest sets; `folder` overrides it). With HARNESS_ACCEPT in the
/// environment the file is rewritten instead.
inline void expect_golden(std::string_view name, std::string_view text,
                          const std::filesystem::path& folder = std::filesystem::current_path()) {
  const std::filesystem::path path = folder / (std::string(name) + ".golden");
  if (std::getenv("HARNESS_ACCEPT") !=
      nullptr) {  // NOLINT(concurrency-mt-unsafe): tests set nothing
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream in(path, std::ios::binary);
  ASSERT_TRUE(in) << "no golden file " << path << "; accept one with tests/run --accept";
  const std::string expected((std::istreambuf_iterator<char>(in)),
                             std::istreambuf_iterator<char>());
  EXPECT_EQ(text, expected) << "differs from " << path;
}

}  // namespace golden
