#include "harness/run/runtime.h"

#include <filesystem>

#include "plugin/base/child.h"
#include "plugin/policy_runtime/in_process/in_process.h"
#include "plugin/policy_runtime/sentinel_cli/sentinel_cli.h"

namespace harness {
namespace {

/// `sentinel` on PATH that is a link to this program counts as the built-in runtime.
bool is_this_program(const base::Path& program) {
  std::error_code error;
  return std::filesystem::equivalent(program, "/proc/self/exe", error) && !error;
}

bool holds(const policy_runtime::CliVersion& version, std::string_view constraint) {
  while (constraint.starts_with(' '))
    constraint.remove_prefix(1);
  while (constraint.ends_with(' '))
    constraint.remove_suffix(1);
  const std::size_t digits = std::min(constraint.find_first_of("0123456789v"), constraint.size());
  std::string_view op = constraint.substr(0, digits);
  while (op.ends_with(' '))
    op.remove_suffix(1);
  const std::string_view number = constraint.substr(digits);
  const auto wanted = policy_runtime::parse_version(number);
  if (!wanted) return false;
  if (op.empty() || op == "=" || op == "==") return version == *wanted;
  if (op == "!=") return version != *wanted;
  if (op == ">=") return version >= *wanted;
  if (op == "<=") return version <= *wanted;
  if (op == ">") return version > *wanted;
  if (op == "<") return version < *wanted;
  if (op == "~>") {
    // `~> 0.26` allows 0.27, `~> 0.26.1` only other 0.26.
    const auto dots = std::count(number.begin(), number.end(), '.');
    return version >= *wanted && version.major == wanted->major &&
           (dots < 2 || version.minor == wanted->minor);
  }
  return false;
}

}  // namespace

std::string shown(const policy_runtime::RuntimeInfo& info) {
  return info.name + " " + info.version;
}

std::string Runtimes::shown() const {
  if (!cli) return harness::shown(builtin->info());
  if (!both) return harness::shown(cli->info());
  return harness::shown(cli->info()) + " and " + harness::shown(builtin->info());
}

bool satisfies(std::string_view version, std::string_view constraints) {
  const auto parsed = policy_runtime::parse_version(version);
  if (!parsed) return false;
  for (std::size_t at = 0; at < constraints.size();) {
    const std::size_t end = std::min(constraints.find(',', at), constraints.size());
    if (!holds(*parsed, constraints.substr(at, end - at))) return false;
    at = end + 1;
  }
  return true;
}

base::Result<Runtimes> open_runtimes(const Manifest& manifest, const RunOptions& options,
                                     const base::System& system, const base::Path& home,
                                     const base::CancelToken& cancel) {
  Runtimes out;
  const RuntimeChoice choice = options.runtime.value_or(manifest.sentinel.runtime);
  out.builtin = policy_runtime::make_in_process(system);
  out.both = choice == RuntimeChoice::Both;
  if (choice == RuntimeChoice::Builtin) return out;
  if (options.coverage && choice == RuntimeChoice::Auto) return out;
  if (options.coverage) {
    return base::Diagnostic{.what = "coverage is known to the built-in runtime alone",
                            .advice = "use `--runtime builtin`"};
  }
  const auto program = base::find_program("sentinel", system.environment, manifest.root);
  const bool demanded = choice != RuntimeChoice::Auto;
  if (!program) {
    if (!demanded) return out;
    return base::Diagnostic{
        .what = "there is no `sentinel` to run policies with",
        .why = "none of the absolute entries of PATH outside the repository holds one",
        .advice = "install HashiCorp's sentinel, or use `--runtime builtin`"};
  }
  if (!demanded && is_this_program(*program)) return out;
  auto cli = policy_runtime::open_sentinel_cli(
      {.program = *program,
       .environment = base::child_environment(system.environment, home, options.pass_env)},
      cancel);
  if (!cli) return std::move(cli.error());
  const std::string& version = (*cli)->info().version;
  if (!manifest.sentinel.version.empty() && !satisfies(version, manifest.sentinel.version)) {
    return base::Diagnostic{
        .what = "`" + program->string() + "` is version " + version + ", the manifest wants `" +
                manifest.sentinel.version + "`",
        .where = manifest.sentinel.version_where,
        .advice = "install another version of sentinel, or use `--runtime builtin`"};
  }
  out.cli = std::move(*cli);
  return out;
}

}  // namespace harness
