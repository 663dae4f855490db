// A path that is read is written as one that is read the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "plugin/mock_bundle/path.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  mock_bundle::PathError error;
  const auto steps = mock_bundle::parse_path(text, error);
  if (!steps) {
    if (error.offset > size || error.what.empty()) __builtin_trap();
    return 0;
  }
  const std::string written = mock_bundle::path_text(*steps, steps->size());
  const auto again = mock_bundle::parse_path(written, error);
  if (!again || *again != *steps) __builtin_trap();
  return 0;
}
