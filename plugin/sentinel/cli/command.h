// One row per command; each command has a file of its name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/sentinel/cli/cli.h"

namespace sentinel {

struct CommandContext {
  const base::System& system;
  Streams streams;
  const base::CancelToken& cancel;
};

struct CommandRow {
  std::string_view name;
  std::string_view summary;
  std::string_view help;  // the whole text of `-h`
  int (*run)(const std::vector<std::string>& arguments, const CommandContext& context);
};

std::span<const CommandRow> commands();

int run_apply(const std::vector<std::string>& arguments, const CommandContext& context);
int run_fmt(const std::vector<std::string>& arguments, const CommandContext& context);
int run_test(const std::vector<std::string>& arguments, const CommandContext& context);
int run_version(const std::vector<std::string>& arguments, const CommandContext& context);

/// Says what is wrong with the command line, with the help of `command`; returns kOtherError.
int refuse(std::string_view message, std::string_view command, const CommandContext& context);

/// Whether to print in colour: the flag, else a terminal and no NO_COLOR.
bool use_colour(const std::optional<bool>& flag, const base::System& system);

/// How files are named in positions: policies, modules and mocks by their base name, configuration
/// by its path from the working directory.
std::string name_file(const base::Path& file, const base::Path& working_directory);

}  // namespace sentinel
