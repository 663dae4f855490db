// `harness impact`: what would these policies have stopped?
#include "harness/impact/impact.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/command/service.h"
#include "harness/command/settings.h"
#include "harness/command/signal.h"
#include "harness/impact/render.h"
#include "harness/impact/save.h"
#include "plugin/base/file.h"
#include "plugin/sentinel/syntax/parser.h"
#include "plugin/terraform_api/origin.h"

namespace harness {
namespace {

bool is_manifest_name(const std::string& word) {
  return word.ends_with(".yaml") || word.ends_with(".yml");
}

/// The manifest that is named, or the one that is there: without one, policies have no modules and
/// no params. False: there is one, and it is wrong, which has been said.
bool find_settings(const Arguments& arguments, const Context& context,
                   std::optional<Manifest>& out) {
  base::Path file;
  for (const std::string& word : arguments.words()) {
    if (!is_manifest_name(word)) continue;
    if (!file.empty()) {
      show_problem({.what = "there are two manifests, `" + file.string() + "` and `" + word + "`"});
      return false;
    }
    file = word;
  }
  if (file.empty()) {
    auto found = find_manifest(context.system.working_directory);
    if (!found) return true;
    file = *found;
  } else {
    file = (context.system.working_directory / file).lexically_normal();
  }
  std::vector<base::Diagnostic> problems;
  out = read_manifest(file,
                      {.allow_outside = arguments.has("allow-outside"),
                       .working_directory = context.system.working_directory},
                      problems);
  show_problems(problems);
  return out.has_value();
}

/// Adds to `out` the modules (or static files) that each case of a policy is given by itself, all
/// of them the same: without them the policy cannot run. Other settings of a case are the test's.
void add_common(const Manifest& manifest, const base::Path& policy,
                std::vector<NamedFile> Case::*files, Case& out) {
  const auto find = [&](const Case& one, const std::string& name) -> const NamedFile* {
    const auto found = std::ranges::find(one.*files, name, &NamedFile::name);
    return found == (one.*files).end() ? nullptr : &*found;
  };
  std::vector<const Case*> cases;
  for (const Case& one : manifest.cases) {
    if (!one.native && one.policy.path == policy) cases.push_back(&one);
  }
  if (cases.empty()) return;
  for (const NamedFile& file : cases.front()->*files) {
    const bool common = std::ranges::all_of(cases, [&](const Case* one) {
      const NamedFile* same = find(*one, file.name);
      return same != nullptr && same->file.path == file.file.path;
    });
    if (common && find(out, file.name) == nullptr) (out.*files).push_back(file);
  }
}

/// A policy with what the manifest gives every case of it. Parsed, so that no export is made for
/// one that cannot run.
base::Result<Case> read_policy(const std::string& word, const Arguments& arguments,
                               const Context& context, const Manifest* manifest,
                               const base::Path& root) {
  const base::Path folder = context.system.working_directory;
  auto path = arguments.has("allow-outside")
                  ? base::Result<base::Path>((folder / word).lexically_normal())
                  : base::resolve_inside(root, folder, word);
  if (!path) {
    path.error().what = "policy " + path.error().what;
    return std::move(path.error());
  }
  auto text = base::read_file(*path, std::uint64_t{16} << 20U);
  if (!text) {
    text.error().what = "policy " + text.error().what;
    return std::move(text.error());
  }
  Case out;
  if (manifest != nullptr) {
    const Case* best = nullptr;
    for (const Case& settings : manifest->settings) {
      if (settings.policy.path.empty() ? best == nullptr : settings.policy.path == *path)
        best = &settings;
    }
    if (best != nullptr) out = *best;
    for (const auto files : {&Case::modules, &Case::statics})
      add_common(*manifest, *path, files, out);
  }
  out.policy = {.path = *path, .written = base::display_path(*path, root), .where = {}};
  out.policy.where.file = out.policy.written;
  out.where = out.policy.where;
  auto parsed =
      sentinel::parse(std::make_shared<const base::Source>(out.policy.written, std::move(*text)));
  if (!parsed.errors.empty()) return std::move(parsed.errors.front());
  return out;
}

/// One redrawn line where somebody watches; else a sign of life every ten seconds.
class Line {
 public:
  Line(const base::System& system, bool quiet)
      : redrawn_(system.err.interactive), quiet_(quiet), clock_(system.clock) {
    last_ = clock_->steady();
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() {
    if (drawn_) write_err("\r\x1b[K");
  }

  void show(std::string_view state) {
    if (quiet_) return;
    const std::lock_guard lock(mutex_);
    const auto now = clock_->steady();
    if (now - last_ <
        (redrawn_ ? std::chrono::milliseconds(80) : std::chrono::milliseconds(10'000)))
      return;
    last_ = now;
    write_err(redrawn_ ? "\r\x1b[K" + std::string(state) : std::string(state) + "\n");
    drawn_ = redrawn_;
  }

 private:
  std::mutex mutex_;
  const bool redrawn_;
  const bool quiet_;
  std::shared_ptr<base::Clock> clock_;
  std::chrono::steady_clock::time_point last_;
  bool drawn_ = false;
};

base::Result<http::Url> origin_of(const Manifest* manifest, const base::System& system) {
  if (manifest == nullptr || !manifest->terraform) return service_of(system);
  return manifest->terraform->address.empty()
             ? terraform_api::origin_of_host(manifest->terraform->hostname)
             : terraform_api::origin_of_address(manifest->terraform->address);
}

base::Status read_run_options(const Arguments& arguments, RunOptions& out) {
  out.version = harness_version();
  const std::string runtime = arguments.value("runtime");
  if (runtime == "auto") out.runtime = RuntimeChoice::Auto;
  if (runtime == "cli") out.runtime = RuntimeChoice::Cli;
  if (runtime == "builtin") out.runtime = RuntimeChoice::Builtin;
  if (runtime == "both") out.runtime = RuntimeChoice::Both;
  out.allow_network = arguments.has("allow-network");
  out.pass_env = arguments.values("pass-env");
  auto jobs = number_option(arguments, "jobs");
  if (!jobs) return std::move(jobs.error());
  out.jobs = std::min<std::size_t>(
      *jobs ? **jobs : std::max(1U, std::thread::hardware_concurrency()), 256);
  auto export_time = time_option(arguments, "export-timeout");
  if (!export_time) return std::move(export_time.error());
  out.export_timeout = export_time->value_or(out.export_timeout);
  auto case_time = time_option(arguments, "case-timeout");
  if (!case_time) return std::move(case_time.error());
  out.case_timeout = case_time->value_or(out.case_timeout);
  auto limits = limit_options(arguments);
  if (!limits) return std::move(limits.error());
  out.limits = *limits;
  return {};
}

base::Status read_searches(const Arguments& arguments, const Manifest* manifest,
                           ImpactOptions& out) {
  const std::string organization =
      manifest != nullptr && manifest->terraform ? manifest->terraform->organization : "";
  if (!arguments.has("workspace")) {
    return base::Diagnostic{.what = "no workspace was named",
                            .advice = "search for some: `--workspace 'ORGANIZATION/*-prod'`"};
  }
  for (const std::string& text : arguments.values("workspace")) {
    auto search = parse_workspace_search(text, organization);
    if (!search) return std::move(search.error());
    const bool twice = std::ranges::any_of(out.searches, [&](const WorkspaceSearch& before) {
      return before.text() == search->text();
    });
    if (!twice) out.searches.push_back(std::move(*search));
  }
  return {};
}

}  // namespace

int impact_command(const Arguments& arguments, Context& context) {
  const auto usage = [](const base::Diagnostic& problem) {
    show_problem(problem);
    return kExitUsage;
  };
  std::optional<Manifest> manifest;
  if (!find_settings(arguments, context, manifest)) return kExitUsage;
  const Manifest* settings = manifest ? &*manifest : nullptr;
  ImpactOptions options;
  options.root = settings != nullptr ? settings->root
                                     : base::repository_root(context.system.working_directory);
  options.plan_only = arguments.has("plan-only");
  options.allow_outside = arguments.has("allow-outside");
  if (settings != nullptr) options.sentinel = settings->sentinel;
  if (arguments.has("json") && arguments.has("markdown")) {
    return usage({.what = "`--json` and `--markdown` exclude each other"});
  }
  if (auto good = read_searches(arguments, settings, options); !good) return usage(good.error());
  auto since = parse_since(arguments.has("since") ? arguments.value("since") : "30d",
                           context.system.clock->now());
  if (!since) return usage(since.error());
  options.since = std::move(*since);
  if (auto good = read_run_options(arguments, options.run); !good) return usage(good.error());
  std::optional<SaveRequest> save;
  if (arguments.has("save")) {
    auto request = parse_save(arguments.value("save"));
    if (!request) return usage(request.error());
    save = std::move(*request);
    if (settings != nullptr && settings->find_mock(save->name) != nullptr) {
      return usage(
          {.what = "there is a mock `" + save->name + "` in `" + settings->display + "` already",
           .advice = "save it under another name"});
    }
  }
  auto origin = origin_of(settings, context.system);
  if (!origin) return usage(origin.error());
  options.origin = std::move(*origin);
  bool parsed = true;
  for (const std::string& word : arguments.words()) {
    if (is_manifest_name(word)) continue;
    auto policy = read_policy(word, arguments, context, settings, options.root);
    if (!policy && !policy.error().where) return usage(policy.error());
    if (!policy) {
      show_problem(policy.error());
      parsed = false;
      continue;
    }
    // One file named twice, `a.sentinel` and `./a.sentinel`, is one policy.
    const bool twice = std::ranges::any_of(options.policies, [&](const Case& before) {
      return before.policy.path == policy->policy.path;
    });
    if (!twice) options.policies.push_back(std::move(*policy));
  }
  if (!parsed) return kExitFailed;
  if (options.policies.empty()) {
    return usage({.what = "no policy was named", .advice = "see `harness impact --help`"});
  }

  const SignalWatch signals(context.cancel);
  base::Result<ImpactReport> report = [&] {
    Line line(context.system, arguments.has("quiet"));
    return measure_impact(options, context.system, context.cancel,
                          [&line](std::string_view state) { line.show(state); });
  }();
  if (!report) {
    if (const int code = exit_code_of(context.cancel)) return code;
    show_problem(report.error());
    return kExitMock;
  }
  show_problems(report->problems);
  for (const std::string& warning : report->warnings)
    show_problem({.what = "warning: " + warning});
  const bool written = write_out(arguments.has("json")       ? impact_json(*report)
                                 : arguments.has("markdown") ? impact_markdown(*report)
                                                             : impact_text(*report));
  if (const int code = exit_code_of(context.cancel)) return code;
  if (!written) return kExitRuntime;
  const int code = report->exit_code();
  if (code == kExitNothingSelected) {
    show_problem({.what = report->workspaces.empty() ? "no workspace fits"
                                                     : "no run since then has a finished plan"});
    return code;
  }
  if (!save) return code;
  const PlanImpact* plan = plan_to_save(*report, *save);
  if (plan == nullptr) {
    show_problem({.what = save->run.empty()
                              ? "nothing was saved: all plans pass"
                              : "nothing was saved: `" + save->run + "` is none of these plans"});
    return code != 0 || save->run.empty() ? code : static_cast<int>(kExitUsage);
  }
  auto saved = save_plan(settings, context.system.working_directory, options, *report, *plan,
                         save->name, context.system, context.cancel);
  if (!saved) {
    show_problem(saved.error());
    return code != 0 ? code : static_cast<int>(kExitMock);
  }
  write_err(*saved);
  return code;
}

}  // namespace harness
