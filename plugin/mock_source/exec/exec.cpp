#include "plugin/mock_source/exec/exec.h"

#include <algorithm>

#include "plugin/base/child.h"

namespace mock_source {
namespace {

constexpr std::size_t kMostShown = 400;

/// The end of what a command wrote, in a form that fits a message.
std::string last_lines(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  if (text.size() > kMostShown) text = "…" + text.substr(text.size() - kMostShown);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n') c = '?';
  }
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

class Exec : public MockSource {
 public:
  explicit Exec(ExecSettings settings) : settings_(std::move(settings)) {}

  base::Result<Provenance> fetch(const base::Path& folder, const ProgressSink& progress,
                                 const base::CancelToken& cancel) override {
    const std::string& name = settings_.command.front();
    base::Path program = name;
    if (name.find('/') == std::string::npos) {
      const auto found = base::find_program(name, settings_.environment, settings_.repository);
      if (!found) return failed("there is no `" + name + "` on PATH");
      program = *found;
    } else if (program.is_relative()) {
      program = settings_.working_directory / program;
    }
    base::ChildCommand command{
        .program = program.lexically_normal(),
        .arguments = {settings_.command.begin() + 1, settings_.command.end()},
        .environment = settings_.environment,
        .working_directory = settings_.working_directory,
        .timeout = settings_.timeout};
    command.arguments.push_back(folder.string());
    progress("running " + name);
    const auto outcome = base::run_child(command, cancel);
    if (!outcome) return base::Diagnostic(outcome.error());
    if (cancel.cancelled()) return failed("it was stopped");
    const std::string said = last_lines(outcome->err);
    const std::string tail = said.empty() ? "" : ": " + said;
    if (outcome->timed_out)
      return failed("it ran longer than " + std::to_string(settings_.timeout.count() / 1000) +
                    " s" + tail);
    if (outcome->flooded) return failed("it printed too much");
    if (outcome->signal != 0)
      return failed("signal " + std::to_string(outcome->signal) + " ended it" + tail);
    if (outcome->exit_code != 0)
      return failed("it exited with " + std::to_string(outcome->exit_code) + tail);
    return check_result(folder);
  }

 private:
  /// What the command made is as little trusted as an archive.
  base::Result<Provenance> check_result(const base::Path& folder) const {
    std::error_code error;
    bool any = false;
    std::filesystem::recursive_directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::recursive_directory_iterator();
         entry.increment(error)) {
      const auto type = entry->symlink_status(error).type();
      if (error) break;
      const std::string member = entry->path().lexically_relative(folder).string();
      if (type == std::filesystem::file_type::symlink)
        return failed("it made a link, `" + member + "`");
      if (type == std::filesystem::file_type::regular)
        any = true;
      else if (type != std::filesystem::file_type::directory)
        return failed("it made `" + member + "`, which is neither a file nor a folder");
    }
    if (error) return failed(error.message());
    if (!any) return failed("it left the folder empty");
    return Provenance{.kind = "exec"};
  }

  base::Diagnostic failed(std::string why) const {
    std::string shown;
    for (const std::string& word : settings_.command)
      shown += (shown.empty() ? "" : " ") + word;
    return {.what = "command `" + shown + "` made no mock", .why = std::move(why)};
  }

  ExecSettings settings_;
};

}  // namespace

std::unique_ptr<MockSource> make_exec(ExecSettings settings) {
  return std::make_unique<Exec>(std::move(settings));
}

}  // namespace mock_source
