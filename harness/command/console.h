// Standard output and standard error: written whole, whatever the reader does; colours decided
// once.
#pragma once

#include <string>
#include <string_view>

#include "harness/command/options.h"
#include "plugin/base/diagnostic.h"
#include "plugin/base/system.h"

namespace harness {

/// A reader that went away (`| head`) is no error. False: the output is full or broken.
bool write_out(std::string_view text);
void write_err(std::string_view text);

/// --color, then NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE, then whether it is a terminal.
bool use_colour(const Arguments& arguments, const base::Environment& environment,
                const base::Terminal& terminal);

/// Each problem, on standard error.
void show_problems(const std::vector<base::Diagnostic>& problems);
void show_problem(const base::Diagnostic& problem);

}  // namespace harness
