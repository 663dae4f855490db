// `harness refresh`: recorded mocks are exported again, and what came to differ is said.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/command/difference.h"
#include "harness/command/manifest_argument.h"
#include "harness/command/mock_progress.h"
#include "harness/command/service.h"
#include "harness/command/settings.h"
#include "harness/command/signal.h"
#include "harness/fixture/disk.h"
#include "harness/fixture/store.h"
#include "harness/report/clean.h"
#include "harness/report/run_report.h"
#include "harness/run/source.h"
#include "plugin/base/file.h"
#include "plugin/base/lane.h"

namespace harness {
namespace {

/// Threads that wait for exports; the service's rate is kept below them.
constexpr std::size_t kMostAtOnce = 32;

using Answer = std::optional<base::Result<Refreshed>>;

/// The mocks that were named, or all recorded ones; in the manifest's order, each once. One that
/// extends another stands for that one.
base::Result<std::vector<const Mock*>> chosen_mocks(const Manifest& manifest,
                                                    const std::vector<std::string>& names) {
  std::vector<const Mock*> wanted;
  for (const std::string& name : names) {
    const Mock* mock = manifest.find_mock(name);
    if (mock == nullptr) {
      std::vector<std::string_view> known;
      for (const Mock& one : manifest.mocks) {
        if (one.recorded()) known.push_back(one.name);
      }
      const std::string_view near = base::nearest_name(name, known);
      return base::Diagnostic{.what = "no mock is called `" + name + "`",
                              .advice = near.empty()
                                            ? "`harness list` shows the mocks that there are"
                                            : "did you mean `" + std::string(near) + "`?"};
    }
    const Mock& origin = manifest.origin(*mock);
    if (!origin.recorded()) {
      return base::Diagnostic{.what = "mock `" + name + "` is not recorded",
                              .where = mock->where,
                              .why = "a mock of kind `" + std::string(origin.kind_name()) +
                                     "` is read from its source on every run"};
    }
    wanted.push_back(&origin);
  }
  std::vector<const Mock*> out;
  for (const Mock& mock : manifest.mocks) {
    const bool is_wanted = names.empty()
                               ? mock.recorded()
                               : std::find(wanted.begin(), wanted.end(), &mock) != wanted.end();
    if (is_wanted) out.push_back(&mock);
  }
  return out;
}

std::string origin_text(const std::string& run, const std::string& plan,
                        const std::string& workspace) {
  std::string out = run.empty() ? plan : run;
  if (!out.empty() && !workspace.empty()) out += " (" + workspace + ")";
  return out;
}

/// "network: changed, run-B (acme/network-prod), was run-A" and what changed below.
std::string result_text(const Mock& mock, const Refreshed& result, bool check, bool colour) {
  using State = Refreshed::State;
  std::string out = mock.name + ": ";
  switch (result.state) {
  case State::New:
    out += check ? "not recorded yet" : "recorded";
    break;
  case State::Changed:
    out += check ? "would change" : "changed";
    break;
  case State::Same:
    out += "as before";
    break;
  case State::Kept:
    out += "kept as it is";
    break;
  }
  const mock_source::Provenance& from = result.fixture.provenance;
  const std::string now = origin_text(from.run, from.plan, from.workspace);
  if (!now.empty()) out += ", " + now;
  if (result.before && result.state != State::Kept) {
    const std::string was = origin_text(result.before->run, result.before->plan, "");
    if (!was.empty() && was != origin_text(from.run, from.plan, "")) out += ", was " + was;
  }
  out = clean_for_ci(out) + "\n";
  if (result.problem)
    out +=
        "  " + clean_for_ci(result.problem->what) + ": " + clean_for_ci(result.problem->why) + "\n";
  for (const base::Diagnostic& note : result.notes) {
    if (result.state == State::Kept) break;
    out += "  before: " + clean_for_ci(note.what) +
           (note.why.empty() ? "" : ": " + clean_for_ci(note.why)) + "\n";
  }
  for (const base::Diagnostic& warning : result.fixture.warnings) {
    out += "  warning: " + clean_for_ci(warning.what) +
           (warning.why.empty() ? "" : ": " + clean_for_ci(warning.why)) + "\n";
  }
  if (result.unreadable) {
    out += "  what was there cannot be compared: " + clean_for_ci(result.unreadable->what) + "\n";
  }
  return out + difference_text(result.differences, colour, "  ");
}

struct Tally {
  std::size_t recorded = 0, changed = 0, same = 0, kept = 0, failed = 0;

