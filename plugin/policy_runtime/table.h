// The runtimes there are. `--help`, messages and the documentation take their words from here.
#pragma once

#include <span>
#include <string_view>

namespace policy_runtime {

struct RuntimeRow {
  std::string_view name;  // of `--runtime` and `sentinel.runtime`
  std::string_view help;
};

std::span<const RuntimeRow> runtimes();

}  // namespace policy_runtime
