#include "plugin/sentinel/suite/suite.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <mutex>
#include <system_error>
#include <utility>

#include "plugin/base/lane.h"

namespace sentinel {
namespace {

constexpr std::string_view kEnding = ".sentinel";

bool by_path(const base::Path& a, const base::Path& b) {
  return a.native() < b.native();
}

/// What follows the last `/`. A folder of many files is walked by views: `std::filesystem::path`
/// takes each of its paths apart.
std::string_view file_name(const base::Path& file) {
  const std::string_view path = file.native();
  return path.substr(path.rfind('/') + 1);
}

/// As `path::extension`: what begins with its only dot has none.
bool has_ending(std::string_view name, std::string_view ending) {
  return name.size() > ending.size() && name.ends_with(ending);
}

/// The file name without `.sentinel`.
std::string name_of_policy(const base::Path& file) {
  std::string_view name = file_name(file);
  if (name.ends_with(kEnding)) name.remove_suffix(kEnding.size());
  return std::string(name);
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
  if (result.found.empty()) {
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
  const base::Path folder = policy.parent_path() / "test" / name_of_policy(policy);
  std::error_code failure;
  for (std::filesystem::directory_iterator entry(working_directory / folder, failure), end;
       entry != end && !failure; entry.increment(failure)) {
    const std::string_view name = file_name(entry->path());
    if (!has_ending(name, ".hcl") && !has_ending(name, ".json")) continue;
    std::error_code ignored;
    if (entry->is_directory(ignored)) continue;
    out.push_back({folder / name, std::string(name.substr(0, name.rfind('.')))});
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
    const base::Path shown = folder == "." ? base::Path() : folder;
    for (const std::filesystem::directory_iterator end; entry != end && !failure;
         entry.increment(failure)) {
      const std::string_view name = file_name(entry->path());
      if (!has_ending(name, kEnding)) continue;
      std::error_code ignored;
      if (entry->is_directory(ignored)) continue;
      files.push_back(shown / name);
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
  for (base::Path& file : files) {
    std::string name = name_of_policy(file);
    out.push_back({std::move(file), std::move(name)});
  }
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

namespace {

/// What the cases of a suite share, so that many greedy ones are bounded as one is.
struct Budget {
  std::size_t memory;                    // bytes that one evaluation may use
  std::atomic<std::size_t> printed = 0;  // bytes of printed text that results keep
};

/// As many evaluations as run side by side may use 4 GiB together, but each at least half a one.
std::size_t memory_of_each(std::size_t limit, std::size_t jobs) {
  constexpr std::size_t kTogether = std::size_t{4} << 30U;
  constexpr std::size_t kLeast = std::size_t{512} << 20U;
  return std::min(limit, std::max(kLeast, kTogether / std::max<std::size_t>(jobs, 1)));
}

/// One policy and its cases, whichever threads run them.
class PolicyRun {
 public:
  PolicyRun(FoundPolicy policy, Loader& loader, const SuiteOptions& options, Budget& budget,
            const base::System& system)
      : loader_(loader), options_(options), budget_(budget), system_(system) {
    result_.policy = std::move(policy);
  }

  /// Finds the cases, once; how many there are.
  std::size_t find() {
    if (!listed_.load(std::memory_order_acquire)) {
      const std::lock_guard lock(listing_);
      if (!listed_.load(std::memory_order_relaxed)) list();
    }
    return count_;
  }

  /// Runs the cases that no thread has begun.
  void run() {
    const std::size_t count = find();
    if (next_ >= count) return;
    const base::Path file = options_.working_directory / result_.policy.file;
    const LoadedFilePtr program = loader_.policy(file);
    for (std::size_t at = next_++; at < count; at = next_++) {
      run(*program, at);
      if (++done_ == count) finish(*program, file);
    }
  }

  /// After all cases have run.
  PolicyResult take() {
    if (find() == 0) end();
    if (failure_) std::rethrow_exception(failure_);
    return std::move(result_);
  }

 private:
  void list() {
    result_.found = find_cases(result_.policy.file, options_.working_directory);
    if (options_.select) {
      std::erase_if(result_.found, [this](const FoundCase& one) { return !options_.select(one); });
    }
    count_ = result_.found.size();
    result_.cases.resize(count_);
    listed_.store(true, std::memory_order_release);
  }

  void run(const LoadedFile& program, std::size_t at) {
    CaseResult& result = result_.cases[at];
    CaseOptions own = options_.cases;
    own.limits.memory = budget_.memory;
    if (options_.deadline) limit_time(own.limits, *options_.deadline - system_.clock->steady());
    const base::Path file = options_.working_directory / result_.found[at].file;
    try {
      result = run_case(program, file, loader_, own, system_);
    } catch (const std::exception& error) {  // out of memory
      result = CaseResult();
      result.problems.push_back(cannot_find(file, error.what()));
    }
    if (result.status == CaseResult::Status::Pass && !options_.keep_passing) result.outcome.reset();
    if (result.outcome) keep_within_budget(result.outcome->prints);
  }

  void keep_within_budget(std::vector<std::string>& prints) {
    std::size_t bytes = 0;
    for (const std::string& text : prints)
      bytes += std::max(text.size(), sizeof(std::string));
    if (budget_.printed.fetch_add(bytes) + bytes <= options_.most_printed) return;
    budget_.printed -= bytes;
    prints = {std::to_string(bytes) +
              " bytes of printed text are left out: other cases printed much"};
  }

  void finish(const LoadedFile& program, const base::Path& file) {
    for (const CaseResult& one : result_.cases)
      result_.duration += one.duration;
    if (program.program == nullptr) {
      result_.problems = program.errors;
      result_.cases.clear();
    } else {
      result_.description = description(*program.program);
    }
    loader_.forget_small(file.parent_path() / "test" / result_.policy.name);
    loader_.forget_small(file);
    end();
  }

  void end() {
    set_status(result_);
    if (!options_.show) return;
    try {
      result_.shown = options_.show(result_);
    } catch (...) {  // out of memory: take() says so, in the thread that can
      failure_ = std::current_exception();
    }
    result_.cases = {};
    result_.found = {};
  }

  PolicyResult result_;
  std::size_t count_ = 0;  // of cases
  std::exception_ptr failure_;
  std::mutex listing_;
  std::atomic<bool> listed_ = false;
  Loader& loader_;
  const SuiteOptions& options_;
  Budget& budget_;
  const base::System& system_;
  std::atomic<std::size_t> next_ = 0;  // the first case that no thread has begun
  std::atomic<std::size_t> done_ = 0;
};

}  // namespace

std::vector<PolicyResult> run_suite(std::vector<FoundPolicy> policies, Loader& loader,
                                    const SuiteOptions& options, const base::System& system) {
  Budget budget{memory_of_each(options.cases.limits.memory, options.jobs)};
  std::deque<PolicyRun> runs;
  for (FoundPolicy& policy : policies)
    runs.emplace_back(std::move(policy), loader, options, budget, system);
  std::size_t jobs = std::max<std::size_t>(options.jobs, 1);
  if (runs.size() < jobs) {
    // Few policies: no more threads than there are cases.
    std::size_t cases = 0;
    for (PolicyRun& run : runs)
      cases += run.find();
    jobs = std::min(jobs, cases);
  }
  // A thread takes a whole policy, so that it does not wait for another that reads the same files;
  // once all policies are begun, it helps with those that are not finished.
  base::for_each_number(runs.size() + jobs, jobs, [&](std::size_t i) {
    if (i < runs.size()) return runs[i].run();
    for (PolicyRun& run : runs)
      run.run();
  });
  std::vector<PolicyResult> results;
  results.reserve(runs.size());
  for (PolicyRun& run : runs) {
    if (options.select && run.find() == 0) continue;
    results.push_back(run.take());
  }
  return results;
}

}  // namespace sentinel
