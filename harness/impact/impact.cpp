#include "harness/impact/impact.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "harness/impact/state.h"
#include "harness/report/clean.h"
#include "plugin/base/file.h"
#include "plugin/base/lane.h"
#include "plugin/mock_bundle/bundle.h"
#include "plugin/mock_source/plan_export/plan_export.h"
#include "plugin/terraform_api/client.h"
#include "plugin/terraform_api/origin.h"

namespace harness {
namespace {

/// Exports that are waited for at a time: most of an export's time is the server's.
constexpr std::size_t kFetchingThreads = 48;
/// Plans whose files lie in the work folder at a time.
constexpr std::size_t kMostPlansAtOnce = 24;

/// `import "tfplan/v2"` and its kin are what the plans supply: a test's stand-in for one of them
/// would make all plans alike.
bool is_of_a_plan(std::string_view import) {
  const std::string_view name = import.substr(0, import.find('/'));
  return name == "tfplan" || name == "tfconfig" || name == "tfstate" || name == "tfrun";
}

class Measure {
 public:
  Measure(const ImpactOptions& options, const base::System& system, const base::CancelToken& cancel,
          const ImpactProgress& progress)
      : options_(options),
        system_(system),
        cancel_(cancel),
        progress_(progress),
        exports_(system, {.export_timeout = options.run.export_timeout,
                          .limits = options.run.limits,
                          .share_archives = false}) {}

  base::Result<ImpactReport> go() {
    report_.harness_version = options_.run.version;
    report_.origin = http::origin(options_.origin);
    report_.host = terraform_api::credentials_host(options_.origin);
    std::string key = options_.plan_only ? "plan-only" : "runs";
    key += " since " + options_.since.text;
    for (const WorkspaceSearch& search : options_.searches) {
      report_.searches.push_back(search.text());
      key += " " + search.text();
    }
    for (const Case& policy : options_.policies)
      report_.policies.push_back(policy.policy.written);
    auto state = ImpactState::open(options_.root, options_.origin, system_);
    if (!state) return std::move(state.error());
    state_ = std::move(*state);
    auto client = exports_.client(options_.origin, cancel_);
    if (!client) return std::move(client.error());
    client_ = std::move(*client);
    since_ = state_->begin(key, options_.since.time, system_.clock->now());
    report_.since = base::to_rfc3339(since_);

    {
      base::Lane fetching(kFetchingThreads);
      fetching_ = &fetching;
      const std::jthread searching([this] { search(); });
      work();
      fetching.drain();
    }
    finish();
    return std::move(report_);
  }

 private:
  // The search

  void search() {
    for (const WorkspaceSearch& search : options_.searches) {
      if (cancel_.cancelled()) break;
      auto found = find_workspaces(*client_, search, options_.plan_only, cancel_);
      if (!found) {
        problem(std::move(found.problem()));
        continue;
      }
      {
        const std::lock_guard hold(mutex_);
        expected_workspaces_ += found->size();
      }
      for (FoundWorkspace& workspace : *found)
        look_into(std::move(workspace));
    }
    const std::lock_guard hold(mutex_);
    searched_ = true;
    changed_.notify_all();
  }

  void look_into(FoundWorkspace workspace) {
    {
      const std::lock_guard hold(mutex_);
      if (!names_.insert(workspace.name).second) {  // two searches may mean one workspace
        --expected_workspaces_;
        return;
      }
    }
    std::vector<FoundRun> runs;
    if (workspace.note.empty()) {
      if (auto known = state_->listing(workspace.name)) {
        workspace = std::move(known->workspace);
        runs = std::move(known->runs);
      } else if (cancel_.cancelled()) {
        return;
      } else if (auto listed =
                     find_runs(*client_, workspace, since_, options_.plan_only, cancel_)) {
        runs = std::move(*listed);
        state_->add({workspace, runs});
      } else {
        return problem(std::move(listed.problem()));
      }
    }
    const std::lock_guard hold(mutex_);
    report_.workspaces.push_back(std::move(workspace));
    for (FoundRun& run : runs) {
      if (!plans_.insert(run.plan).second) continue;
      const std::size_t index = report_.plans.size();
      report_.plans.push_back({.run = std::move(run)});
      ++open_;
      fetching_->post([this, index] { fetch(index); });
    }
    tell();
  }

  void problem(terraform_api::Problem problem) {
    const std::lock_guard hold(mutex_);
    if (problem.cancelled || cancel_.cancelled()) return;
    report_.problems.push_back(std::move(problem.diagnostic));
  }

  // The plans

