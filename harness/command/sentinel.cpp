// `harness sentinel …`, and the link named `sentinel`.
#include <iostream>

#include "harness/command/command.h"
#include "plugin/sentinel/cli/cli.h"
#include "plugin/sentinel/import/table.h"

namespace harness {

int sentinel_command(const std::vector<std::string>& words, Context& context) {
  return sentinel::run_command_line(words, context.system, {std::cin, std::cout, std::cerr},
                                    context.cancel);
}

std::string_view sentinel_version() {
  return sentinel::kRuntimeVersion;
}

}  // namespace harness
