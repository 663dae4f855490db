// `sentinel apply`. Documentation: Sentinel, commands, apply; language, parameters.
#include <algorithm>
#include <istream>
#include <memory>
#include <ostream>
#include <system_error>

#include "plugin/base/file.h"
#include "plugin/sentinel/cli/command.h"
#include "plugin/sentinel/cli/flags.h"
#include "plugin/sentinel/cli/json_writer.h"
#include "plugin/sentinel/cli/trace.h"
#include "plugin/sentinel/config/configuration.h"
#include "plugin/sentinel/config/value.h"
#include "plugin/sentinel/suite/inputs.h"
#include "plugin/sentinel/suite/loader.h"
#include "plugin/sentinel/suite/remote.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

constexpr std::string_view kPreamble =
    R"(Execution trace. The information below will show the values of all
the rules evaluated. Note that some rules may be missing if
short-circuit logic was taken.

Note that for collection types and long strings, output may be
truncated; re-run "sentinel apply" with the -json flag to see the
full contents of these values.
)";

constexpr std::string_view kParameterPrefix = "SENTINEL_PARAM_";

struct Options {
  std::optional<bool> colour;
  std::string config;
  std::vector<std::string> globals;
  std::vector<std::string> params;
  bool json = false;
  std::string json_rule;
  bool trace = false;
  std::optional<std::chrono::nanoseconds> timeout;
};

/// One policy that is to be executed.
struct Task {
  std::string name;   // the file's base name
  std::string shown;  // in JSON: label or file name
  base::Path file;
  EnforcementLevel level = EnforcementLevel::Advisory;
  std::vector<Setting> params;  // of its block
};

struct Applied {
  Task task;
  std::string description;
  std::vector<base::Diagnostic> problems;  // it does not parse
  std::optional<Outcome> outcome;
  std::chrono::steady_clock::duration duration{};

  bool passed() const { return outcome && outcome->result == Outcome::Result::Pass; }
};

int exit_code(const Applied& applied) {
  if (!applied.outcome) return kOtherError;
  switch (applied.outcome->result) {
  case Outcome::Result::Pass:
    return kPassed;
  case Outcome::Result::Fail:
    return kFailed;
  case Outcome::Result::Undefined:
    return kUndefinedResult;
  case Outcome::Result::Error:
    return kRuntimeError;
  }
  return kOtherError;
}

class Apply {
 public:
  Apply(Options options, const CommandContext& context)
      : options_(std::move(options)),
        context_(context),
        system_(context.system),
        paint_(use_colour(options_.colour, system_)),
        loader_(
            [this](const base::Path& file) { return name_file(file, system_.working_directory); }) {
    reach_.remote = make_remote_fetcher(system_.working_directory / ".sentinel" / "modules",
                                        system_, context.cancel, true);
  }

  int run(const std::vector<std::string>& arguments) {
    const auto begin = system_.clock->steady();
    std::vector<base::Diagnostic> errors;
    const Configuration configuration = read_settings(errors);
    std::vector<Task> tasks;
    if (errors.empty()) find_tasks(arguments, configuration, tasks, errors);
    Inputs inputs;
    if (errors.empty()) {
      add_inputs(inputs, configuration, system_.working_directory, loader_, reach_, errors);
      add_settings(options_.globals, "global", inputs.globals, errors);
    }
    if (!errors.empty()) return fail(errors);
    inputs.cancel = context_.cancel;
    inputs.allow_network = true;
    if (options_.timeout) {
      inputs.limits.time = std::max(std::chrono::ceil<std::chrono::milliseconds>(*options_.timeout),
                                    std::chrono::milliseconds(0));
    }
    const bool all = configuration.feature("apply-all");
    for (Task& task : tasks) {
      Applied applied = apply(std::move(task), inputs, errors);
      if (!errors.empty()) return fail(errors);
      const bool stop =
          !applied.passed() && !all && applied.task.level != EnforcementLevel::Advisory;
      applied_.push_back(std::move(applied));
      if (stop) break;
    }
    const auto duration = system_.clock->steady() - begin;
    if (options_.json || !options_.json_rule.empty()) {
      if (!options_.json_rule.empty() && applied_.size() == 1) return print_rule();
      context_.streams.out << to_json(duration);
    } else {
      context_.streams.out << to_output();
    }
    for (const Applied& applied : applied_) {
      if (!applied.passed()) return exit_code(applied);
    }
    return kPassed;
  }

