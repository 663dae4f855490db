// `harness run`: the main job.
#include "harness/run/run.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/command/manifest_argument.h"
#include "harness/command/output.h"
#include "harness/command/progress.h"
#include "harness/command/selection.h"
#include "harness/command/settings.h"
#include "harness/command/signal.h"
#include "harness/command/watch.h"
#include "harness/fixture/lock.h"
#include "harness/fixture/supply.h"
#include "harness/run/select.h"
#include "plugin/base/file.h"

namespace harness {
namespace {

/// Pulls the token when the time of the whole run is over.
class RunTimer {
 public:
  RunTimer(std::optional<std::chrono::milliseconds> limit, const base::CancelToken& cancel) {
    if (!limit) return;
    thread_ = std::jthread([this, limit = *limit, cancel](const std::stop_token& stop) {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, limit, [] { return false; });
      if (!stop.stop_requested()) cancel.cancel(base::CancelReason::Timeout);
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

bool set_in(const base::Environment& environment, std::string_view name) {
  const std::string_view value = base::get(environment, name);
  return !value.empty() && value != "0" && value != "false";
}

std::optional<RuntimeChoice> runtime_of(const Arguments& arguments) {
  const std::string name = arguments.value("runtime");
  if (name == "auto") return RuntimeChoice::Auto;
  if (name == "cli") return RuntimeChoice::Cli;
  if (name == "builtin") return RuntimeChoice::Builtin;
  if (name == "both") return RuntimeChoice::Both;
  return std::nullopt;
}

/// Two options of which one forbids what the other asks for.
std::optional<base::Diagnostic> contradiction(const Arguments& arguments) {
  constexpr struct {
    std::string_view forbids;
    std::string_view asks;
    std::string_view why;
  } kPairs[] = {
      {"offline", "refresh", "mocks are exported again over the network, which may not be used"},
      {"offline", "fetch", "mocks are fetched over the network, which may not be used"},
      {"frozen", "refresh", "fixtures must stay as the lock has them, and would be made anew"},
      {"frozen", "fetch", "a missing fixture must be an error, and would be fetched"},
  };
  for (const auto& [forbids, asks, why] : kPairs) {
    if (!arguments.has(forbids) || !arguments.has(asks)) continue;
    return base::Diagnostic{.what = arguments.origin(forbids) + " and " + arguments.origin(asks) +
                                    " contradict each other",
                            .why = std::string(why),
                            .advice = "leave one of them out"};
  }
  return std::nullopt;
}

base::Result<RunOptions> run_options(const Arguments& arguments, const Context& context) {
  if (auto problem = contradiction(arguments)) return std::move(*problem);
  RunOptions out;
  out.version = harness_version();
  out.runtime = runtime_of(arguments);
  out.fail_fast = arguments.has("fail-fast");
  out.trace = arguments.has("trace");
  out.coverage = arguments.has("coverage");
  out.keep_workdir = arguments.has("keep-workdir");
  out.allow_exec = arguments.has("allow-exec");
  out.allow_network = arguments.has("allow-network");
  out.pass_env = arguments.values("pass-env");
  out.fixtures =
      fixture_mode(set_in(context.system.environment, "CI"), arguments.has("offline"),
                   arguments.has("frozen"), arguments.has("fetch"), arguments.has("refresh"));
  auto jobs = number_option(arguments, "jobs");
  if (!jobs) return std::move(jobs.error());
  out.jobs = std::min<std::size_t>(
      *jobs ? **jobs : std::max(1U, std::thread::hardware_concurrency()), 256);
  if (const std::string percent = arguments.value("coverage"); !percent.empty()) {
    char* end = nullptr;
    out.least_coverage = std::strtod(percent.c_str(), &end);
    if (*end != '\0' || out.least_coverage < 0 || out.least_coverage > 100) {
      return base::Diagnostic{.what = arguments.origin("coverage") + " is `" + percent +
                                      "`, expected a number from 0 to 100"};
    }
  }
  const struct {
    std::string_view option;
    std::chrono::milliseconds& value;
  } times[] = {{"case-timeout", out.case_timeout}, {"export-timeout", out.export_timeout}};
  for (const auto& [option, value] : times) {
    auto time = time_option(arguments, option);
    if (!time) return std::move(time.error());
    value = time->value_or(value);
  }
  auto timeout = time_option(arguments, "timeout");
  if (!timeout) return std::move(timeout.error());
  out.timeout = *timeout;
  auto members = number_option(arguments, "max-members");
  if (!members) return std::move(members.error());
  out.limits.members = members->value_or(out.limits.members);
  auto unpacked = size_option(arguments, "max-unpacked");
  if (!unpacked) return std::move(unpacked.error());
  out.limits.bytes = unpacked->value_or(out.limits.bytes);
  auto ratio = number_option(arguments, "max-ratio");
  if (!ratio) return std::move(ratio.error());
  out.limits.ratio = ratio->value_or(out.limits.ratio);
  if (auto durations = number_option(arguments, "durations"); !durations)
    return std::move(durations.error());
  return out;
}

ProgressStyle progress_style(const Arguments& arguments, const base::System& system) {
  const std::string how = arguments.value("progress");
  if (how == "none" || arguments.has("quiet")) return ProgressStyle::None;
  if (how == "plain") return ProgressStyle::Plain;
  return system.err.interactive && !set_in(system.environment, "CI") ? ProgressStyle::Redrawn
                                                                     : ProgressStyle::Plain;
}

}  // namespace

namespace {

/// One run of the chosen cases.
RunReport run_chosen(const Manifest& manifest, const Chosen& chosen, const RunOptions& options,
                     const Arguments& arguments, const Context& context) {
  if (chosen.cases.empty()) {
    const bool fine = !chosen.empty_is_fine.empty();
    RunReport report =
        failed_run(manifest, options, context.system,
                   {.what = fine ? chosen.empty_is_fine : "no case was selected",
                    .advice = fine ? "" : "`harness list` shows the cases that there are"},
                   fine ? kExitPassed : kExitNothingSelected);
    if (fine) {
      report.warnings.push_back(chosen.empty_is_fine);
      report.problems.clear();
      report.reasons.clear();
    }
    return report;
  }
  std::map<std::string, std::size_t> policies;
  for (const std::size_t index : chosen.cases) {
    if (!manifest.cases[index].skip) ++policies[manifest.cases[index].policy.written];
  }
  Progress progress(progress_style(arguments, context.system), context.system, policies);
  // What stops one run early (--fail-fast) must not stop the next one of --watch.
  const base::CancelToken own;
  const auto hook = context.cancel.on_cancel([&own] { own.cancel(base::CancelReason::Interrupt); });
  const base::CancelToken& cancel = arguments.has("watch") ? own : context.cancel;
  RunReport report = run(manifest, chosen.cases, options, context.system, cancel,
                         [&progress](const Event& event) { progress.on(event); });
  remember_failures(manifest, report);
  return report;
}

void note_unused(const Manifest& manifest, const Context& context, RunReport& report) {
  const auto store = FixtureStore::open(manifest, context.system);
  if (!store) return;  // the run has said so
  for (const base::Diagnostic& one : (*store)->unused_problems())
    report.warnings.push_back(one.what + (one.why.empty() ? "" : ": " + one.why) + "; " +
                              one.advice);
}

/// Runs again what a change touches, until Ctrl-C.
int watch_and_run(Watch& watch, Manifest manifest, const RunOptions& options,
                  const Arguments& arguments, Context& context, int code) {
  while (true) {
    write_err("waiting for changes, Ctrl-C ends\n");
    const std::set<base::Path> changed = watch.wait(context.cancel);
    if (changed.empty()) return code;
    auto again = manifest_of(arguments, context);
    if (!again) continue;  // it has been said what is wrong; the next change may mend it
    manifest = std::move(*again);
    auto chosen = choose(manifest, arguments, context);
    if (!chosen) {
      show_problem(chosen.error());
      continue;
    }
    // The root alone: there were more changes than could be told.
    if (!changed.contains(manifest.root)) {
      const auto touched = select(manifest, {.changed = changed});
      if (!touched) continue;
      std::vector<std::size_t> cases;
      std::set_intersection(chosen->cases.begin(), chosen->cases.end(), touched->begin(),
                            touched->end(), std::back_inserter(cases));
      chosen->cases = std::move(cases);
    }
    if (chosen->cases.empty()) continue;
    const RunReport report = run_chosen(manifest, *chosen, options, arguments, context);
    const auto requests = report_requests(arguments, context);
    if (requests) write_reports(report, *requests, arguments, context);
    code = report.exit_code;
  }
}

/// A report must not replace what the run reads.
std::optional<base::Diagnostic> overwritten(const std::vector<ReportRequest>& requests,
                                            const Manifest& manifest, const Context& context) {
  std::error_code error;
  const base::Path named = std::filesystem::weakly_canonical(manifest.file, error);
  for (const ReportRequest& request : requests) {
    const base::Path file = file_of(request);
    if (file.empty()) continue;
    const bool own = file == named || file == lock_path(named);
    if (!own && !is_made_from(manifest, file)) continue;
    return base::Diagnostic{
        .what = "the report " + base::in_ticks(request.format->name) + " would overwrite " +
                base::in_ticks(base::display_path(file, context.system.working_directory)),
        .why = file == named ? "it is the manifest"
               : own         ? "it is the manifest's lock"
                             : "the run reads it",
        .advice = "give the report another path"};
  }
  return std::nullopt;
}

}  // namespace

int run_command(const Arguments& arguments, Context& context) {
  const auto options = run_options(arguments, context);
  if (!options) {
    show_problem(options.error());
    return kExitUsage;
  }
  const auto requests = report_requests(arguments, context);
  if (!requests) {
    show_problem(requests.error());
    return kExitUsage;
  }
  if (const ReportRequest* request = request_of_coverage(*requests);
      request != nullptr && !options->coverage) {
    show_problem({.what = "`--report " + std::string(request->format->name) +
                          "` has nothing to tell without `--coverage`",
                  .advice = "add `--coverage`"});
    return kExitUsage;
  }
  const SignalWatch signals(context.cancel);
  const RunTimer timer(options->timeout, context.cancel);
  auto manifest = manifest_of(arguments, context);
  if (!manifest) return kExitUsage;
  if (const auto problem = overwritten(*requests, *manifest, context)) {
    show_problem(*problem);
    return kExitUsage;
  }
  // Before the first run, whose files may change while it lasts.
  std::unique_ptr<Watch> watch;
  if (arguments.has("watch")) {
    auto opened = Watch::open(manifest->root);
    if (!opened) {
      show_problem(opened.error());
      return kExitRuntime;
    }
    watch = std::move(*opened);
  }
  const auto chosen = choose(*manifest, arguments, context);
  if (!chosen) {
    show_problem(chosen.error());
    return kExitUsage;
  }
  if (const auto conflicts = supply_conflicts(*manifest); !conflicts.empty()) {
    show_problems(conflicts);
    return kExitUsage;
  }
  RunReport report = run_chosen(*manifest, *chosen, *options, arguments, context);
  if (arguments.has("verbose")) note_unused(*manifest, context, report);
  const bool written = write_reports(report, *requests, arguments, context);
  const int code = !written && report.exit_code == 0 ? kExitRuntime : report.exit_code;
  if (!watch) return code;
  return watch_and_run(*watch, std::move(*manifest), *options, arguments, context, code);
}

}  // namespace harness
