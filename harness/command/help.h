// Help texts, made from the tables of commands and options.
#pragma once

#include <string>
#include <string_view>

#include "harness/command/command.h"

namespace harness {

/// `harness --help`
std::string help_text();
/// `harness COMMAND --help`
std::string help_text(const CommandRow& command);

}  // namespace harness
