#include "harness/command/manifest_argument.h"

#include "harness/command/console.h"
#include "harness/report/run_report.h"

namespace harness {

bool is_manifest_name(std::string_view word) {
  return word.ends_with(".yaml") || word.ends_with(".yml");
}

std::optional<Manifest> manifest_of(const Arguments& arguments, const Context& context,
                                    WordsAre words) {
  base::Path file;
  for (const std::string& word : arguments.words()) {
    if (!is_manifest_name(word)) {
      if (words == WordsAre::ManifestOrMocks) continue;
      show_problem({.what = "`" + word + "` is no manifest, whose name ends in .yaml or .yml"});
      return std::nullopt;
    }
    if (!file.empty()) {
      show_problem({.what = "there are two manifests, `" + file.string() + "` and `" + word + "`"});
      return std::nullopt;
    }
    file = word;
  }
  if (file.empty()) {
    auto found = find_manifest(context.system.working_directory);
    if (!found) {
      show_problem(found.error());
      return std::nullopt;
    }
    file = *found;
  } else {
    file = (context.system.working_directory / file).lexically_normal();
  }
  std::vector<base::Diagnostic> problems;
  auto manifest = read_manifest(file,
                                {.allow_outside = arguments.has("allow-outside"),
                                 .working_directory = context.system.working_directory},
                                problems);
  show_problems(problems);
  if (!manifest || !problems.empty()) {
    if (problems.size() > 1) write_err(counted(problems.size(), "problem", "problems") + "\n");
    return std::nullopt;
  }
  return manifest;
}

}  // namespace harness