 private:
  int fail(const std::vector<base::Diagnostic>& errors) const {
    if (options_.json || !options_.json_rule.empty()) {
      std::string text;
      for (const base::Diagnostic& error : errors) {
        if (!text.empty()) text += '\n';
        text += to_line(error);
      }
      JsonWriter json;
      json.begin_object();
      json.member("error", text);
      json.begin_list("policies");
      json.end_list();
      json.member("result", false);
      json.end_object();
      context_.streams.out << json.take();
    } else {
      for (const base::Diagnostic& error : errors) {
        context_.streams.err << paint_.red("Error: " + base::to_text(error));
      }
    }
    return kOtherError;
  }

  Configuration read_settings(std::vector<base::Diagnostic>& errors) const {
    if (options_.config.empty()) {
      return read_configuration_folder(system_.working_directory, errors);
    }
    auto text = base::read_file(system_.working_directory / options_.config, kLargestConfiguration);
    if (!text) {
      errors.push_back(std::move(text.error()));
      return {};
    }
    return read_configuration(
        std::make_shared<const base::Source>(options_.config, std::move(*text)), errors);
  }

  static Task file_task(const std::string& path, const base::Path& file) {
    Task task;
    task.file = file;
    task.name = base::Path(path).filename().string();
    task.shown = task.name;
    return task;
  }

  void find_tasks(const std::vector<std::string>& arguments, const Configuration& configuration,
                  std::vector<Task>& tasks, std::vector<base::Diagnostic>& errors) {
    base::Diagnostic problem;
    if (arguments.size() > 1) {
      problem.what = "got " + std::to_string(arguments.size()) + " policies, expected one at most";
      const auto flag = std::find_if(arguments.begin() + 1, arguments.end(),
                                     [](const std::string& word) { return word.starts_with('-'); });
      if (flag != arguments.end()) {
        problem.advice = "flags stand before the policy: `" + *flag + "` was read as one";
      }
      errors.push_back(std::move(problem));
      return;
    }
    for (const PolicyBlock& policy : configuration.policies) {
      if (!arguments.empty() && arguments.front() != policy.name) continue;
      auto file =
          find_source(policy.source, policy.source_place, system_.working_directory, reach_);
      if (!file) {
        errors.push_back(std::move(file.error()));
        continue;
      }
      Task task = file_task(file->string(), *file);
      task.shown = policy.name;
      task.level = policy.level;
      task.params = policy.params;
      tasks.push_back(std::move(task));
    }
    if (!tasks.empty() || !errors.empty()) return;
    if (arguments.empty()) {
      problem.what = "there is no policy to apply";
      problem.advice = "name a policy file, or write `policy` blocks into sentinel.hcl";
      errors.push_back(std::move(problem));
      return;
    }
    const base::Path file = (system_.working_directory / arguments.front()).lexically_normal();
    std::error_code failure;
    if (!std::filesystem::exists(file, failure)) {
      problem.what = "there is no policy `" + arguments.front() + "`";
      problem.why =
          failure ? failure.message() : "neither a file nor a `policy` block has that name";
      errors.push_back(std::move(problem));
      return;
    }
    tasks.push_back(file_task(arguments.front(), file));
  }

  OwnedValue own(std::string_view text) {
    if (arena_ == nullptr) arena_ = std::make_shared<Arena>();
    return {to_setting_value(*arena_, text), arena_};
  }

  OwnedValue own(const base::ConfigNode& node) {
    if (arena_ == nullptr) arena_ = std::make_shared<Arena>();
    return {to_value(*arena_, node), arena_};
  }

  static void set(std::vector<NamedValue>& values, std::string name, OwnedValue value) {
    for (NamedValue& known : values) {
      if (known.name == name) {
        known.value = std::move(value);
        return;
      }
    }
    values.push_back({std::move(name), std::move(value)});
  }