  struct Ready {
    std::size_t index;
    KeptPlan plan;
  };

  void fetch(std::size_t index) {
    FoundRun run;
    {
      const std::lock_guard hold(mutex_);
      run = report_.plans[index].run;  // the vector may grow meanwhile
    }
    std::optional<KeptPlan> plan = state_->plan(run.plan);
    const bool kept = plan.has_value();
    std::optional<base::Diagnostic> why;
    if (!plan && !run.unusable.empty()) {
      why = base::Diagnostic{.what = "plan `" + run.plan + "` cannot be exported",
                             .why = run.unusable};
    } else if (!plan && !cancel_.cancelled()) {
      auto had = have(run);
      if (had) {
        plan = std::move(*had);
      } else {
        why = std::move(had.error());
      }
    }
    const std::lock_guard hold(mutex_);
    --open_;
    if (plan) {
      report_.plans[index].fetched = !kept;
      ++had_;
      ready_.push_back({index, std::move(*plan)});
    } else if (why && !(cancel_.cancelled() && run.unusable.empty())) {
      report_.plans[index].problem = std::move(why);
      ++done_;
    }
    tell();
    changed_.notify_all();
  }

  base::Result<KeptPlan> have(const FoundRun& run) {
    auto staged = state_->stage();
    if (!staged) return std::move(staged.error());
    const base::Path bundle = *staged / "bundle";
    auto made = exports_.source(options_.origin, {.plan = run.plan})->fetch(bundle, {}, cancel_);
    base::Result<KeptPlan> out = [&]() -> base::Result<KeptPlan> {
      if (!made) return std::move(made.error());
      if (auto imports = mock_bundle::read_bundle(bundle, run.plan); !imports)
        return std::move(imports.error());
      made->workspace = run.workspace;
      made->run = run.run;
      return state_->keep(*staged, run.plan, *made);
    }();
    if (!out) (void)base::remove_tree(*staged);
    return out;
  }

  // The policies

