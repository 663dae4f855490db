#include "plugin/sentinel/suite/suite.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <system_error>
#include <utility>

#include "plugin/base/lane.h"

namespace sentinel {
namespace {

constexpr std::string_view kEnding = ".sentinel";

bool by_path(const base::Path& a, const base::Path& b) {
  return a.native() < b.native();
}

FoundPolicy make_policy(base::Path file, const base::Path& working_directory) {
  FoundPolicy out;
  out.name = file.filename().string();
  if (out.name.ends_with(kEnding)) out.name.resize(out.name.size() - kEnding.size());
  out.cases = find_cases(file, working_directory);
  out.file = std::move(file);
  return out;
}

base::Diagnostic cannot_find(const base::Path& path, std::string why) {
  base::Diagnostic out;
  out.what = "cannot read `" + path.string() + "`";
  out.why = std::move(why);
  return out;
}

/// `left` until the deadline, at least 1 ms: the evaluation then ends at once, with its own
/// message.
void limit_time(Limits& limits, std::chrono::steady_clock::duration left) {
  const auto whole = std::max(std::chrono::duration_cast<std::chrono::milliseconds>(left),
                              std::chrono::milliseconds(1));
  limits.time = limits.time ? std::min(*limits.time, whole) : whole;
}

void set_status(PolicyResult& result) {
  if (!result.problems.empty()) {
    result.status = PolicyResult::Status::Error;
    return;
  }
  if (result.policy.cases.empty()) {
    result.status = PolicyResult::Status::NoTests;
    return;
  }
  const bool all = std::all_of(result.cases.begin(), result.cases.end(), [](const CaseResult& one) {
    return one.status == CaseResult::Status::Pass;
  });
  result.status = all ? PolicyResult::Status::Pass : PolicyResult::Status::Fail;
}

}  // namespace

std::vector<FoundCase> find_cases(const base::Path& policy, const base::Path& working_directory) {
  std::vector<FoundCase> out;
  std::string name = policy.filename().string();
  if (name.ends_with(kEnding)) name.resize(name.size() - kEnding.size());
  const base::Path folder = policy.parent_path() / "test" / name;
  std::error_code failure;
  for (std::filesystem::directory_iterator entry(working_directory / folder, failure), end;
       entry != end && !failure; entry.increment(failure)) {
    const base::Path file = entry->path().filename();
    if (file.extension() != ".hcl" && file.extension() != ".json") continue;
    std::error_code ignored;
    if (entry->is_directory(ignored)) continue;
    out.push_back({folder / file, file.stem().string()});
  }
  std::sort(out.begin(), out.end(),
            [](const FoundCase& a, const FoundCase& b) { return by_path(a.file, b.file); });
  return out;
}

base::Result<std::vector<FoundPolicy>> find_policies(const std::vector<base::Path>& paths,
                                                     const base::Path& working_directory) {
  std::vector<base::Path> files;
  const auto add_folder = [&](const base::Path& folder) -> base::Status {
    std::error_code failure;
    std::filesystem::directory_iterator entry(working_directory / folder, failure);
    if (failure) return cannot_find(folder, failure.message());
    for (const std::filesystem::directory_iterator end; entry != end && !failure;
         entry.increment(failure)) {
      if (entry->path().extension() != kEnding) continue;
      std::error_code ignored;
      if (entry->is_directory(ignored)) continue;
      files.push_back((folder / entry->path().filename()).lexically_normal());
    }
    return {};
  };
  if (paths.empty()) {
    const base::Status status = add_folder({});
    if (!status) return status.error();
  }
  for (const base::Path& path : paths) {
    std::error_code failure;
    const auto about = std::filesystem::status(working_directory / path, failure);
    if (!std::filesystem::exists(about)) {
      return cannot_find(path, failure ? failure.message() : "No such file or directory");
    }
    if (std::filesystem::is_directory(about)) {
      const base::Status status = add_folder(path.lexically_normal());
      if (!status) return status.error();
    } else {
      files.push_back(path.lexically_normal());
    }
  }
  std::sort(files.begin(), files.end(), by_path);
  files.erase(std::unique(files.begin(), files.end()), files.end());
  std::vector<FoundPolicy> out;
  out.reserve(files.size());
  for (base::Path& file : files)
    out.push_back(make_policy(std::move(file), working_directory));
  return out;
}

std::string_view name_of(PolicyResult::Status status) {
  switch (status) {
  case PolicyResult::Status::Pass:
    return "PASS";
  case PolicyResult::Status::Fail:
    return "FAIL";
  case PolicyResult::Status::Error:
    return "ERROR";
  case PolicyResult::Status::NoTests:
    return "?";
  }
  return "";
}

std::vector<PolicyResult> run_suite(std::vector<FoundPolicy> policies, Loader& loader,
                                    const SuiteOptions& options, const base::System& system) {
  std::vector<PolicyResult> results(policies.size());
  struct Job {
    std::size_t policy;
    std::size_t number;
  };
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < policies.size(); ++i) {
    results[i].policy = std::move(policies[i]);
    results[i].cases.resize(results[i].policy.cases.size());
    for (std::size_t k = 0; k < results[i].cases.size(); ++k)
      jobs.push_back({i, k});
  }

  // Each worker takes the next case; they share nothing but the loader and this count.
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t at = next++; at < jobs.size(); at = next++) {
      PolicyResult& policy = results[jobs[at].policy];
      const LoadedFilePtr program = loader.policy(options.working_directory / policy.policy.file);
      CaseResult& result = policy.cases[jobs[at].number];
      CaseOptions own = options.cases;
      if (options.deadline) limit_time(own.limits, *options.deadline - system.clock->steady());
      const base::Path file = options.working_directory / policy.policy.cases[jobs[at].number].file;
      try {
        result = run_case(*program, file, loader, own, system);
      } catch (const std::exception& error) {  // out of memory
        result = CaseResult();
        result.problems.push_back(cannot_find(file, error.what()));
      }
      if (result.status == CaseResult::Status::Pass && !options.keep_passing) {
        result.outcome.reset();
      }
    }
  };
  const std::size_t workers = std::min(std::max<std::size_t>(options.jobs, 1), jobs.size());
  if (workers <= 1) {
    work();
  } else {
    base::Lane lane(workers - 1);
    for (std::size_t i = 1; i < workers; ++i)
      lane.post(work);
    work();
    lane.drain();
  }

  for (PolicyResult& result : results) {
    if (!result.policy.cases.empty()) {
      const LoadedFilePtr program = loader.policy(options.working_directory / result.policy.file);
      if (program->program == nullptr) {
        result.problems = program->errors;
        result.cases.clear();
      } else {
        result.description = description(*program->program);
      }
    }
    for (const CaseResult& one : result.cases)
      result.duration += one.duration;
    set_status(result);
  }
  return results;
}

}  // namespace sentinel
