#include "plugin/sentinel/cli/cli.h"

#include <algorithm>
#include <array>
#include <exception>
#include <ostream>

#include "plugin/base/file.h"
#include "plugin/sentinel/cli/command.h"
#include "plugin/sentinel/import/table.h"

namespace sentinel {
namespace {

constexpr std::string_view kApplyHelp = R"(Usage: sentinel apply [options] [POLICY]

  Execute a policy and output the result.

  POLICY is the path of a policy file or the name of a policy block in the
  configuration. Without it every policy in the configuration is executed.

  Exit codes: 0 passed, 1 failed, 2 undefined, 3 runtime error, 9 any other
  error.

Options:

  -color              Force color on or off. On by default on a terminal.

  -config=PATH        Configuration file. By default all *.hcl files of the
                      working directory are merged.

  -global key=value   Set a global. May be repeated.

  -json               Print only JSON. Implies -trace.

  -json-rule=RULE     Print only the value of this rule, as JSON.

  -param key=value    Set a parameter. May be repeated. The environment
                      variable SENTINEL_PARAM_key does the same.

  -timeout=DURATION   Stop after this long, such as 100ms or 5s.

  -trace              Always print the execution trace.
)";

constexpr std::string_view kFmtHelp = R"(Usage: sentinel fmt [options] FILE ...

  Format Sentinel policy to a canonical format. "-" reads the standard input
  and writes the standard output.

Options:

  -check              Write nothing; print the names of the files that need
                      formatting and exit non-zero if there are any.

  -color              Force color on or off. On by default on a terminal.

  -write              Rewrite files in place; -write=false prints to the
                      standard output. Defaults to true.
)";

constexpr std::string_view kTestHelp = R"(Usage: sentinel test [options] [PATH ...]

  Test policies. PATH is a policy file or a directory of policies; the default
  is the working directory. The cases of policy NAME.sentinel are
  test/NAME/*.hcl and test/NAME/*.json beside it.

Options:

  -color              Force color on or off. On by default on a terminal.

  -json               Print only JSON.

  -maxConcurrency=N   Number of tests that run at once. Defaults to the number
                      of logical CPUs.

  -run=REGEXP         Run only matching tests: POLICY, or POLICY/CASE.

  -timeout=DURATION   Stop after this long, such as 100ms or 5s. Defaults to
                      5m.

  -verbose            Print logs and traces of passing cases, too.
)";

constexpr std::string_view kVersionHelp = R"(Usage: sentinel version

  Prints the Sentinel runtime version. The runtime is harness's own; the
  version is that of the language and the command line it follows.
)";

constexpr std::array<CommandRow, 4> kCommands = {{
    {"apply", "Execute a policy and output the result", kApplyHelp, run_apply},
    {"fmt", "Format Sentinel policy to a canonical format", kFmtHelp, run_fmt},
    {"test", "Test policies", kTestHelp, run_test},
    {"version", "Prints the Sentinel runtime version", kVersionHelp, run_version},
}};

std::string usage() {
  std::string out =
      "Usage: sentinel [--version] [--help] <command> [<args>]\n\nAvailable commands are:\n";
  for (const CommandRow& row : kCommands) {
    out += "    " + std::string(row.name) + std::string(11 - row.name.size(), ' ') +
           std::string(row.summary) + '\n';
  }
  return out;
}

bool asks_for_help(std::string_view word) {
  return word == "-h" || word == "-help" || word == "--help";
}

int dispatch(const std::vector<std::string>& arguments, const CommandContext& context) {
  std::size_t i = 0;
  for (; i < arguments.size() && arguments[i].starts_with('-'); ++i) {
    const std::string& word = arguments[i];
    if (word == "-v" || word == "-version" || word == "--version") return run_version({}, context);
    if (asks_for_help(word)) {
      context.streams.out << usage();
      return kPassed;
    }
  }
  if (i == arguments.size()) {
    context.streams.err << usage();
    return kUnknownCommand;
  }
  const auto* row = std::find_if(kCommands.begin(), kCommands.end(),
                                 [&](const CommandRow& one) { return one.name == arguments[i]; });
  if (row == kCommands.end()) {
    context.streams.err << usage();
    return kUnknownCommand;
  }
  const std::vector<std::string> rest(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                      arguments.end());
  for (const std::string& word : rest) {
    if (word == "--") break;
    if (asks_for_help(word)) {
      context.streams.out << row->help;
      return kPassed;
    }
  }
  return row->run(rest, context);
}

}  // namespace

std::span<const CommandRow> commands() {
  return kCommands;
}

std::vector<std::string> command_names() {
  std::vector<std::string> out;
  for (const CommandRow& row : kCommands)
    out.emplace_back(row.name);
  return out;
}

int refuse(std::string_view message, std::string_view command, const CommandContext& context) {
  context.streams.err << message << '\n';
  for (const CommandRow& row : kCommands) {
    if (row.name == command) context.streams.err << row.help;
  }
  return kOtherError;
}

bool use_colour(const std::optional<bool>& flag, const base::System& system) {
  if (flag) return *flag;
  return system.out.interactive && base::get(system.environment, "NO_COLOR").empty();
}

std::string name_file(const base::Path& file, const base::Path& working_directory) {
  if (file.extension() == ".sentinel") return file.filename().string();
  return base::display_path(file, working_directory);
}

int run_version(const std::vector<std::string>& arguments, const CommandContext& context) {
  (void)arguments;
  context.streams.out << "Sentinel v" << kRuntimeVersion << '\n';
  return kPassed;
}

int run_command_line(const std::vector<std::string>& arguments, const base::System& system,
                     Streams streams, const base::CancelToken& cancel) {
  const CommandContext context{system, streams, cancel};
  int code = kOtherError;
  try {
    code = dispatch(arguments, context);
  } catch (const std::exception& error) {  // out of memory, a printed value out of bounds
    streams.err << "Error: " << error.what() << '\n';
  }
  streams.out.flush();
  if (!streams.out) {
    streams.err << "Error: the output cannot be written\n";
    return kOtherError;
  }
  return code;
}

}  // namespace sentinel
