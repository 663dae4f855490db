#include "plugin/policy_runtime/sentinel_cli/sentinel_cli.h"

#include <cctype>
#include <charconv>
#include <cstring>

#include "plugin/base/child.h"
#include "plugin/base/file.h"
#include "plugin/policy_runtime/sentinel_cli/cli_json.h"

namespace policy_runtime {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kMostOutput = std::uint64_t{64} << 20U;
constexpr std::size_t kMostShown = 400;
constexpr CliVersion kHasTimeout{0, 20, 0};

std::string signal_text(int signal) {
  const char* name = ::sigdescr_np(signal);
  return "signal " + std::to_string(signal) +
         (name == nullptr ? "" : " (" + std::string(name) + ")");
}

/// The end of what a child wrote, on one line.
std::string last_words(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
    text.remove_suffix(1);
  const bool cut = text.size() > kMostShown;
  if (cut) text = text.substr(text.size() - kMostShown);
  std::string out = cut ? "…" : "";
  for (const char c : text)
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return out;
}

class SentinelCli : public PolicyRuntime {
 public:
  SentinelCli(CliSettings settings, CliVersion version)
      : settings_(std::move(settings)),
        version_(version),
        info_{.name = "sentinel", .version = to_text(version), .program = settings_.program} {}

  const RuntimeInfo& info() const override { return info_; }

  base::Result<std::vector<Outcome>> run(const PolicyRequest& request,
                                         const base::CancelToken& cancel) override {
    std::vector<base::Path> files;
    for (const CaseRequest& one : request.cases)
      files.push_back(one.case_file);
    auto all = run_test(request, files, "", cancel);
    if (!all) return base::Diagnostic(all.error());
    std::vector<Outcome> outcomes;
    if (all->has_value()) {
      outcomes = std::move(**all);
    } else if (files.size() == 1) {
      outcomes.push_back(timed_out(request));
    } else {
      // One of them hangs: the others have a right to their own time.
      for (const base::Path& file : files) {
        const auto one = run_test(request, {file}, run_pattern(request.policy, file), cancel);
        if (!one) return base::Diagnostic(one.error());
        outcomes.push_back(one->has_value() ? (**one).front() : timed_out(request));
      }
    }
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (!outcomes[i].result_known) ask_apply(request, files[i], outcomes[i], cancel);
      quote_lines(request, outcomes[i]);
    }
    return outcomes;
  }

 private:
  base::Diagnostic failed(std::string why) const {
    return {.what = "`" + settings_.program.string() + "` (sentinel " + info_.version +
                    ") could not run the policy",
            .why = std::move(why)};
  }

  static Outcome timed_out(const PolicyRequest& request) {
    Outcome out;
    out.timed_out = true;
    out.duration = request.case_timeout;
    return out;
  }

