// Whatever a `sentinel` prints, each case gets one outcome or the whole an error.
#include "plugin/policy_runtime/sentinel_cli/cli_json.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto outcomes = policy_runtime::read_test_json(
      text, "policies/p.sentinel", {"policies/test/p/a.hcl", "policies/test/p/b.hcl"});
  if (outcomes && outcomes->size() != 2) __builtin_trap();
  if (!outcomes && outcomes.error().why.empty()) __builtin_trap();
  const policy_runtime::LanguageError error = policy_runtime::read_error_text(text);
  if (error.where && error.message.size() >= size) __builtin_trap();
  return 0;
}
