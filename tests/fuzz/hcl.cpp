// Any bytes as an HCL configuration. Beyond "no crash": positions lie in the text, and what is read
// twice is the same.
#include <cstdint>
#include <memory>
#include <string>

#include "plugin/sentinel/config/configuration.h"
#include "plugin/sentinel/config/value.h"
#include "plugin/sentinel/value/operation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto source = std::make_shared<const base::Source>(
      "fuzz.hcl", std::string(reinterpret_cast<const char*>(data), size));
  std::vector<base::Diagnostic> errors;
  const sentinel::Configuration once = sentinel::read_configuration(source, errors);
  for (const base::Diagnostic& error : errors) {
    if (error.where && error.where->line == 0) __builtin_trap();
    (void)base::to_text(error);
  }
  std::vector<base::Diagnostic> again;
  const sentinel::Configuration twice = sentinel::read_configuration(source, again);
  if (errors != again || once.mocks.size() != twice.mocks.size()) __builtin_trap();
  sentinel::Arena arena;
  for (const sentinel::Mock& mock : once.mocks) {
    if (mock.data) (void)sentinel::to_text(sentinel::to_value(arena, *mock.data));
  }
  return 0;
}
