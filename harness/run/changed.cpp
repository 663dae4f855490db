#include "harness/run/changed.h"

#include "plugin/base/child.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

void add_paths(const std::string& output, const base::Path& repository, std::set<base::Path>& out) {
  for (std::size_t at = 0; at < output.size();) {
    const std::size_t end = std::min(output.find('\0', at), output.size());
    std::error_code error;
    // A deleted file stays in the set under its name.
    out.insert(std::filesystem::weakly_canonical(repository / output.substr(at, end - at), error));
    at = end + 1;
  }
}

}  // namespace

base::Result<std::set<base::Path>> changed_files(const base::Path& repository,
                                                 const std::string& reference,
                                                 const base::System& system,
                                                 const base::CancelToken& cancel) {
  base::Diagnostic problem{.what = "what changed since `" + reference + "` cannot be told"};
  if (reference.starts_with('-')) {
    problem.why = "that is no name of a commit";
    return problem;
  }
  const auto git = base::find_program("git", system.environment, repository);
  if (!git) {
    problem.why = "there is no `git` on PATH";
    return problem;
  }
  std::set<base::Path> out;
  const std::vector<std::vector<std::string>> questions = {
      {"diff", "--name-only", "-z", "--no-ext-diff", "--relative", reference, "--"},
      {"ls-files", "--others", "--exclude-standard", "-z"}};
  for (const std::vector<std::string>& question : questions) {
    // A repository from a pull request must not choose programs for us to start.
    std::vector<std::string> arguments{"-c", "core.fsmonitor=false", "-c",
                                       "core.hooksPath=/dev/null"};
    arguments.insert(arguments.end(), question.begin(), question.end());
    const auto outcome = base::run_child(
        {.program = *git,
         .arguments = std::move(arguments),
         .environment = base::child_environment(system.environment, "/nonexistent", {}),
         .working_directory = repository,
         .timeout = milliseconds(60'000)},
        cancel);
    if (!outcome) return base::Diagnostic(outcome.error());
    if (outcome->exit_code != 0 || outcome->signal != 0 || outcome->timed_out) {
      problem.why = "git said: " +
                    outcome->err.substr(0, std::min<std::size_t>(outcome->err.find('\n'), 400));
      return problem;
    }
    add_paths(outcome->out, repository, out);
  }
  return out;
}

}  // namespace harness
