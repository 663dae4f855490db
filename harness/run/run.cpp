#include "harness/run/run.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include "harness/fixture/disk.h"
#include "harness/fixture/trim.h"
#include "harness/report/number.h"
#include "harness/run/covered.h"
#include "harness/run/judge.h"
#include "harness/run/missing_rule.h"
#include "harness/run/native.h"
#include "harness/run/runtime.h"
#include "harness/run/source.h"
#include "harness/run/trust.h"
#include "harness/test_directory/test_directory.h"
#include "plugin/base/file.h"
#include "plugin/base/lane.h"

namespace harness {
namespace {

using policy_runtime::Outcome;

/// Threads that wait for the network and for programs.
constexpr std::size_t kWaitingThreads = 8;
/// Threads that wait for exports, one each: most of that time is the server's.
constexpr std::size_t kExportingThreads = 100;
/// Cases of one policy that are run one behind the other by the built-in runtime.
constexpr std::size_t kMostCasesAtOnce = 16;

std::string stop_reason(base::CancelReason reason) {
  switch (reason) {
  case base::CancelReason::Interrupt:
    return "the run was interrupted";
  case base::CancelReason::Terminate:
    return "the run was terminated";
  case base::CancelReason::Timeout:
    return "the time limit of the run was reached";
  case base::CancelReason::FailFast:
    return "the run stopped at the first failure";
  case base::CancelReason::None:
    break;
  }
  return "not run";
}

std::string quoted_for_shell(const std::string& text) {
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// A text as a regular expression that matches just it.
std::string literal_pattern(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// One mock of the run: its files in the test directory, or why there are none.
struct MockState {
  const Mock* mock = nullptr;
  MockReport report;
  std::vector<base::Diagnostic> warnings;
  std::vector<std::size_t> waiting;  // units
};

/// The files that a mock of another kind than `extends` begins with.
struct OriginState {
  std::once_flag once;
  std::optional<base::Result<Fixture>> files;
};

/// Cases of one policy that run together.
struct Unit {
  std::vector<std::size_t> cases;  // of the manifest
  std::set<std::string> mocks;
  std::size_t missing = 0;  // mocks that are not settled yet
};

class Run {
 public:
  Run(const Manifest& manifest, const std::vector<std::size_t>& cases, const RunOptions& options,
      const base::System& system, const base::CancelToken& cancel, const EventSink& sink)
      : manifest_(manifest),
        cases_(cases),
        options_(options),
        system_(system),
        cancel_(cancel),
        sink_(sink),
        started_(system.clock->steady()) {
    report_.harness_version = options.version;
    report_.manifest = manifest.display;
    report_.started_at = base::to_rfc3339(system.clock->now());
  }

  RunReport go() {
    prepare_reports();
    send({.kind = Event::Kind::Started, .cases = cases_.size()});
    if (auto ready = open(); !ready) {
      report_.problems.push_back(std::move(ready.error()));
      for (CaseReport& item : report_.cases) {
        if (!item.skip_reason.empty()) continue;
        if (cancel_.cancelled() && cancel_.reason() != base::CancelReason::Timeout) {
          leave_out(item);
          continue;
        }
        item.verdict = Verdict::Error;
        item.error_kind = problem_kind_;
        item.problem = report_.problems.back();
      }
    } else {
      make_units();
      work();
    }
    finish();
    return std::move(report_);
  }

 private:
  void send(const Event& event) {
    const std::lock_guard hold(sink_mutex_);
    if (sink_) sink_(event);
  }

  CaseReport& report_of(std::size_t index) { return report_.cases[place_.at(index)]; }

  void prepare_reports() {
    for (const std::size_t index : cases_) {
      const Case& one = manifest_.cases[index];
      place_[index] = report_.cases.size();
      CaseReport item;
      item.policy = one.policy.written;
      item.name = one.name;
      item.full_name = one.full_name;
      item.where = one.where;
      item.tags = one.tags;
      item.mocks = one.mocks;
      item.again = again(one);
      if (one.skip) item.skip_reason = one.skip->empty() ? "skipped" : *one.skip;
      report_.cases.push_back(std::move(item));
    }
  }

  std::string again(const Case& one) const {
    std::string out = "harness run ";
    if (manifest_.file.filename() != "tests.yaml" && manifest_.file.filename() != "tests.yml")
      out += quoted_for_shell(manifest_.display) + " ";
    return out + "--filter " + quoted_for_shell("^" + literal_pattern(one.full_name) + "$") +
           " --trace";
  }

  /// What the whole run needs. On an error `problem_kind_` says what it counts as.
  base::Status open() {
    problem_kind_ = ErrorKind::Mock;
    auto store = FixtureStore::open(manifest_, system_);
    if (!store) return std::move(store.error());
    store_ = std::move(*store);
    problem_kind_ = ErrorKind::Runtime;
    auto directory = TestDirectory::create(manifest_, system_);
    if (!directory) return std::move(directory.error());
    directory_ = std::move(*directory);
    const base::Path home = directory_->scratch() / "home";
    if (auto made = base::make_folders(home); !made) return made;
    auto runtimes = open_runtimes(manifest_, options_, system_, home, cancel_);
    if (!runtimes) return std::move(runtimes.error());
    runtimes_ = std::move(*runtimes);
    report_.runtime = runtimes_.shown();
    sources_.emplace(manifest_, options_, system_, directory_->scratch());
    trust_.emplace(options_);
    return {};
  }

  /// A native case is copied only for HashiCorp's CLI, which runs all that it finds, for the user,
  /// and where it may reach what its repository does not hold.
  bool runs_in_place(const Case& one) const {
    return one.native && !runtimes_.cli && !options_.keep_workdir && !options_.allow_network &&
           !manifest_.allow_outside;
  }

  /// Cases of one policy that need the same mocks run together; HashiCorp's CLI runs all cases of a
  /// policy in one process.
  void make_units() {
    using Key = std::tuple<std::string, bool, std::set<std::string>>;
    std::map<Key, std::size_t> open_units;
    for (const std::size_t index : cases_) {
      const Case& one = manifest_.cases[index];
      if (one.skip) continue;
      std::set<std::string> mocks(one.mocks.begin(), one.mocks.end());
      Key key{one.policy.written, runs_in_place(one),
              runtimes_.cli ? std::set<std::string>() : mocks};
      auto found = open_units.find(key);
      if (found != open_units.end() && !runtimes_.cli &&
          units_[found->second].cases.size() >= kMostCasesAtOnce) {
        open_units.erase(found);
        found = open_units.end();
      }
      if (found == open_units.end()) {
        found = open_units.emplace(std::move(key), units_.size()).first;
        units_.emplace_back();
      }
      Unit& unit = units_[found->second];
      unit.cases.push_back(index);
      unit.mocks.merge(mocks);
    }
    for (std::size_t i = 0; i < units_.size(); ++i) {
      units_[i].missing = units_[i].mocks.size();
      for (const std::string& name : units_[i].mocks)
        mock_state(name).waiting.push_back(i);
    }
  }

  MockState& mock_state(const std::string& name) {
    MockState& state = mocks_[name];
    if (state.mock == nullptr) {
      state.mock = manifest_.find_mock(name);
      const Mock& origin = manifest_.origin(*state.mock);
      state.report.name = name;
      state.report.kind = std::string(state.mock->kind_name());
      origins_[origin.name];
    }
    return state;
  }

  void work() {
    base::Lane working(std::max<std::size_t>(options_.jobs, 1));
    const auto exported = static_cast<std::size_t>(std::count_if(
        mocks_.begin(), mocks_.end(), [this](const auto& one) { return is_exported(one.second); }));
    const auto threads_for = [](std::size_t mocks, std::size_t most) {
      return std::clamp<std::size_t>(mocks, 1, most);
    };
    base::Lane exporting(threads_for(exported, kExportingThreads));
    base::Lane waiting(threads_for(mocks_.size() - exported, kWaitingThreads));
    working_ = &working;
    for (std::size_t i = 0; i < units_.size(); ++i) {
      if (units_[i].missing == 0) working.post([this, i] { run_unit(units_[i]); });
    }
    for (auto& [name, state] : mocks_) {
      MockState* one = &state;
      (is_exported(state) ? exporting : waiting).post([this, one] { settle(*one); });
    }
    exporting.drain();
    waiting.drain();
    working.drain();
    working_ = nullptr;
  }

  // Mocks

  bool is_exported(const MockState& state) const {
    const Mock& origin = manifest_.origin(*state.mock);
    return std::holds_alternative<PlanExportMock>(origin.kind) &&
           store_->would_fetch(origin, options_.fixtures);
  }

  void settle(MockState& state) {
    if (auto had = have(state); !had) {
      base::Diagnostic problem = std::move(had.error());
      if (!problem.where) problem.where = state.mock->where;
      state.report.problem = std::move(problem);
    }
    send({.kind = Event::Kind::MockReady,
          .mock = state.report.name,
          .failed = state.report.problem.has_value()});
    std::vector<std::size_t> ready;
    {
      const std::lock_guard hold(mutex_);
      for (const std::size_t unit : state.waiting) {
        if (--units_[unit].missing == 0) ready.push_back(unit);
      }
    }
    for (const std::size_t unit : ready)
      working_->post([this, unit] { run_unit(units_[unit]); });
  }

  base::Status have(MockState& state) {
    const Mock& origin = manifest_.origin(*state.mock);
    OriginState& files = origins_.at(origin.name);
    std::call_once(files.once, [&] {
      files.files = fetch(origin, state.report.name);
      if (!*files.files && cancel_.reason() == base::CancelReason::Timeout) {
        std::string& advice = files.files->error().advice;
        if (advice.empty()) advice = "give the run more time with `--timeout`";
      }
    });
    if (!*files.files) return base::Diagnostic(files.files->error());
    const Fixture& fixture = **files.files;
    describe(state.report, origin, fixture);
    state.warnings = fixture.warnings;
    return directory_->add_mock(*state.mock, fixture.folder, state.warnings);
  }

  base::Result<Fixture> fetch(const Mock& origin, const std::string& shown) {
    if (cancel_.cancelled()) {
      return base::Diagnostic{.what = "mock `" + origin.name + "` was not fetched",
                              .why = stop_reason(cancel_.reason())};
    }
    const auto progress = [this, shown](std::string_view text) {
      send({.kind = Event::Kind::Progress, .mock = shown, .state = std::string(text)});
    };
    const auto make = [this, &origin] { return sources_->make(origin); };
    if (origin.recorded()) {
      return store_->get(origin, options_.fixtures, make, directory_->scratch(), progress, cancel_);
    }
    auto source = make();
    if (!source) return std::move(source.error());
    const base::Path folder = directory_->scratch() / "source" / origin.name;
    if (auto made = base::make_folders(folder); !made) return std::move(made.error());
    auto provenance = (*source)->fetch(folder, progress, cancel_);
    if (!provenance) return std::move(provenance.error());
    Fixture out{.folder = folder, .provenance = std::move(*provenance)};
    if (!std::holds_alternative<DirectoryMock>(origin.kind)) {
      auto trimmed = trim(manifest_, origin, folder, origin.name);
      if (!trimmed) return std::move(trimmed.error());
      out.warnings = std::move(trimmed->warnings);
    }
    return out;
  }

  void describe(MockReport& report, const Mock& origin, const Fixture& fixture) const {
    const mock_source::Provenance& from = fixture.provenance;
    report.shown = fixture.written;
    if (const NamedPath* path = origin.reads()) report.shown = path->written;
    if (report.name != origin.name)
      report.shown =
          "derived from " + origin.name + (report.shown.empty() ? "" : ", " + report.shown);
    report.workspace = from.workspace;
    report.run = from.run;
    report.plan = from.plan;
    report.made_at = from.made_at;
    report.digest = from.archive_sha256;
    report.fetched = fixture.fetched;
    if (const auto made = base::from_rfc3339(from.made_at)) {
      report.age = std::chrono::duration_cast<std::chrono::seconds>(system_.clock->now() - *made);
      report.stale = origin.max_age && *report.age > *origin.max_age;
    }
  }

  // Cases

  void run_unit(const Unit& unit) {
    policy_runtime::PolicyRequest request{.case_timeout = options_.case_timeout,
                                          .explain = true,
                                          .trace = options_.trace,
                                          .coverage = options_.coverage,
                                          .network = options_.allow_network};
    std::vector<std::size_t> placed;
    for (const std::size_t index : unit.cases) {
      if (cancel_.cancelled() && !timed_out_waiting(index)) {
        stopped(index);
      } else if (auto ready = place(index, request); !ready) {
        emit(index);
      } else {
        placed.push_back(index);
      }
    }
    if (placed.empty()) return;
    if (cancel_.cancelled()) {
      for (const std::size_t index : placed)
        stopped(index);
      return;
    }
    judge_unit(placed, request);
  }

  /// Puts a case into the test directory, or finds it in the repository. An error has been written
  /// into its report.
  base::Status place(std::size_t index, policy_runtime::PolicyRequest& request) {
    const Case& one = manifest_.cases[index];
    CaseReport& item = report_of(index);
    for (const std::string& name : one.mocks) {
      if (const auto& problem = mocks_.at(name).report.problem) {
        refuse(item, is_disk_problem(*problem) ? ErrorKind::Runtime : ErrorKind::Mock, *problem);
        return base::Diagnostic(*problem);
      }
    }
    const bool in_place = runs_in_place(one);
    auto placed = in_place ? directory_->native_in_place(one) : directory_->add_case(one);
    if (!placed) {
      refuse(item, ErrorKind::Runtime, placed.error());
      return std::move(placed.error());
    }
    if (auto refusal = trust_->refusal(*placed)) {
      // HashiCorp's CLI runs every case that it finds beside a policy: this one must not be there.
      std::error_code error;
      if (!in_place) std::filesystem::remove(placed->root / placed->case_file, error);
      refuse(item, ErrorKind::Runtime, *refusal);
      return std::move(*refusal);
    }
    request.directory = placed->root;
    request.policy = placed->policy;
    request.cases.push_back({.name = one.full_name, .case_file = placed->case_file});
    if (!in_place) item.by_hand = by_hand(*placed);
    return {};
  }

  static std::string by_hand(const PlacedCase& placed) {
    return "cd " + quoted_for_shell(placed.root.string()) + " && sentinel test -color=false " +
           placed.policy.generic_string();
  }

  /// A case that failed in the repository itself is copied for who looks at the test directory.
  void keep_failed(CaseReport& item, const Case& one) {
    if (!options_.keep_failed || !runs_in_place(one)) return;
    if (auto placed = directory_->add_case(one))
      item.by_hand = by_hand(*placed);
    else
      item.warnings.push_back("it is not in the test directory: " + base::to_text(placed.error()));
  }

  /// The time limit of the run was reached while one of the case's mocks was being fetched.
  bool timed_out_waiting(std::size_t index) const {
    const std::vector<std::string>& names = manifest_.cases[index].mocks;
    return cancel_.reason() == base::CancelReason::Timeout &&
           std::any_of(names.begin(), names.end(), [this](const std::string& name) {
             return mocks_.at(name).report.problem.has_value();
           });
  }

  static void refuse(CaseReport& item, ErrorKind kind, const base::Diagnostic& problem) {
    item.verdict = Verdict::Error;
    item.error_kind = kind;
    item.problem = problem;
  }

  /// The run was stopped before the case had a verdict.
  void leave_out(CaseReport& item) const {
    item.verdict = Verdict::Skipped;
    item.skip_reason = stop_reason(cancel_.reason());
    item.cut_off = cancel_.reason() != base::CancelReason::FailFast;
  }

  void stopped(std::size_t index) {
    leave_out(report_of(index));
    emit(index);
  }

  void emit(std::size_t index) {
    const CaseReport& item = report_of(index);
    const bool bad = item.verdict == Verdict::Failed || item.verdict == Verdict::Error;
    done_.fetch_add(1);
    send({.kind = Event::Kind::Verdict, .verdict = &item});
    if (bad && options_.fail_fast) cancel_.cancel(base::CancelReason::FailFast);
  }

  void judge_unit(const std::vector<std::size_t>& placed,
                  const policy_runtime::PolicyRequest& request) {
    policy_runtime::PolicyRuntime& runtime = runtimes_.judged();
    auto outcomes = runtime.run(request, cancel_);
    std::optional<base::Result<std::vector<Outcome>>> others;
    if (outcomes && runtimes_.both) others = runtimes_.builtin->run(request, cancel_);
    for (std::size_t i = 0; i < placed.size(); ++i) {
      const std::size_t index = placed[i];
      CaseReport& item = report_of(index);
      item.runtime = shown(runtime.info());
      if (!outcomes || (others && !*others)) {
        if (cancel_.cancelled()) {
          stopped(index);
          continue;
        }
        refuse(item, ErrorKind::Runtime, outcomes ? others->error() : outcomes.error());
        emit(index);
        continue;
      }
      Outcome& outcome = (*outcomes)[i];
      if (cancel_.cancelled() && !decided(outcome)) {
        stopped(index);
        continue;
      }
      const auto expectation = expected(index);
      if (!expectation) {
        refuse(item, ErrorKind::Runtime, expectation.error());
        emit(index);
        continue;
      }
      const MainLookup lookup =
          manifest_.cases[index].native ? MainLookup::RuleOnly : MainLookup::RuleOrResult;
      name_files_as_written(outcome, request.directory);
      leave_out_mocks(outcome.coverage, request.directory, request.cases[i].case_file);
      conclude(item, *expectation, outcome, lookup);
      if (others) compare(item, *expectation, outcome, (**others)[i], lookup);
      if (item.verdict == Verdict::Failed) {
        explain_missing_rules(item, manifest_.cases[index].policy.path);
        if (runtimes_.cli || passed_unexpectedly(item))
          explain(item, *expectation, request, i, lookup);
        keep_failed(item, manifest_.cases[index]);
      }
      emit(index);
    }
  }

  /// An evaluation that a cancelled run broke off says nothing of the policy.
  static bool decided(const Outcome& outcome) {
    return outcome.result != Outcome::Result::Error && !outcome.timed_out;
  }

  base::Result<Expectation> expected(std::size_t index) const {
    const Case& one = manifest_.cases[index];
    if (one.native) return native_expectation(*one.native);
    Expectation out = one.expect;
    if (!out.result && out.rules.empty() && out.prints.empty() && out.error.empty() &&
        !out.wants_error)
      out.result = Expectation::Result::Pass;
    return out;
  }

  /// Of files that a case names and that are not there, messages show where in the repository they
  /// were looked for, not where on this machine. `root`: the case's.
  static void name_files_as_written(Outcome& outcome, const base::Path& root) {
    const std::string folder = root.string() + "/";
    const auto shorten = [&folder](std::string& text) {
      for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at))
        text.erase(at, folder.size());
    };
    if (outcome.error) shorten(outcome.error->message);
    for (std::string& warning : outcome.warnings)
      shorten(warning);
  }

  static void conclude(CaseReport& item, const Expectation& expectation, Outcome& outcome,
                       MainLookup lookup) {
    Judgement judgement = judge(expectation, outcome, lookup);
    item.verdict = judgement.verdict;
    item.mismatches = std::move(judgement.mismatches);
    item.expected = in_words(expectation);
    item.actual = outcome.timed_out ? "time-out" : std::string(result_name(outcome.result));
    item.timed_out = outcome.timed_out;
    item.parse_error = outcome.parse_error;
    item.rules = std::move(outcome.rules);
    item.prints = std::move(outcome.prints);
    item.error = std::move(outcome.error);
    item.trace = std::move(outcome.trace);
    item.coverage = std::move(outcome.coverage);
    item.warnings = std::move(outcome.warnings);
    item.duration = outcome.duration;
    if (item.verdict == Verdict::Passed) return;
    item.explanations = std::move(outcome.explanations);
    if (outcome.result == Outcome::Result::Undefined)
      item.undefined_origin = std::move(outcome.undefined_origin);
  }

  /// `--runtime both`: a difference is a failure.
  void compare(CaseReport& item, const Expectation& expectation, const Outcome& cli,
               const Outcome& builtin, MainLookup lookup) const {
    const Judgement other = judge(expectation, builtin, lookup);
    if (other.verdict == item.verdict && cli.result == builtin.result) return;
    item.verdict = Verdict::Failed;
    item.mismatches.push_back(
        {"runtimes", shown(runtimes_.cli->info()) + ": " + std::string(result_name(cli.result)),
         shown(runtimes_.builtin->info()) + ": " + std::string(result_name(builtin.result)), ""});
  }

  /// Why a policy is false it says by itself; why it is true only when asked.
  static bool passed_unexpectedly(const CaseReport& item) {
    return item.actual == "pass" &&
           std::any_of(item.mismatches.begin(), item.mismatches.end(),
                       [](const Mismatch& one) { return one.subject != "prints"; });
  }

  /// HashiCorp's JSON has no operands: the built-in runtime looks at a failing case once more.
  void explain(CaseReport& item, const Expectation& expectation,
               const policy_runtime::PolicyRequest& request, std::size_t place,
               MainLookup lookup) const {
    policy_runtime::PolicyRequest one = request;
    one.cases = {request.cases[place]};
    one.explain_pass = true;
    auto outcomes = runtimes_.builtin->run(one, cancel_);
    if (!outcomes || outcomes->empty()) return;
    Outcome& outcome = outcomes->front();
    const std::string name = shown(runtimes_.builtin->info());
    if (judge(expectation, outcome, lookup).verdict != item.verdict ||
        result_name(outcome.result) != item.actual) {
      item.warnings.push_back("the runtimes differ: " + item.runtime + " says " + item.actual +
                              ", " + name + " says " + std::string(result_name(outcome.result)));
      return;
    }
    if (runtimes_.cli) item.explained_by = name;
    item.explanations = std::move(outcome.explanations);
    if (outcome.result == Outcome::Result::Undefined)
      item.undefined_origin = std::move(outcome.undefined_origin);
    if (item.error && outcome.error && item.error->calls.empty())
      item.error->calls = std::move(outcome.error->calls);
    if (item.trace.empty()) item.trace = std::move(outcome.trace);
  }

  // The end

  void finish() {
    for (const Mock& mock : manifest_.mocks) {
      const auto found = mocks_.find(mock.name);
      if (found == mocks_.end()) continue;
      for (const base::Diagnostic& warning : found->second.warnings)
        add_warning(warning);
      report_.mocks.push_back(std::move(found->second.report));
    }
    report_.duration =
        std::chrono::duration_cast<std::chrono::microseconds>(system_.clock->steady() - started_);
    decide_exit(report_, options_, cancel_.reason());
    const Counts counts = report_.counts();
    if (directory_ &&
        (options_.keep_workdir || (options_.keep_failed && counts.failed + counts.errors > 0))) {
      directory_->keep();
      report_.work_folder = base::display_path(directory_->path(), system_.working_directory);
    } else {
      for (CaseReport& item : report_.cases)
        item.by_hand.clear();
    }
    send({.kind = Event::Kind::Finished});
  }

  void add_warning(const base::Diagnostic& warning) {
    std::string text = in_one_line(warning);
    if (std::find(report_.warnings.begin(), report_.warnings.end(), text) == report_.warnings.end())
      report_.warnings.push_back(std::move(text));
  }

  const Manifest& manifest_;
  const std::vector<std::size_t>& cases_;
  const RunOptions& options_;
  const base::System& system_;
  const base::CancelToken& cancel_;
  const EventSink& sink_;
  std::chrono::steady_clock::time_point started_;

  RunReport report_;
  std::map<std::size_t, std::size_t> place_;  // case of the manifest → in the report
  ErrorKind problem_kind_ = ErrorKind::Runtime;
  std::unique_ptr<FixtureStore> store_;
  std::unique_ptr<TestDirectory> directory_;
  Runtimes runtimes_;
  std::optional<Sources> sources_;
  std::optional<Trust> trust_;

  std::vector<Unit> units_;
  std::map<std::string, MockState> mocks_;
  std::map<std::string, OriginState> origins_;
  std::mutex mutex_;
  std::mutex sink_mutex_;
  std::atomic<std::size_t> done_{0};
  base::Lane* working_ = nullptr;
};

}  // namespace

void decide_exit(RunReport& report, const RunOptions& options, base::CancelReason stopped) {
  const std::size_t left = report.counts().cut_off;
  const auto end = [&report](int code, base::Diagnostic problem) {
    report.reasons.push_back({code, problem.what});
    report.problems.push_back(std::move(problem));
  };
  const std::string unfinished =
      left == 0 ? "" : ": " + counted(left, "case", "cases") + " did not finish";
  report.reasons = reasons_of_verdicts(report);
  if (stopped == base::CancelReason::Interrupt)
    end(130, {.what = stop_reason(stopped) + unfinished});
  if (stopped == base::CancelReason::Terminate)
    end(143, {.what = stop_reason(stopped) + unfinished});
  if (options.coverage && stopped == base::CancelReason::None) {
    const CoverageShare share = coverage_share(report.coverage());
    if (share.percent() < options.least_coverage) {
      end(1, {.what = "coverage is " + share.text() + ", less than the " +
                      fixed(options.least_coverage, 1) + " % that `--coverage` asks for"});
    }
  }
  if (stopped == base::CancelReason::Timeout && left > 0) {
    const std::string limit =
        options.timeout ? " (" + duration_text(std::chrono::microseconds(*options.timeout)) + ")"
                        : "";
    end(1, {.what = stop_reason(stopped) + limit + unfinished,
            .advice = "give the run more time with `--timeout`"});
  }
  order_reasons(report);
}

RunReport failed_run(const Manifest& manifest, const RunOptions& options,
                     const base::System& system, base::Diagnostic problem, int exit_code) {
  RunReport out;
  out.harness_version = options.version;
  out.manifest = manifest.display;
  out.started_at = base::to_rfc3339(system.clock->now());
  out.reasons.push_back({exit_code, problem.what});
  out.problems.push_back(std::move(problem));
  out.exit_code = exit_code;
  return out;
}

RunReport run(const Manifest& manifest, const std::vector<std::size_t>& cases,
              const RunOptions& options, const base::System& system,
              const base::CancelToken& cancel, const EventSink& sink) {
  return Run(manifest, cases, options, system, cancel, sink).go();
}

}  // namespace harness
