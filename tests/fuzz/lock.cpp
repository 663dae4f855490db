// Any bytes as tests.lock.json. Beyond "no crash": a lock that was read is written so that it reads
// as the same.
#include "harness/fixture/lock.h"

#include <cstdint>
#include <memory>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parse = [](std::string text) {
    return harness::parse_lock(
        std::make_shared<const base::Source>("tests.lock.json", std::move(text)));
  };
  const auto once = parse(std::string(reinterpret_cast<const char*>(data), size));
  if (!once) {
    (void)base::to_text(once.error());
    return 0;
  }
  const std::string text = harness::to_text(*once);
  const auto twice = parse(text);
  if (!twice || !(*twice == *once) || harness::to_text(*twice) != text) __builtin_trap();
  return 0;
}
