// `sentinel test`. Documentation: Sentinel, commands, test; writing, testing.
#include <algorithm>
#include <memory>
#include <ostream>
#include <thread>

#include <re2/re2.h>

#include "plugin/sentinel/cli/command.h"
#include "plugin/sentinel/cli/flags.h"
#include "plugin/sentinel/cli/json_writer.h"
#include "plugin/sentinel/cli/trace.h"
#include "plugin/sentinel/suite/remote.h"
#include "plugin/sentinel/suite/suite.h"

namespace sentinel {
namespace {

constexpr std::string_view kLegacyWarning =
    "  test case uses legacy config, please migrate it to an HCL configuration.";

struct Options {
  bool json = false;
  bool verbose = false;
  std::optional<bool> colour;
  std::string run;
  std::size_t jobs = 0;
  std::optional<std::chrono::nanoseconds> timeout;
};

/// Keeps what `-run` names. Where the expression has a part for cases, only those run, and a policy
/// without one goes altogether. The message of a bad expression.
std::optional<std::string> select(const std::string& expression, std::vector<FoundPolicy>& policies,
                                  SuiteOptions& suite) {
  const std::size_t slash = expression.find('/');
  RE2::Options quiet;
  quiet.set_log_errors(false);
  const RE2 policy(expression.substr(0, slash), quiet);
  const auto one = std::make_shared<const RE2>(
      slash == std::string::npos ? std::string() : expression.substr(slash + 1), quiet);
  for (const RE2* pattern : {&policy, one.get()}) {
    if (!pattern->ok()) return "invalid -run expression: " + pattern->error();
  }
  std::erase_if(policies,
                [&](const FoundPolicy& found) { return !RE2::PartialMatch(found.name, policy); });
  if (slash != std::string::npos) {
    suite.select = [one](const FoundCase& found) {
      return RE2::PartialMatch(found.name, *one) ||
             RE2::PartialMatch(found.file.filename().string(), *one);
    };
  }
  return std::nullopt;
}

std::string status_line(std::string_view indent, std::string_view status, const std::string& path,
                        const Paint& paint) {
  const std::string text = std::string(status) + " - " + path;
  return std::string(indent) + (status == "PASS" ? paint.green(text) : paint.bold_red(text)) + '\n';
}

/// What stands below a case's line.
std::string details(const CaseResult& result, const std::string& policy, bool verbose,
                    const Paint& paint) {
  const bool passed = result.status == CaseResult::Status::Pass;
  std::string out;
  for (const base::Diagnostic& problem : result.problems) {
    out += paint.red(indented("Error: " + base::to_text(problem), 4));
  }
  for (const Mismatch& mismatch : result.mismatches) {
    out += "    " + paint.red(mismatch.to_text(policy)) + '\n';
  }
  if (result.outcome && result.outcome->error) {
    out += paint.red(indented("Error: " + to_text(*result.outcome->error), 4));
  }
  if (result.outcome && (!passed || verbose)) {
    out += '\n';
    const std::string prints = prints_of(*result.outcome);
    if (!prints.empty())
      out += (passed ? "\n" : "") + std::string("    logs:\n") + indented(prints, 6);
    out += "    trace:\n";
    const std::string rules = trace_rules(*result.outcome, 6, paint);
    out += rules.empty() ? "      no rules evaluated\n" : rules;
  }
  if (!result.warnings.empty() && (!passed || verbose)) {
    out += "\n    config warnings:\n";
    for (const std::string& warning : result.warnings)
      out += indented(warning, 6);
  }
  if (result.legacy && (!passed || verbose)) {
    out += "\n    legacy warning:\n    " + std::string(kLegacyWarning) + '\n';
  }
  return out;
}

std::string to_output(const PolicyResult& result, const Options& options, const Paint& paint) {
  const std::string path = result.policy.file.string();
  if (result.status == PolicyResult::Status::NoTests) return "? - " + path + " [no test files]\n";
  std::string out = status_line("", name_of(result.status), path, paint);
  for (const base::Diagnostic& problem : result.problems) {
    out += paint.red(indented(base::to_text(problem), 2));
  }
  for (std::size_t i = 0; i < result.cases.size(); ++i) {
    out += status_line("  ", name_of(result.cases[i].status), result.found[i].file.string(), paint);
    out += details(result.cases[i], result.policy.file.filename().string(), options.verbose, paint);
  }
  return out;
}

std::string to_output(const std::vector<PolicyResult>& results, std::chrono::nanoseconds duration) {
  std::string out;
  std::size_t tested = 0;
  for (const PolicyResult& result : results) {
    if (!out.empty()) out += '\n';
    out += result.shown;
    if (result.status != PolicyResult::Status::NoTests) ++tested;
  }
  return out + std::to_string(tested) + " tests completed in " + to_go_duration(duration) + '\n';
}

std::int64_t milliseconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

void write_errors(JsonWriter& json, const std::vector<std::string>& errors) {
  if (errors.empty()) {
    json.null("errors");
    return;
  }
  json.begin_list("errors");
  for (const std::string& error : errors)
    json.item(error);
  json.end_list();
}

void write_case(JsonWriter& json, const FoundCase& found, const CaseResult& result,
                const PolicyResult& policy) {
  std::vector<std::string> errors;
  for (const base::Diagnostic& problem : result.problems)
    errors.push_back(to_line(problem));
  for (const Mismatch& mismatch : result.mismatches) {
    errors.push_back(mismatch.to_text(policy.policy.file.filename().string()));
  }
  if (result.outcome && result.outcome->error) errors.push_back(to_text(*result.outcome->error));
  json.begin_object(found.file.string());
  json.member("path", found.file.string());
  json.member("status", name_of(result.status));
  write_errors(json, errors);
  if (result.outcome) {
    write_trace(json, *result.outcome, policy.description);
  } else {
    json.null("trace");
  }
  json.begin_object("rule_detail");
  for (const Mismatch& mismatch : result.mismatches) {
    json.begin_object(mismatch.rule);
    json.member("expected", mismatch.expected.value);
    if (mismatch.evaluated) {
      json.member("actual", mismatch.actual);
    } else {
      json.null("actual");
    }
    json.end_object();
  }
  json.end_object();
  if (result.warnings.empty()) {
    json.null("config_warnings");
  } else {
    json.begin_list("config_warnings");
    for (const std::string& warning : result.warnings)
      json.item(warning);
    json.end_list();
  }
  json.member("config_legacy", result.legacy);
  json.member("duration", milliseconds(result.duration));
  json.end_object();
}

std::string to_json(const std::vector<PolicyResult>& results, std::chrono::nanoseconds duration) {
  JsonWriter json;
  json.begin_object();
  json.begin_object("policies");
  for (const PolicyResult& result : results) {
    std::vector<std::string> errors;
    for (const base::Diagnostic& problem : result.problems)
      errors.push_back(to_line(problem));
    const std::string path = result.policy.file.string();
    json.begin_object(path);
    json.member("path", path);
    json.member("status", name_of(result.status));
    write_errors(json, errors);
    json.begin_object("cases");
    for (std::size_t i = 0; i < result.cases.size(); ++i) {
      write_case(json, result.found[i], result.cases[i], result);
    }
    json.end_object();
    json.member("duration", milliseconds(result.duration));
    json.end_object();
  }
  json.end_object();
  json.member("duration", milliseconds(duration));
  json.end_object();
  return json.take();
}

}  // namespace

int run_test(const std::vector<std::string>& arguments, const CommandContext& context) {
  Options options;
  Flags flags;
  flags.add("json", &options.json);
  flags.add("verbose", &options.verbose);
  flags.add("color", &options.colour);
  flags.add("run", &options.run);
  flags.add("maxConcurrency", &options.jobs);
  flags.add("timeout", &options.timeout);
  if (const auto wrong = flags.parse(arguments)) return refuse(*wrong, "test", context);

  const base::System& system = context.system;
  const auto begin = system.clock->steady();
  const std::size_t jobs = options.jobs != 0 ? options.jobs : std::thread::hardware_concurrency();
  auto policies =
      find_policies({flags.rest().begin(), flags.rest().end()}, system.working_directory);
  if (!policies) {
    context.streams.err << base::to_text(policies.error());
    return kOtherError;
  }
  SuiteOptions suite;
  if (!options.run.empty()) {
    if (const auto wrong = select(options.run, *policies, suite)) {
      return refuse(*wrong, "test", context);
    }
  }
  suite.jobs = jobs;
  suite.keep_passing = options.json || options.verbose;
  const Paint paint(use_colour(options.colour, system));
  if (!options.json) {
    suite.show = [&](const PolicyResult& result) { return to_output(result, options, paint); };
  }
  suite.working_directory = system.working_directory;
  suite.cases.allow_network = true;
  suite.cases.cancel = context.cancel;
  suite.cases.reach.remote = make_remote_fetcher(
      system.working_directory / ".sentinel" / "test-modules", system, context.cancel, true);
  suite.deadline = begin + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                               options.timeout.value_or(std::chrono::minutes(5)));
  Loader loader(
      [&system](const base::Path& file) { return name_file(file, system.working_directory); });
  const std::vector<PolicyResult> results = run_suite(std::move(*policies), loader, suite, system);
  const std::chrono::nanoseconds duration = system.clock->steady() - begin;
  context.streams.out << (options.json ? to_json(results, duration) : to_output(results, duration));
  const bool good = std::all_of(results.begin(), results.end(), [](const PolicyResult& result) {
    return result.status == PolicyResult::Status::Pass ||
           result.status == PolicyResult::Status::NoTests;
  });
  return good ? kPassed : kFailed;
}

}  // namespace sentinel