  std::string text(bool check) const {
    std::string out;
    const auto add = [&](std::size_t count, const std::string& what) {
      if (count == 0) return;
      out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + what;
    };
    add(changed, check ? "would change" : "changed");
    add(recorded, check ? "not recorded yet" : "recorded");
    add(same, "as before");
    add(kept, "kept");
    add(failed, "failed");
    return out;
  }
};

base::Result<RunOptions> source_options(const Arguments& arguments) {
  RunOptions out;
  out.allow_exec = arguments.has("allow-exec");
  out.pass_env = arguments.values("pass-env");
  auto time = time_option(arguments, "export-timeout");
  if (!time) return std::move(time.error());
  out.export_timeout = time->value_or(out.export_timeout);
  auto limits = limit_options(arguments);
  if (!limits) return std::move(limits.error());
  out.limits = *limits;
  return out;
}

std::vector<Answer> refresh_all(const Manifest& manifest, const std::vector<const Mock*>& mocks,
                                FixtureStore& store, const RunOptions& options, bool check,
                                const base::Path& scratch, MockProgress& progress,
                                const Context& context) {
  std::vector<Answer> out(mocks.size());
  Sources sources(manifest, options, context.system, scratch);
  base::Lane waiting(std::clamp<std::size_t>(mocks.size(), 1, kMostAtOnce));
  for (std::size_t i = 0; i < mocks.size(); ++i) {
    waiting.post([&, i] {
      const Mock& mock = *mocks[i];
      if (!context.cancel.cancelled()) {
        out[i].emplace(store.refresh(
            mock, check, [&] { return sources.make(mock); },
            [&](std::string_view state) { progress.show(mock.name, state); }, context.cancel));
      }
      progress.done(mock.name);
    });
  }
  waiting.drain();
  return out;
}

}  // namespace

int refresh_command(const Arguments& arguments, Context& context) {
  const auto failed = [](const base::Diagnostic& problem, int code) {
    show_problem(problem);
    return code;
  };
  const auto options = source_options(arguments);
  if (!options) return failed(options.error(), kExitUsage);
  std::vector<std::string> names;
  for (const std::string& word : arguments.words()) {
    if (!is_manifest_name(word)) names.push_back(word);
  }
  const SignalWatch signals(context.cancel);
  const auto manifest = manifest_of(arguments, context, WordsAre::ManifestOrMocks);
  if (!manifest) return kExitUsage;
  const auto mocks = chosen_mocks(*manifest, names);
  if (!mocks) return failed(mocks.error(), kExitUsage);
  const auto store = FixtureStore::open(*manifest, context.system);
  if (!store) return failed(store.error(), kExitMock);
  if (mocks->empty()) {
    return write_out(manifest->display + " has no mock that is recorded\n") ? kExitPassed
                                                                            : kExitRuntime;
  }
  const bool check = arguments.has("check");
  const auto scratch = (*store)->make_scratch();
  if (!scratch) return failed(scratch.error(), kExitRuntime);
  std::vector<Answer> answers;
  {
    MockProgress progress(context.system.err, arguments.has("quiet"));
    answers = refresh_all(*manifest, *mocks, **store, *options, check, *scratch, progress, context);
  }
  (void)base::remove_tree(*scratch);

  const bool colour = use_colour(arguments, context.system.environment, context.system.out);
  Tally counts;
  std::string out;
  bool of_this_machine = false;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) continue;  // stopped before its turn
    if (!*answers[i]) {
      base::Diagnostic problem = answers[i]->error();
      if (!problem.where) problem.where = (*mocks)[i]->where;
      of_this_machine = of_this_machine || is_disk_problem(problem);
      if (!context.cancel.cancelled()) show_problem(problem);
      ++counts.failed;
      continue;
    }
    const Refreshed& result = **answers[i];
    std::size_t* const count[] = {&counts.recorded, &counts.changed, &counts.same, &counts.kept};
    ++*count[static_cast<std::size_t>(result.state)];
    if (!arguments.has("quiet")) out += result_text(*(*mocks)[i], result, check, colour);
  }
  out += counted(mocks->size(), "mock", "mocks") + ": " + counts.text(check) + "\n";
  if (!write_out(out)) return kExitRuntime;
  if (const int code = exit_code_of(context.cancel)) return code;
  if (counts.failed > 0) return of_this_machine ? kExitRuntime : kExitMock;
  return check && counts.changed + counts.recorded > 0 ? kExitFailed : kExitPassed;
}

}  // namespace harness
