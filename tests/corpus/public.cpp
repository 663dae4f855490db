// Runs every native case below a folder of checked-out policy repositories and counts, by
// repository, how many have the verdict that their author expects.
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "plugin/base/file.h"
#include "plugin/base/system.h"
#include "plugin/sentinel/cli/trace.h"
#include "plugin/sentinel/suite/suite.h"

namespace {

using sentinel::CaseResult;

struct Count {
  std::size_t cases = 0;
  std::size_t agree = 0;
  std::size_t differ = 0;
  std::size_t error = 0;
};

/// Every `DIR/NAME.sentinel` for which there is a `DIR/test/NAME/` with cases, the policy itself
/// being there or not.
std::vector<sentinel::FoundPolicy> find_all(const base::Path& root) {
  std::set<base::Path> policies;
  std::error_code failure;
  for (std::filesystem::recursive_directory_iterator entry(root, failure), end;
       entry != end && !failure; entry.increment(failure)) {
    std::error_code ignored;
    if (!entry->is_directory(ignored)) continue;
    const base::Path name = entry->path().filename();
    if (name == ".git" || name == ".sentinel") {
      entry.disable_recursion_pending();
      continue;
    }
    const base::Path parent = entry->path().parent_path();
    if (parent.filename() != "test") continue;
    policies.insert(parent.parent_path() / (name.string() + ".sentinel"));
  }
  std::vector<sentinel::FoundPolicy> out;
  for (const base::Path& file : policies) {
    sentinel::FoundPolicy policy;
    policy.file = file;
    policy.name = file.stem().string();
    out.push_back(std::move(policy));
  }
  return out;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

std::string reason(const CaseResult& result, const sentinel::FoundPolicy& policy) {
  if (!result.problems.empty()) return first_line(base::to_text(result.problems.front()));
  if (result.outcome && result.outcome->error) {
    return first_line(sentinel::to_text(*result.outcome->error));
  }
  if (!result.mismatches.empty()) {
    return first_line(result.mismatches.front().to_text(policy.file.filename().string()));
  }
  if (result.outcome && result.outcome->result == sentinel::Outcome::Result::Undefined) {
    return "main is undefined";
  }
  return "main does not pass";
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::fputs("Usage: public DIR\n", stderr);
    return 2;
  }
  const base::System system = base::real_system();
  const base::Path root = std::filesystem::absolute(words[1]);
  std::error_code failure;
  std::vector<base::Path> repositories;
  for (std::filesystem::directory_iterator entry(root, failure), end; entry != end && !failure;
       entry.increment(failure)) {
    std::error_code ignored;
    if (entry->is_directory(ignored)) repositories.push_back(entry->path());
  }
  if (failure) {
    std::fprintf(stderr, "cannot read %s: %s\n", words[1], failure.message().c_str());
    return 2;
  }
  std::sort(repositories.begin(), repositories.end());

  Count all;
  std::string differing;
  std::printf("%-76s %6s %6s %6s %6s\n", "repository", "cases", "agree", "differ", "error");
  for (const base::Path& repository : repositories) {
    sentinel::Loader loader(
        [&](const base::Path& file) { return file.lexically_relative(repository).string(); });
    sentinel::SuiteOptions options;
    options.jobs = std::thread::hardware_concurrency();
    options.working_directory = repository;
    options.cases.limits.time = std::chrono::seconds(60);
    const std::vector<sentinel::PolicyResult> results =
        sentinel::run_suite(find_all(repository), loader, options, system);
    Count here;
    for (const sentinel::PolicyResult& result : results) {
      here.cases += result.found.size();
      for (std::size_t i = 0; i < result.found.size(); ++i) {
        const std::string name = result.found[i].file.lexically_relative(root).string();
        if (result.cases.empty()) {  // the policy does not parse, or is not there
          ++here.error;
          differing += "error   " + name + "\n        " +
                       first_line(base::to_text(result.problems.front())) + '\n';
          continue;
        }
        const CaseResult& one = result.cases[i];
        if (one.status == CaseResult::Status::Pass) {
          ++here.agree;
          continue;
        }
        const bool error = one.status == CaseResult::Status::Error;
        ++(error ? here.error : here.differ);
        differing += (error ? "error   " : "differ  ") + name + "\n        " +
                     reason(one, result.policy) + '\n';
      }
    }
    std::printf("%-76s %6zu %6zu %6zu %6zu\n", repository.filename().c_str(), here.cases,
                here.agree, here.differ, here.error);
    std::fflush(stdout);
    all.cases += here.cases;
    all.agree += here.agree;
    all.differ += here.differ;
    all.error += here.error;
  }
  std::printf("%-76s %6zu %6zu %6zu %6zu\n", "all", all.cases, all.agree, all.differ, all.error);
  if (!differing.empty()) std::printf("\n%s", differing.c_str());
  return all.agree == all.cases ? 0 : 1;
}
