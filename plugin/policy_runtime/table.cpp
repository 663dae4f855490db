#include "plugin/policy_runtime/table.h"

namespace policy_runtime {
namespace {

constexpr RuntimeRow kRuntimes[] = {
    {"auto", "HashiCorp's `sentinel` on PATH if there is one, else the built-in runtime"},
    {"cli", "HashiCorp's `sentinel` on PATH"},
    {"builtin", "the built-in runtime"},
    {"both", "both; a difference between them is a failure"},
};

}  // namespace

std::span<const RuntimeRow> runtimes() {
  return kRuntimes;
}

}  // namespace policy_runtime