  /// `key=value` words of flags.
  void add_settings(const std::vector<std::string>& words, std::string_view flag,
                    std::vector<NamedValue>& values, std::vector<base::Diagnostic>& errors) {
    for (const std::string& word : words) {
      const std::size_t equals = word.find('=');
      if (equals == std::string::npos || equals == 0) {
        base::Diagnostic problem;
        problem.what = "found `" + word + "` behind -" + std::string(flag) + ", expected key=value";
        errors.push_back(std::move(problem));
        continue;
      }
      set(values, word.substr(0, equals), own(std::string_view(word).substr(equals + 1)));
    }
  }

  /// Flag over environment over the policy's block over the configuration; what is then missing is
  /// asked for where somebody can answer.
  void add_parameters(const Program& program, const Task& task, Inputs& inputs,
                      std::vector<base::Diagnostic>& errors) {
    for (const Setting& setting : task.params) {
      set(inputs.parameters, setting.name, own(setting.value));
    }
    for (const auto& [name, value] : system_.environment) {
      if (!name.starts_with(kParameterPrefix) || name.size() == kParameterPrefix.size()) continue;
      set(inputs.parameters, name.substr(kParameterPrefix.size()), own(value));
    }
    add_settings(options_.params, "param", inputs.parameters, errors);
    if (!system_.interactive_input || options_.json || !options_.json_rule.empty()) return;
    for (const ParameterInfo& parameter : parameters(program)) {
      const bool given =
          std::any_of(inputs.parameters.begin(), inputs.parameters.end(),
                      [&](const NamedValue& value) { return value.name == parameter.name; });
      if (!parameter.required || given) continue;
      if (!answers_.contains(parameter.name) && !ask(parameter)) return;
      set(inputs.parameters, parameter.name, own(answers_[parameter.name]));
    }
  }

  /// False: the input has ended.
  bool ask(const ParameterInfo& parameter) {
    std::ostream& out = context_.streams.out;
    out << paint_.bold(base::to_text(parameter.where) + ": requires value for parameter " +
                       parameter.name)
        << '\n';
    out << (parameter.description.empty() ? "\n" : wrapped(parameter.description, 2, kRuleWidth))
        << '\n';
    out << "  Values can be strings, floats, or JSON array or object values. To force\n"
           "  strings, use quotes.\n\n  Enter a value: ";
    out.flush();
    std::string answer;
    if (!std::getline(context_.streams.in, answer)) {
      out << "\n\n";
      return false;
    }
    if (answer.ends_with('\r')) answer.pop_back();
    answers_[parameter.name] = std::move(answer);
    out << '\n';
    return true;
  }

  Applied apply(Task task, const Inputs& common, std::vector<base::Diagnostic>& errors) {
    const auto begin = system_.clock->steady();
    Applied out;
    const LoadedFilePtr policy = loader_.policy(task.file);
    if (policy->program == nullptr) {
      errors = policy->errors;
      return out;
    }
    out.description = description(*policy->program);
    Inputs inputs = common;
    inputs.policy = policy->program;
    add_parameters(*policy->program, task, inputs, errors);
    out.task = std::move(task);
    if (!errors.empty()) return out;
    out.outcome = evaluate(inputs, system_);
    out.duration = system_.clock->steady() - begin;
    return out;
  }

  std::string to_output() const {
    const bool failed = std::any_of(applied_.begin(), applied_.end(),
                                    [](const Applied& one) { return !one.passed(); });
    std::string out;
    if (failed || options_.trace) {
      out += kPreamble;
      if (!options_.trace) out += "\nThe trace is displayed due to a failed policy.\n";
      out += '\n';
    }
    bool first = true;
    for (const Applied& applied : applied_) {
      if (!first && (failed || options_.trace)) out += '\n';
      first = false;
      out += status(applied) + '\n';
      if (failed || options_.trace) out += trace(applied);
    }
    return out;
  }

