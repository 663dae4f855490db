// Whatever an archive holds, nothing is written outside the folder, and never more than the limits
// allow.
#include "plugin/mock_bundle/unpack.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

namespace {

namespace fs = std::filesystem;

/// A folder of this process, removed with it.
struct Workshop {
  fs::path root;

  Workshop() {
    std::string pattern = (fs::temp_directory_path() / "fuzz-unpack-XXXXXX").string();
    root = ::mkdtemp(pattern.data());
  }
  ~Workshop() { fs::remove_all(root); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Workshop workshop;
  const fs::path folder = workshop.root / "out";
  fs::remove_all(folder);
  fs::create_directory(folder);
  {
    std::ofstream out(workshop.root / "archive", std::ios::binary);
    out.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  }
  const mock_bundle::UnpackLimits limits{.members = 20, .bytes = 1 << 20};
  const auto members = mock_bundle::unpack(workshop.root / "archive", folder, "archive", limits,
                                           base::CancelToken());
  std::uint64_t bytes = 0;
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_symlink()) __builtin_trap();
    if (!entry.is_regular_file()) continue;
    bytes += entry.file_size();
    ++files;
  }
  if (bytes > limits.bytes || files > limits.members) __builtin_trap();
  if (members && members->size() != files) __builtin_trap();
  // Beside the archive and the folder there is nothing.
  if (std::distance(fs::directory_iterator(workshop.root), fs::directory_iterator()) != 2)
    __builtin_trap();
  return 0;
}