  /// `policy/case`, both taken literally.
  static std::string run_pattern(const base::Path& policy, const base::Path& file) {
    const auto literal = [](const std::string& text) {
      std::string out;
      for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '-' &&
            static_cast<unsigned char>(c) < 0x80)
          out += '\\';
        out += c;
      }
      return out;
    };
    return literal(policy.stem().string()) + "/" + literal(file.stem().string());
  }

  base::Result<base::ChildOutcome> start(std::vector<std::string> arguments,
                                         const base::Path& folder, milliseconds timeout,
                                         const base::CancelToken& cancel) const {
    auto outcome = base::run_child({.program = settings_.program,
                                    .arguments = std::move(arguments),
                                    .environment = settings_.environment,
                                    .working_directory = folder,
                                    .timeout = timeout,
                                    .most_output = kMostOutput},
                                   cancel);
    if (!outcome) return outcome;
    if (cancel.cancelled()) return failed("it was stopped");
    if (outcome->flooded) {
      return failed("it printed more than " + std::to_string(kMostOutput >> 20U) + " MiB");
    }
    return outcome;
  }

  /// One `sentinel test`. No value: it ran into its time limit.
  base::Result<std::optional<std::vector<Outcome>>> run_test(
      const PolicyRequest& request, const std::vector<base::Path>& files, const std::string& only,
      const base::CancelToken& cancel) const {
    const milliseconds limit = request.case_timeout * static_cast<milliseconds::rep>(
                                                          std::max<std::size_t>(files.size(), 1));
    std::vector<std::string> arguments{"test", "-json", "-color=false"};
    if (version_ >= kHasTimeout) {
      // Ours strikes first; the CLI's own default of five minutes must not.
      arguments.push_back("-timeout=" + std::to_string((limit + settings_.patience).count()) +
                          "ms");
    }
    if (!only.empty()) arguments.push_back("-run=" + only);
    arguments.push_back(request.policy.generic_string());
    const auto outcome = start(std::move(arguments), request.directory, limit, cancel);
    if (!outcome) return base::Diagnostic(outcome.error());
    if (outcome->timed_out) return std::optional<std::vector<Outcome>>();
    const std::string said = last_words(outcome->err);
    const std::string tail = said.empty() ? "" : ": " + said;
    if (outcome->signal != 0) return failed(signal_text(outcome->signal) + " ended it" + tail);
    auto read = read_test_json(outcome->out, request.policy, files);
    if (read) {
      const auto share = std::chrono::duration_cast<std::chrono::microseconds>(outcome->duration) /
                         static_cast<std::int64_t>(std::max<std::size_t>(read->size(), 1));
      for (Outcome& one : *read)
        one.duration = share;
      return std::optional(std::move(*read));
    }
    base::Diagnostic diagnostic = failed(read.error().why);
    if (outcome->exit_code > 1) {
      diagnostic.why = "it exited with " + std::to_string(outcome->exit_code) +
                       (tail.empty() ? ": " + last_words(outcome->out) : tail);
    } else {
      diagnostic.why =
          read.error().what + ": " + read.error().why + (tail.empty() ? "" : "; it said" + tail);
    }
    return diagnostic;
  }

  /// `sentinel test -json` has one form for false and undefined; `sentinel apply` exits with 1
  /// or 2.
  void ask_apply(const PolicyRequest& request, const base::Path& file, Outcome& outcome,
                 const base::CancelToken& cancel) const {
    // `apply` takes paths from the working directory, `test` from the case's file: so run it there.
    const base::Path folder = (request.directory / file).parent_path();
    const auto answer = start({"apply", "-color=false", "-config=" + file.filename().string(),
                               (request.directory / request.policy).string()},
                              folder, request.case_timeout, cancel);
    if (!answer || answer->timed_out || answer->signal != 0) return;
    if (answer->exit_code == 2) {
      outcome.result = Outcome::Result::Undefined;
      outcome.main.reset();
      for (RuleValue& rule : outcome.rules) {
        if (rule.name == "main") rule.undefined = true;
      }
      outcome.result_known = true;
    } else if (answer->exit_code == 1) {
      outcome.result_known = true;
    }
  }

  static void quote_line(const PolicyRequest& request, base::Location& where) {
    if (where.line == 0 || !where.source_line.empty()) return;
    const base::Path file =
        where.file == request.policy.filename().string() ? request.policy : base::Path(where.file);
    if (file.is_absolute() || !base::resolve_inside(request.directory, request.directory, file))
      return;
    const auto text = base::read_file(request.directory / file, std::uint64_t{8} << 20U);
    if (!text) return;
    where.file = file.generic_string();
    std::size_t at = 0;
    for (std::uint32_t line = 1; line < where.line && at != std::string::npos; ++line) {
      at = text->find('\n', at);
      if (at != std::string::npos) ++at;
    }
    if (at == std::string::npos) return;
    where.source_line = text->substr(at, text->find('\n', at) - at);
  }

  static void quote_lines(const PolicyRequest& request, Outcome& outcome) {
    for (RuleValue& rule : outcome.rules)
      quote_line(request, rule.where);
    if (outcome.error && outcome.error->where) quote_line(request, *outcome.error->where);
  }

  CliSettings settings_;
  CliVersion version_;
  RuntimeInfo info_;
};

}  // namespace

std::optional<CliVersion> parse_version(std::string_view text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  if (text.starts_with('v')) text.remove_prefix(1);
  CliVersion out;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  int* parts[] = {&out.major, &out.minor, &out.patch};
  for (int* part : parts) {
    const auto [after, error] = std::from_chars(at, end, *part);
    if (error != std::errc() || *part < 0)
      return part == &out.major ? std::nullopt : std::optional(out);
    at = after;
    if (at == end || *at != '.') return out;
    ++at;
  }
  return out;
}

std::string to_text(const CliVersion& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.patch);
}

base::Result<std::unique_ptr<PolicyRuntime>> open_sentinel_cli(CliSettings settings,
                                                               const base::CancelToken& cancel) {
  base::Diagnostic problem{.what = "`" + settings.program.string() + "` cannot be used"};
  const auto outcome = base::run_child({.program = settings.program,
                                        .arguments = {"version"},
                                        .environment = settings.environment,
                                        .working_directory = "/",
                                        .timeout = settings.patience,
                                        .most_output = std::uint64_t{1} << 20U},
                                       cancel);
  if (!outcome) return base::Diagnostic(outcome.error());
  if (outcome->timed_out) {
    problem.why = "`sentinel version` gave no answer within " +
                  std::to_string(settings.patience.count() / 1'000) + " s";
    return problem;
  }
  if (outcome->signal != 0) {
    problem.why = signal_text(outcome->signal) + " ended `sentinel version`";
    return problem;
  }
  std::optional<CliVersion> version;
  for (const std::string_view head : {"Sentinel v", "Sentinel Simulator v"}) {
    const std::size_t at = outcome->out.find(head);
    if (at == std::string::npos) continue;
    version = parse_version(std::string_view(outcome->out).substr(at + head.size()));
    break;
  }
  if (!version) {
    problem.why = "`sentinel version` printed `" + last_words(outcome->out.substr(0, 200)) +
                  "`, expected `Sentinel v…`";
    return problem;
  }
  if (*version < kOldestCli) {
    problem.why = "it is version " + to_text(*version) + ", older than " + to_text(kOldestCli);
    problem.advice = "install a newer sentinel, or use `--runtime builtin`";
    return problem;
  }
  return std::unique_ptr<PolicyRuntime>(
      std::make_unique<SentinelCli>(std::move(settings), *version));
}

}  // namespace policy_runtime