  std::string status(const Applied& applied) const {
    const Outcome::Result result = applied.outcome->result;
    if (result == Outcome::Result::Pass) return paint_.green("Pass - " + applied.task.name);
    const std::string_view word = result == Outcome::Result::Error       ? "Error"
                                  : result == Outcome::Result::Undefined ? "Undefined"
                                                                         : "Fail";
    return paint_.bold_yellow(std::string(word) + " - " + applied.task.name);
  }

  std::string trace(const Applied& applied) const {
    const Outcome& outcome = *applied.outcome;
    std::string out;
    if (!applied.description.empty()) {
      out += "\nDescription:\n" + wrapped(applied.description, 2, kPolicyWidth);
    }
    if (!outcome.prints.empty()) out += "\nPrint messages:\n\n" + prints_of(outcome);
    if (outcome.error) {
      out += "\nAn error occurred:\n\n" + paint_.red(indented(to_text(*outcome.error), 2));
    } else if (outcome.result == Outcome::Result::Undefined) {
      out += "\nThe result of the policy is undefined";
      if (outcome.undefined_origin) {
        out += ", first at " + base::to_text(*outcome.undefined_origin);
      }
      out += ".\n";
    }
    const std::string rules = trace_rules(outcome, 0, paint_);
    if (!rules.empty()) out += '\n' + rules;
    return out;
  }

  int print_rule() const {
    const Outcome& outcome = *applied_.front().outcome;
    for (const RuleResult& rule : outcome.rules) {
      if (!rule.in_policy || rule.name != options_.json_rule || rule.failed) continue;
      JsonWriter json;
      json.item(rule.value);
      context_.streams.out << json.take();
      return exit_code(applied_.front());
    }
    base::Diagnostic problem;
    problem.what = "rule `" + options_.json_rule + "` was not evaluated";
    if (outcome.error) problem.why = to_text(*outcome.error);
    context_.streams.err << "Error: " << base::to_text(problem);
    const int code = exit_code(applied_.front());
    return code == kPassed ? kOtherError : code;
  }

  std::string to_json(std::chrono::steady_clock::duration duration) const {
    const auto milliseconds = [](std::chrono::steady_clock::duration time) {
      return static_cast<std::int64_t>(
          std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
    };
    JsonWriter json;
    json.begin_object();
    json.member("duration", milliseconds(duration));
    const auto failed = std::find_if(applied_.begin(), applied_.end(), [](const Applied& one) {
      return one.outcome && one.outcome->error;
    });
    if (failed == applied_.end()) {
      json.null("error");
    } else {
      json.member("error", to_text(*failed->outcome->error));
    }
    json.begin_list("policies");
    for (const Applied& applied : applied_) {
      json.begin_object();
      json.member("duration", milliseconds(applied.duration));
      json.member("enforcement_level", name_of(applied.task.level));
      if (applied.outcome->error) {
        json.member("error", to_text(*applied.outcome->error));
      } else {
        json.null("error");
      }
      json.member("policy", applied.task.shown);
      json.member("result", applied.passed());
      write_trace(json, *applied.outcome, applied.description);
      json.end_object();
    }
    json.end_list();
    json.member("result", std::all_of(applied_.begin(), applied_.end(),
                                      [](const Applied& one) { return one.passed(); }));
    json.end_object();
    return json.take();
  }

  Options options_;
  const CommandContext& context_;
  const base::System& system_;
  Paint paint_;
  Loader loader_;
  Reach reach_;
  std::shared_ptr<Arena> arena_;
  std::map<std::string, std::string> answers_;
  std::vector<Applied> applied_;
};

}  // namespace

int run_apply(const std::vector<std::string>& arguments, const CommandContext& context) {
  Options options;
  Flags flags;
  flags.add("color", &options.colour);
  flags.add("config", &options.config);
  flags.add("global", &options.globals);
  flags.add("json", &options.json);
  flags.add("json-rule", &options.json_rule);
  flags.add("param", &options.params);
  flags.add("timeout", &options.timeout);
  flags.add("trace", &options.trace);
  if (const auto wrong = flags.parse(arguments)) return refuse(*wrong, "apply", context);
  return Apply(std::move(options), context).run(flags.rest());
}

}  // namespace sentinel