  /// Runs the policies over plans as they become ready.
  void work() {
    for (;;) {
      std::vector<Ready> batch;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !ready_.empty() || (searched_ && open_ == 0); });
        if (ready_.empty()) return;
        while (!ready_.empty() && batch.size() < kMostPlansAtOnce) {
          batch.push_back(std::move(ready_.front()));
          ready_.pop_front();
        }
      }
      if (!cancel_.cancelled()) evaluate(batch);
    }
  }

  void evaluate(const std::vector<Ready>& batch) {
    Manifest manifest;
    manifest.root = options_.root;
    manifest.folder = options_.root;
    manifest.file = options_.root / "impact.yaml";  // no such file: its name is the work folder's
    manifest.display = "impact";
    manifest.allow_outside = options_.allow_outside;
    manifest.fixtures = options_.root / ".harness" / "impact" / "fixtures";
    manifest.sentinel = options_.sentinel;
    std::vector<std::size_t> all;
    for (const Ready& one : batch) {
      const std::string name = "plan-" + std::to_string(one.index);
      manifest.mocks.push_back(
          {.name = name,
           .kind = DirectoryMock{{.path = one.plan.folder, .written = one.plan.provenance.plan}}});
      for (const Case& policy : options_.policies) {
        Case item = policy;
        item.name = name;
        item.full_name = policy.policy.written + "/" + name;
        item.mocks = {name};
        std::erase_if(item.extra_mocks,
                      [](const ExtraMock& mock) { return is_of_a_plan(mock.name); });
        item.expect = {};
        item.expect.result = Expectation::Result::Pass;
        item.skip.reset();
        all.push_back(manifest.cases.size());
        manifest.cases.push_back(std::move(item));
      }
    }
    RunOptions options = options_.run;
    options.keep_failed = false;
    const RunReport seen = run(manifest, all, options, system_, cancel_, {});

    const std::lock_guard hold(mutex_);
    if (report_.runtime.empty()) report_.runtime = seen.runtime;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      PlanImpact& plan = report_.plans[batch[i].index];
      for (std::size_t p = 0; p < options_.policies.size(); ++p)
        take(seen.cases[i * options_.policies.size() + p], plan);
      // Stopped in between: as if it had not been begun.
      if (plan.policies.size() != options_.policies.size()) plan.policies.clear();
      if (plan.problem || !plan.policies.empty()) ++done_;
    }
    for (const std::string& warning : seen.warnings) {
      if (std::ranges::find(report_.warnings, warning) == report_.warnings.end())
        report_.warnings.push_back(warning);
    }
    tell();
  }

  static void take(const CaseReport& item, PlanImpact& plan) {
    if (item.verdict == Verdict::Skipped) return;
    if (item.problem) {
      plan.runtime_failed = true;
      if (!plan.problem) plan.problem = item.problem;
      return;
    }
    PolicyImpact out{.at = deciding_place(item)};
    if (item.actual == "pass") out.result = ImpactResult::Pass;
    if (item.actual == "fail") out.result = ImpactResult::Fail;
    if (item.actual == "undefined") out.result = ImpactResult::Undefined;
    if (out.result == ImpactResult::Pass) {
      out.at = {};
    } else if (item.timed_out) {
      out.why = "it ran into the time limit of a case";
    } else if (item.error) {
      out.why = clean_line(item.error->message, 300);
    } else if (!item.explanations.empty()) {
      out.why = clean_line(item.explanations.front().note, 300);
    }
    plan.policies.push_back(std::move(out));
  }

  // The end

  void finish() {
    std::ranges::stable_sort(report_.workspaces, {}, &FoundWorkspace::name);
    std::ranges::stable_sort(report_.plans, [](const PlanImpact& a, const PlanImpact& b) {
      if (a.run.workspace != b.run.workspace) return a.run.workspace < b.run.workspace;
      return a.run.created_at > b.run.created_at;
    });
    report_.complete = !cancel_.cancelled();
    report_.left =
        static_cast<std::size_t>(std::ranges::count_if(report_.plans, [](const PlanImpact& plan) {
          return plan.policies.empty() && !plan.problem;
        }));
    if (report_.complete) state_->finish();
  }

  /// With the mutex held.
  void tell() {
    if (!progress_) return;
    progress_(std::to_string(report_.workspaces.size()) + "/" +
              std::to_string(std::max(expected_workspaces_, report_.workspaces.size())) +
              " workspaces, " + counted(report_.plans.size(), "plan", "plans") + ", " +
              std::to_string(had_) + " here, " + std::to_string(done_) + " done");
  }

  const ImpactOptions& options_;
  const base::System& system_;
  const base::CancelToken& cancel_;
  const ImpactProgress& progress_;
  std::unique_ptr<ImpactState> state_;
  mock_source::PlanExports exports_;
  std::shared_ptr<terraform_api::Client> client_;
  std::chrono::system_clock::time_point since_;
  base::Lane* fetching_ = nullptr;

  std::mutex mutex_;
  std::condition_variable changed_;
  ImpactReport report_;
  std::set<std::string> names_, plans_;
  std::deque<Ready> ready_;
  std::size_t expected_workspaces_ = 0;
  std::size_t open_ = 0;  // plans that are still being fetched
  std::size_t had_ = 0;
  std::size_t done_ = 0;
  bool searched_ = false;
};

}  // namespace

std::string_view impact_name(ImpactResult result) {
  switch (result) {
  case ImpactResult::Pass:
    return "pass";
  case ImpactResult::Fail:
    return "fail";
  case ImpactResult::Undefined:
    return "undefined";
  case ImpactResult::Error:
    break;
  }
  return "error";
}

ImpactCounts ImpactReport::counts(std::size_t policy, std::string_view workspace) const {
  ImpactCounts out;
  for (const PlanImpact& plan : plans) {
    if (plan.policies.size() <= policy) continue;
    if (!workspace.empty() && plan.run.workspace != workspace) continue;
    switch (plan.policies[policy].result) {
    case ImpactResult::Pass:
      ++out.pass;
      break;
    case ImpactResult::Fail:
      ++out.fail;
      break;
    case ImpactResult::Undefined:
      ++out.undefined;
      break;
    case ImpactResult::Error:
      ++out.error;
      break;
    }
  }
  return out;
}

std::size_t ImpactReport::missing(std::string_view workspace) const {
  return static_cast<std::size_t>(std::ranges::count_if(plans, [&](const PlanImpact& plan) {
    return plan.problem && (workspace.empty() || plan.run.workspace == workspace);
  }));
}

int ImpactReport::exit_code() const {
  if (!problems.empty()) return 3;
  bool missed = false, broken = false;
  for (const PlanImpact& plan : plans) {
    if (!plan.problem) continue;
    (plan.runtime_failed ? broken : missed) = true;
  }
  if (missed) return 3;
  if (broken) return 4;
  return plans.empty() && complete ? 5 : 0;
}

base::Result<ImpactReport> measure_impact(const ImpactOptions& options, const base::System& system,
                                          const base::CancelToken& cancel,
                                          const ImpactProgress& progress) {
  return Measure(options, system, cancel, progress).go();
}

}  // namespace harness
