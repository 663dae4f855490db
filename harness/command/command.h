// The commands of `harness`: one file each, listed in table.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/command/options.h"
#include "plugin/base/cancel.h"
#include "plugin/base/system.h"

namespace harness {

/// Never renumbered.
inline constexpr int kExitPassed = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitMock = 3;
inline constexpr int kExitRuntime = 4;
inline constexpr int kExitNothingSelected = 5;

/// What a command works with.
struct Context {
  base::System system;
  base::CancelToken cancel;
};

struct CommandRow {
  std::string_view name;
  std::string_view words;  // "[MANIFEST]"
  std::string_view help;
  std::string_view details;   // a paragraph for --help
  std::string_view examples;  // a line each
  std::span<const std::string_view> options;
  int (*run)(const Arguments& arguments, Context& context);
};

std::span<const CommandRow> commands();
/// Null where there is none of that name.
const CommandRow* find_command(std::string_view name);

// One of each in NAME.cpp.
int run_command(const Arguments& arguments, Context& context);
int check_command(const Arguments& arguments, Context& context);
int list_command(const Arguments& arguments, Context& context);
int impact_command(const Arguments& arguments, Context& context);
int refresh_command(const Arguments& arguments, Context& context);
int diff_command(const Arguments& arguments, Context& context);
int pull_command(const Arguments& arguments, Context& context);
int doctor_command(const Arguments& arguments, Context& context);
int report_command(const Arguments& arguments, Context& context);
int completion_command(const Arguments& arguments, Context& context);
int init_command(const Arguments& arguments, Context& context);
int schema_command(const Arguments& arguments, Context& context);
int man_command(const Arguments& arguments, Context& context);

/// `harness sentinel …` and the link named `sentinel`: HashiCorp's command line. `words` begin
/// behind the program's name.
int sentinel_command(const std::vector<std::string>& words, Context& context);

/// "0.40.0": the release of Sentinel whose language and command line the built-in runtime follows.
std::string_view sentinel_version();

/// "1.2.3", "1.2.3+5.g0123456": from git where there is one.
std::string_view harness_version();
/// "0123456", and that commit's day, "2026-01-31"; empty where the build knew no git.
std::string_view harness_commit();
std::string_view harness_date();

}  // namespace harness
