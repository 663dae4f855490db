// Child processes: own process group, time-out, both streams read, no inherited secrets.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace base {

struct ChildCommand {
  Path program;  // absolute
  std::vector<std::string> arguments;
  Environment environment;  // all the child gets
  Path working_directory;
  std::string input;  // given on stdin, which is then closed
  std::optional<std::chrono::milliseconds> timeout;
  std::uint64_t most_output = std::uint64_t{256}
                              << 20U;  // bytes of each stream; then the child is killed
};

struct ChildOutcome {
  int exit_code = 0;  // of a child that exited
  int signal = 0;     // of one that was killed; else 0
  bool timed_out = false;
  bool flooded = false;  // more output than allowed
  std::string out;
  std::string err;
  std::chrono::milliseconds duration{0};
};

/// Runs a child to its end. On time-out, cancel or flood its whole process group is killed: first
/// SIGTERM, 2 s later SIGKILL. An error is one of starting it (missing program, no permission).
Result<ChildOutcome> run_child(const ChildCommand& command, const CancelToken& cancel);

/// Looks `name` up in the absolute entries of PATH. Entries inside `outside_of` (the repository,
/// which a pull request controls) are passed over.
std::optional<Path> find_program(std::string_view name, const Environment& environment,
                                 const Path& outside_of);

/// PATH, LANG, TZ and TMPDIR as they are, and HOME = `home`: what a child gets of our environment.
Environment child_environment(const Environment& ours, const Path& home,
                              const std::vector<std::string>& pass);

}  // namespace base
