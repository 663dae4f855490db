// Whatever the bytes: a tree, or errors that each have a place in the text; and a tree is never
// higher than its readers may recurse.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "plugin/sentinel/syntax/parser.h"
#include "plugin/sentinel/syntax/tree_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto source = std::make_shared<base::Source>(
      "fuzz", std::string(reinterpret_cast<const char*>(data), size));
  const sentinel::ParseResult result = sentinel::parse(source);
  if ((result.tree == nullptr) != !result.errors.empty()) __builtin_trap();
  if (result.errors.size() > 12) __builtin_trap();
  for (const base::Diagnostic& error : result.errors) {
    if (!error.where || error.where->line == 0 || error.what.empty()) __builtin_trap();
  }
  if (!result.tree) return 0;
  for (const sentinel::Statement* statement : result.tree->statements) {
    if (statement->height > sentinel::kDeepestTree) __builtin_trap();
    if (statement->span.begin > statement->span.end || statement->span.end > size) __builtin_trap();
  }
  (void)sentinel::to_text(*result.tree);
  return 0;
}
