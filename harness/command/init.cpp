// `harness init`: a first manifest for a policy repository as it is.
#include <algorithm>
#include <map>
#include <set>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/report/json_writer.h"
#include "harness/report/run_report.h"
#include "harness/run/value_text.h"
#include "plugin/base/file.h"
#include "plugin/sentinel/config/configuration.h"

namespace harness {
namespace {

constexpr std::size_t kMostEntries = 200'000;
constexpr std::size_t kMostCommented = 20;

/// What a repository holds, as far as a manifest cares. Paths are relative to the start.
struct Found {
  std::set<std::string> native;    // folders whose policies have cases of their own
  std::set<std::string> policies;  // policies without any
  std::size_t cases = 0;
  std::map<std::string, std::string> modules;
  std::vector<sentinel::Setting> params;
};

bool passed_over(const base::Path& folder) {
  static constexpr std::string_view kNames[] = {".git",     ".harness", ".sentinel", "node_modules",
                                                "test",     "testdata", "mocks",     "modules",
                                                "fixtures", "build"};
  const std::string name = folder.filename().string();
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

std::size_t native_cases(const base::Path& policy) {
  const base::Path folder = policy.parent_path() / "test" / policy.stem();
  std::size_t out = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string ending = entry->path().extension().string();
    if (ending == ".hcl" || ending == ".json") ++out;
  }
  return out;
}

/// A policy has a `main`; modules and mocks have none.
bool has_main(const base::Path& file) {
  const auto text = base::read_file(file, std::uint64_t{8} << 20U);
  if (!text) return false;
  for (std::size_t at = text->find("main"); at != std::string::npos;
       at = text->find("main", at + 1)) {
    if (at != 0 && (*text)[at - 1] != '\n') continue;
    const std::size_t next = text->find_first_not_of(" \t", at + 4);
    if (next != std::string::npos && (*text)[next] == '=') return true;
  }
  return false;
}

Found look_around(const base::Path& start) {
  Found out;
  std::set<base::Path> files;
  std::error_code error;
  std::size_t entries = 0;
  std::filesystem::recursive_directory_iterator entry(start, error);
  for (; !error && entry != std::filesystem::recursive_directory_iterator();
       entry.increment(error)) {
    if (++entries > kMostEntries) break;
    std::error_code ignored;
    if (entry->is_symlink(ignored)) {
      if (entry->is_directory(ignored)) entry.disable_recursion_pending();
      continue;
    }
    if (entry->is_directory(ignored) && passed_over(entry->path()))
      entry.disable_recursion_pending();
    if (entry->is_regular_file(ignored) && entry->path().extension() == ".sentinel")
      files.insert(entry->path());
  }
  for (const base::Path& file : files) {
    const std::size_t cases = native_cases(file);
    out.cases += cases;
    if (cases > 0) {
      out.native.insert(base::display_path(file.parent_path(), start));
    } else if (has_main(file)) {
      out.policies.insert(base::display_path(file, start));
    }
  }
  return out;
}

/// Modules and parameters of the policy set's own configuration: a generated case does not read it.
void read_policy_set(const base::Path& start, Found& found) {
  const base::Path file = start / "sentinel.hcl";
  auto text = base::read_file(file, sentinel::kLargestConfiguration);
  if (!text) return;
  std::vector<base::Diagnostic> errors;
  const sentinel::Configuration configuration = sentinel::read_configuration(
      std::make_shared<const base::Source>("sentinel.hcl", std::move(*text)), errors);
  for (const sentinel::ConfiguredImport& import : configuration.imports) {
    if (import.kind != sentinel::ImportKind::Module) continue;
    const auto path = base::resolve_inside(start, start, import.source);
    std::error_code error;
    if (path && std::filesystem::is_regular_file(*path, error))
      found.modules[import.name] = base::display_path(*path, start);
  }
  found.params = configuration.params;
}

/// The fewest folders that hold all of them: `sentinel-tests` looks below each.
std::vector<std::string> outermost(const std::set<std::string>& folders) {
  std::vector<std::string> out;
  for (const std::string& folder : folders) {
    if (folder.empty() || folder == ".") return {"."};
    if (!out.empty() && folder.starts_with(out.back() + "/")) continue;
    out.push_back(folder);
  }
  return out;
}

std::string manifest_text(const Found& found) {
  std::string out =
      "# Tests of this repository's policies; `harness run` runs them.\n"
      "version: 1\n";
  if (!found.modules.empty() || !found.params.empty()) out += "\ndefaults:\n";
  if (!found.modules.empty()) out += "  modules:\n";
  for (const auto& [name, file] : found.modules)
    out += "    " + json_string(name) + ": " + json_string(file) + "\n";
  if (!found.params.empty()) out += "  params:\n";
  for (const sentinel::Setting& param : found.params)
    out += "    " + json_string(param.name) + ": " + json_of(param.value) + "\n";
  out +=
      "\n# Mocks from real plans: a workspace's newest run, exported and kept under fixtures/.\n"
      "# mocks:\n"
      "#   network:\n"
      "#     plan-export: { workspace: ORGANIZATION/WORKSPACE }\n";
  if (found.native.empty()) {
    out += "\ntests: []\n";
  } else {
    out += "\ntests:\n";
    for (const std::string& folder : outermost(found.native))
      out += "  - sentinel-tests: " + json_string(folder) + "\n";
  }
  if (!found.policies.empty()) out += "  # Policies without a case:\n";
  std::size_t count = 0;
  for (const std::string& policy : found.policies) {
    if (++count > kMostCommented) {
      out += "  # ... and " + std::to_string(found.policies.size() - kMostCommented) + " more\n";
      break;
    }
    out += "  # - policy: " + json_string(policy) +
           "\n  #   cases: [ { name: the network is fine, mocks: network, expect: pass } ]\n";
  }
  return out;
}

struct Snippet {
  std::string_view system;
  std::string_view file;
  std::string_view text;
};

constexpr Snippet kSnippets[] = {
    {"github", ".github/workflows/policies.yml",
     "name: policies\n"
     "on: [push, pull_request]\n"
     "jobs:\n"
     "  policies:\n"
     "    runs-on: ubuntu-latest\n"
     "    steps:\n"
     "      - uses: actions/checkout@v4\n"
     "      # Before this: install harness from where you keep packages.\n"
     "      - run: harness run --report junit=policies.xml\n"},
    {"gitlab", ".gitlab-ci.yml",
     "policies:\n"
     "  # An image of yours with harness on its PATH.\n"
     "  script:\n"
     "    - harness run --report junit=policies.xml --report gitlab=quality.json\n"
     "  artifacts:\n"
     "    when: always\n"
     "    reports:\n"
     "      junit: policies.xml\n"
     "      codequality: quality.json\n"},
    {"azure", "azure-pipelines.yml",
     "steps:\n"
     "  # Before this: install harness from where you keep packages.\n"
     "  - script: harness run --report junit=policies.xml --report azure\n"
     "  - task: PublishTestResults@2\n"
     "    condition: always()\n"
     "    inputs:\n"
     "      testResultsFormat: JUnit\n"
     "      testResultsFiles: policies.xml\n"},
    {"jenkins", "Jenkinsfile",
     "pipeline {\n"
     "  agent any\n"
     "  stages {\n"
     "    stage('policies') {\n"
     "      steps { sh 'harness run --report junit=policies.xml' }\n"
     "    }\n"
     "  }\n"
     "  post { always { junit 'policies.xml' } }\n"
     "}\n"},
};

}  // namespace

int init_command(const Arguments& arguments, Context& context) {
  if (!arguments.words().empty()) {
    show_problem({.what = "`harness init` takes no argument, found `" + arguments.words()[0] + "`",
                  .advice = "use `-C DIR` to work elsewhere"});
    return kExitUsage;
  }
  const base::Path& start = context.system.working_directory;
  const base::Path file = start / "tests.yaml";
  const auto* const snippet = std::find_if(
      std::begin(kSnippets), std::end(kSnippets),
      [&arguments](const Snippet& one) { return one.system == arguments.value("ci"); });
  const bool wants_snippet = snippet != std::end(kSnippets);
  std::string said;
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::symlink_status(file, error))) {
    Found found = look_around(start);
    read_policy_set(start, found);
    if (auto written = base::write_file(file, manifest_text(found)); !written) {
      show_problem(written.error());
      return kExitRuntime;
    }
    said = "tests.yaml: " + counted(found.cases, "native case", "native cases") + ", " +
           counted(found.policies.size(), "policy", "policies") +
           " without a case\nnext: harness run\n";
  } else if (wants_snippet) {
    said = "tests.yaml: kept as it is\n";
  } else {
    show_problem({.what = "there is a `tests.yaml` already",
                  .advice = "`harness check` says whether it is right"});
    return kExitUsage;
  }
  if (wants_snippet)
    said += "\n" + std::string(snippet->file) + "\n\n" + std::string(snippet->text);
  return write_out(said) ? kExitPassed : kExitRuntime;
}

}  // namespace harness
