// `harness check`: is the manifest right?
#include <algorithm>
#include <memory>
#include <set>
#include <thread>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/command/manifest_argument.h"
#include "harness/command/service.h"
#include "harness/command/signal.h"
#include "harness/fixture/store.h"
#include "harness/fixture/supply.h"
#include "harness/manifest/glob.h"
#include "harness/report/run_report.h"
#include "harness/run/named_files.h"
#include "plugin/base/file.h"
#include "plugin/sentinel/config/configuration.h"

namespace harness {
namespace {

/// Plans are large: more at once need memory.
constexpr std::size_t kMostJobs = 8;

/// Files that end in .sentinel beside policies that are tested, and are not named by any case.
void untested_policies(const Manifest& manifest, std::vector<base::Diagnostic>& out) {
  std::set<base::Path> used, folders;
  for (const Case& one : manifest.cases) {
    used.insert(one.policy.path);
    folders.insert(one.policy.path.parent_path());
    for (const NamedFile& module : one.modules)
      used.insert(module.file.path);
  }
  for (const SentinelTests& tests : manifest.sentinel_tests)
    folders.insert(tests.folder.path);
  for (const base::Path& folder : folders) {
    std::error_code error;
    std::set<base::Path> files;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->path().extension() == ".sentinel" && entry->is_regular_file(error))
        files.insert(entry->path());
    }
    for (const base::Path& file : files) {
      if (used.contains(file)) continue;
      out.push_back(
          {.what = "policy `" + base::display_path(file, manifest.root) + "` has no case"});
    }
  }
}

/// Whether `folder` holds what reads as a case; it may hold data as well.
bool holds_cases(const base::Path& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const base::Path ending = entry->path().extension();
    if (ending == ".hcl") return true;
    if (ending != ".json") continue;
    auto text = base::read_file(entry->path(), sentinel::kLargestConfiguration);
    if (!text) continue;
    std::vector<base::Diagnostic> errors;
    sentinel::read_configuration(
        std::make_shared<const base::Source>(entry->path().string(), std::move(*text)), errors);
    if (errors.empty()) return true;
  }
  return false;
}

/// Folders `test/NAME/` without a policy NAME.sentinel, renamed or mistyped: their cases run
/// nowhere.
void orphaned_cases(const Manifest& manifest, const SentinelTests& tests, const base::Path& folder,
                    std::vector<base::Diagnostic>& out) {
  std::error_code error;
  std::vector<base::Path> folders;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->symlink_status(ignored).type() != std::filesystem::file_type::directory) continue;
    const std::string relative =
        entry->path().lexically_relative(tests.folder.path).generic_string();
    if (is_private_folder(entry->path().filename()) ||
        std::any_of(tests.exclude.begin(), tests.exclude.end(),
                    [&](const std::string& glob) { return glob_matches(glob, relative); })) {
      continue;
    }
    folders.push_back(entry->path());
  }
  std::sort(folders.begin(), folders.end());
  for (const base::Path& below : folders) {
    orphaned_cases(manifest, tests, below, out);
    if (folder.filename() != "test") continue;
    const base::Path policy = folder.parent_path() / (below.filename().string() + ".sentinel");
    if (std::filesystem::exists(policy, error) || !holds_cases(below)) continue;
    out.push_back(
        {.what = "the cases in `" + base::display_path(below, manifest.root) + "` are run nowhere",
         .where = tests.folder.where,
         .why = "there is no `" + base::display_path(policy, manifest.root) + "`",
         .advice = "give the folder the name of its policy, or name it under `exclude`"});
  }
}

void unused_mocks(const Manifest& manifest, std::vector<base::Diagnostic>& out) {
  std::set<std::string> used;
  for (const Case& one : manifest.cases) {
    for (const std::string& name : one.mocks) {
      const Mock* mock = manifest.find_mock(name);
      while (mock != nullptr) {
        used.insert(mock->name);
        const auto* extends = std::get_if<ExtendsMock>(&mock->kind);
        mock = extends == nullptr ? nullptr : manifest.find_mock(extends->base);
      }
    }
  }
  for (const Mock& mock : manifest.mocks) {
    if (!used.contains(mock.name))
      out.push_back({.what = "mock `" + mock.name + "` is used by no case", .where = mock.where});
  }
}

void stale_mocks(const Manifest& manifest, const FixtureStore& store, const base::System& system,
                 std::vector<base::Diagnostic>& out) {
  for (const Mock& mock : manifest.mocks) {
    const std::optional<LockEntry> entry = store.entry(mock.name);
    if (!entry || !mock.max_age) continue;
    const auto made = base::from_rfc3339(entry->made_at);
    if (!made) continue;
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(system.clock->now() - *made);
    if (age > *mock.max_age) {
      out.push_back({.what = "mock `" + mock.name + "` is " + age_text(age) +
                             " old, more than its max-age of " + age_text(*mock.max_age),
                     .where = mock.where,
                     .advice = "run `harness refresh " + mock.name + "`"});
    }
  }
}

}  // namespace

int check_command(const Arguments& arguments, Context& context) {
  const auto manifest = manifest_of(arguments, context);
  if (!manifest) return kExitUsage;
  RunOptions options{
      .jobs = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kMostJobs)};
  if (auto limits = limit_options(arguments)) {
    options.limits = *limits;
  } else {
    show_problem(limits.error());
    return kExitUsage;
  }
  const SignalWatch signals(context.cancel);
  std::vector<base::Diagnostic> problems = supply_conflicts(*manifest);
  std::unique_ptr<FixtureStore> store;
  if (auto opened = FixtureStore::open(*manifest, context.system)) {
    store = std::move(*opened);
  } else {
    problems.push_back(std::move(opened.error()));
  }
  for (base::Diagnostic& problem :
       problems_of_named_files(*manifest, store.get(), options, context.system, context.cancel))
    problems.push_back(std::move(problem));
  if (const int stopped = exit_code_of(context.cancel)) return stopped;
  const bool wrong = !problems.empty();
  if (store) {
    std::vector<base::Diagnostic> unused = store->unused_problems();
    if (arguments.has("strict")) {
      untested_policies(*manifest, problems);
      for (const SentinelTests& tests : manifest->sentinel_tests)
        orphaned_cases(*manifest, tests, tests.folder.path, problems);
      problems.insert(problems.end(), unused.begin(), unused.end());
      unused_mocks(*manifest, problems);
      stale_mocks(*manifest, *store, context.system, problems);
    } else {
      for (base::Diagnostic& one : unused) {
        one.what = "warning: " + one.what;
        show_problem(one);
      }
    }
  }
  show_problems(problems);
  if (!problems.empty()) {
    write_err(counted(problems.size(), "problem", "problems") + "\n");
    return wrong ? kExitUsage : kExitFailed;
  }
  std::set<std::string> policies;
  for (const Case& one : manifest->cases)
    policies.insert(one.policy.written);
  return write_out(manifest->display + ": " + counted(manifest->cases.size(), "case", "cases") +
                   " of " + counted(policies.size(), "policy", "policies") + ", " +
                   counted(manifest->mocks.size(), "mock", "mocks") + "\n")
             ? kExitPassed
             : kExitRuntime;
}

}  // namespace harness
