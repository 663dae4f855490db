// Any bytes as a JSON configuration. Beyond "no crash": a text that reads as JSON prints as JSON
// that reads as the same.
#include <cstdint>
#include <memory>
#include <string>

#include "plugin/sentinel/config/configuration.h"
#include "plugin/sentinel/config/value.h"
#include "plugin/sentinel/value/operation.h"

namespace {

base::SourcePtr make_source(std::string text) {
  return std::make_shared<const base::Source>("fuzz.json", std::move(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto source = make_source(std::string(reinterpret_cast<const char*>(data), size));
  std::vector<base::Diagnostic> errors;
  (void)sentinel::read_configuration(source, errors);
  for (const base::Diagnostic& error : errors)
    (void)base::to_text(error);

  std::vector<base::Diagnostic> problems;
  const auto tree = sentinel::read_json(source, problems);
  if (!tree) return 0;
  sentinel::Arena arena;
  const std::string text = sentinel::to_json(sentinel::to_value(arena, *tree), false);
  const auto again = sentinel::read_json(make_source(text), problems);
  if (!again || !problems.empty()) __builtin_trap();
  if (sentinel::to_json(sentinel::to_value(arena, *again), false) != text) __builtin_trap();
  return 0;
}
