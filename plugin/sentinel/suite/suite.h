// Policies and their cases: found, and run side by side. Documentation: Sentinel, commands, test.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "plugin/base/diagnostic.h"
#include "plugin/base/result.h"
#include "plugin/base/system.h"
#include "plugin/sentinel/suite/case.h"

namespace sentinel {

struct FoundCase {
  base::Path file;   // as `file` of the policy: relative to where the search began, or absolute
  std::string name;  // without its ending
};

struct FoundPolicy {
  base::Path file;   // as the user wrote the folder, joined with the name
  std::string name;  // file name without `.sentinel`
};

/// Policies are the `.sentinel` files among `paths` and directly in the folders among them; none
/// given is the working directory. Lexicographic by path. A path that is not there is an error.
base::Result<std::vector<FoundPolicy>> find_policies(const std::vector<base::Path>& paths,
                                                     const base::Path& working_directory);

/// The cases of one policy file, which may be relative to `working_directory`: of
/// `DIR/NAME.sentinel` they are `DIR/test/NAME/*.hcl` and `*.json`. Lexicographic by path.
std::vector<FoundCase> find_cases(const base::Path& policy, const base::Path& working_directory);

struct PolicyResult {
  enum class Status { Pass, Fail, Error, NoTests };

  FoundPolicy policy;
  Status status = Status::NoTests;
  std::vector<base::Diagnostic> problems;  // Error: the policy does not parse
  std::string description;
  std::vector<FoundCase> found;
  std::vector<CaseResult> cases;  // one for each of `found`; none where there are problems
  std::chrono::steady_clock::duration duration{};
  std::string shown;  // by SuiteOptions::show; then `found` and `cases` are empty
};

/// "PASS", "FAIL", "ERROR", "?"
std::string_view name_of(PolicyResult::Status status);

struct SuiteOptions {
  CaseOptions cases;
  /// Where set, only the cases for which it is true run, and policies without one have no result.
  /// Called from several threads at once.
  std::function<bool(const FoundCase&)> select;
  std::size_t jobs = 1;
  /// Where set, a policy's result is made into text by the thread that ends its last case, and its
  /// cases are dropped there: what is left to do at the end is done by one thread alone. Called
  /// from several threads at once.
  std::function<std::string(const PolicyResult&)> show;
  /// The values of a case that passes are dropped unless this is set: traces of them are rarely
  /// shown, and a large suite would hold much memory.
  bool keep_passing = false;
  /// Bytes of printed text that the results keep together; of the rest they tell the size.
  std::size_t most_printed = std::size_t{256} << 20U;
  /// Cases that run later are ended with an error, cases that would begin later, too.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  base::Path working_directory;
};

/// Finds the cases of each policy and runs them, `jobs` at a time. The results stand in the order
/// of `policies`.
std::vector<PolicyResult> run_suite(std::vector<FoundPolicy> policies, Loader& loader,
                                    const SuiteOptions& options, const base::System& system);

}  // namespace sentinel
