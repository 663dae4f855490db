#include "plugin/policy_runtime/in_process/in_process.h"

#include <exception>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "plugin/base/file.h"
#include "plugin/sentinel/suite/case.h"
#include "plugin/sentinel/suite/loader.h"
#include "plugin/sentinel/suite/remote.h"
#include "plugin/sentinel/value/operation.h"

namespace policy_runtime {
namespace {

using sentinel::CaseResult;
using sentinel::EvaluationError;

ShownValue shown(const sentinel::Value& value) {
  ShownValue out;
  try {
    out.json = sentinel::to_json(value, false);
    sentinel::append_text(out.text, value, true);
  } catch (const sentinel::ValueTooLarge& error) {
    out.json = "null";
    out.text = "(" + std::string(error.what) + ")";
  }
  return out;
}

Explanation shown(const sentinel::Explanation& explanation) {
  Explanation out;
  out.where = explanation.where;
  out.note =
      explanation.rule.empty() ? explanation.note : explanation.rule + ": " + explanation.note;
  for (const sentinel::ExplainedOperand& operand : explanation.operands) {
    out.operands.push_back({operand.expression, shown(operand.value), operand.mock_path});
  }
  for (const sentinel::Explanation& cause : explanation.causes)
    out.causes.push_back(shown(cause));
  return out;
}

LanguageError problem(const base::Diagnostic& diagnostic) {
  LanguageError out;
  out.message = diagnostic.what;
  if (!diagnostic.why.empty()) out.message += ": " + diagnostic.why;
  if (!diagnostic.advice.empty()) out.message += " (" + diagnostic.advice + ")";
  out.where = diagnostic.where;
  return out;
}

void fill(Outcome& out, const sentinel::Outcome& seen) {
  switch (seen.result) {
  case sentinel::Outcome::Result::Pass:
    out.result = Outcome::Result::Pass;
    break;
  case sentinel::Outcome::Result::Fail:
    out.result = Outcome::Result::Fail;
    break;
  case sentinel::Outcome::Result::Undefined:
    out.result = Outcome::Result::Undefined;
    break;
  case sentinel::Outcome::Result::Error:
    out.result = Outcome::Result::Error;
    break;
  }
  if (seen.result != sentinel::Outcome::Result::Error) out.main = shown(seen.main);
  for (const sentinel::RuleResult& rule : seen.rules) {
    if (!rule.in_policy) continue;
    RuleValue value;
    value.name = rule.name;
    value.description = rule.description;
    value.where = rule.where;
    value.undefined = rule.value.is_undefined();
    value.value = shown(rule.value);
    out.rules.push_back(std::move(value));
  }
  for (const std::string& text : seen.prints) {
    std::size_t at = 0;
    while (true) {
      const std::size_t end = text.find('\n', at);
      out.prints.push_back(text.substr(at, end - at));
      if (end == std::string::npos) break;
      at = end + 1;
    }
  }
  if (seen.error) {
    out.error = LanguageError{seen.error->message, seen.error->where, seen.error->calls};
    out.timed_out = seen.error->kind == EvaluationError::Kind::Timeout;
  }
  out.undefined_origin = seen.undefined_origin;
  out.trace = seen.trace;
  for (const sentinel::CoveredLine& line : seen.coverage) {
    out.coverage.push_back({line.file, line.line, line.hits});
  }
  for (const sentinel::Explanation& explanation : seen.explanations) {
    out.explanations.push_back(shown(explanation));
  }
}

/// What ended at a limit would do so once more.
bool worth_explaining(const sentinel::Outcome& outcome, bool explain_pass) {
  switch (outcome.result) {
  case sentinel::Outcome::Result::Pass:
    return explain_pass;
  case sentinel::Outcome::Result::Fail:
  case sentinel::Outcome::Result::Undefined:
    return true;
  case sentinel::Outcome::Result::Error:
    return outcome.error && outcome.error->kind == EvaluationError::Kind::Language;
  }
  return false;
}

class InProcess : public PolicyRuntime {
 public:
  explicit InProcess(const base::System& system) : system_(system) {
    info_.name = "builtin";
    info_.version = "1.0";
  }

  const RuntimeInfo& info() const override { return info_; }

  base::Result<std::vector<Outcome>> run(const PolicyRequest& request,
                                         const base::CancelToken& cancel) override {
    sentinel::Loader& loader = loader_for(request.directory);
    const sentinel::LoadedFilePtr policy = loader.policy(request.directory / request.policy);
    sentinel::CaseOptions options;
    options.reach.path = [&request](const base::Path& folder, const std::string& source) {
      return base::resolve_inside(request.directory, folder, source);
    };
    if (request.network) {
      options.reach.remote =
          sentinel::make_remote_fetcher(request.directory / ".sentinel", system_, cancel, false);
    }
    options.allow_network = request.network;
    options.limits.time = request.case_timeout;
    options.cancel = cancel;
    options.observe.trace = request.trace;
    options.observe.coverage = request.coverage;
    std::vector<Outcome> out;
    out.reserve(request.cases.size());
    for (const CaseRequest& one : request.cases) {
      const base::Path file = request.directory / one.case_file;
      try {
        out.push_back(run_case(*policy, file, loader, options, request));
      } catch (const std::exception& error) {  // out of memory: the next case may well run
        Outcome failed;
        failed.error = LanguageError{std::string("the case could not be run: ") + error.what(),
                                     base::Location{base::display_path(file, request.directory)},
                                     {}};
        out.push_back(std::move(failed));
      }
    }
    return out;
  }

 private:
  Outcome run_case(const sentinel::LoadedFile& policy, const base::Path& case_file,
                   sentinel::Loader& loader, const sentinel::CaseOptions& options,
                   const PolicyRequest& request) {
    CaseResult result = sentinel::run_case(policy, case_file, loader, options, system_);
    const auto duration = result.duration;
    // What is explained is evaluated once more: cases that pass as they should pay nothing.
    if (request.explain && result.outcome && !options.cancel.cancelled() &&
        worth_explaining(*result.outcome, request.explain_pass)) {
      sentinel::CaseOptions again = options;
      again.observe.explanation = true;
      CaseResult explained = sentinel::run_case(policy, case_file, loader, again, system_);
      if (explained.outcome && explained.outcome->result == result.outcome->result) {
        result = std::move(explained);
      }
    }
    Outcome out;
    out.duration = std::chrono::duration_cast<std::chrono::microseconds>(duration);
    out.warnings = result.warnings;
    if (result.outcome) {
      fill(out, *result.outcome);
      return out;
    }
    out.parse_error = policy.program == nullptr;
    if (!result.problems.empty()) out.error = problem(result.problems.front());
    for (std::size_t i = 1; i < result.problems.size(); ++i) {
      const LanguageError more = problem(result.problems[i]);
      out.warnings.push_back(more.where ? base::to_text(*more.where) + ": " + more.message
                                        : more.message);
    }
    return out;
  }

  sentinel::Loader& loader_for(const base::Path& directory) {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<sentinel::Loader>& loader = loaders_[directory];
    if (loader == nullptr) {
      loader = std::make_unique<sentinel::Loader>(
          [directory](const base::Path& file) { return base::display_path(file, directory); });
    }
    return *loader;
  }

  base::System system_;
  RuntimeInfo info_;
  std::mutex mutex_;
  std::map<base::Path, std::unique_ptr<sentinel::Loader>> loaders_;
};

}  // namespace

std::unique_ptr<PolicyRuntime> make_in_process(const base::System& system) {
  return std::make_unique<InProcess>(system);
}

}  // namespace policy_runtime
