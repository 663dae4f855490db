// Formatting keeps the meaning of a program, and formatting twice equals formatting once.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "plugin/sentinel/syntax/formatter.h"
#include "plugin/sentinel/syntax/tree_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parse = [](std::string text) {
    return sentinel::parse(std::make_shared<base::Source>("fuzz", std::move(text))).tree;
  };
  const auto tree = parse(std::string(reinterpret_cast<const char*>(data), size));
  if (!tree) return 0;
  const std::string once = sentinel::format(*tree);
  const auto again = parse(once);
  if (!again || sentinel::to_text(*again) != sentinel::to_text(*tree)) __builtin_trap();
  if (sentinel::format(*again) != once) __builtin_trap();
  return 0;
}
