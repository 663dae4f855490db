#include "plugin/mock_source/plan_export/plan_export.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "plugin/base/file.h"
#include "plugin/terraform_api/origin.h"
#include "plugin/terraform_api/token.h"

namespace mock_source {
namespace {

using std::chrono::milliseconds;
using terraform_api::Client;
using terraform_api::ExportStatus;
using terraform_api::FoundPlan;
using terraform_api::Plan;
using terraform_api::PlanExport;
using terraform_api::Problem;

constexpr std::string_view kDataType = "sentinel-mock-bundle-v0";
constexpr milliseconds kFastestPoll{500};
constexpr milliseconds kSlowestPoll{5'000};
constexpr int kPollPart = 4;        // asked again after this part of the time that it took so far
constexpr double kPollShare = 0.5;  // of the server's rate, for all that wait together
constexpr int kMostCreates = 4;     // requests to create, of which at most one made anything

std::string in_words(milliseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
  if (seconds >= 120 && seconds % 60 == 0) return std::to_string(seconds / 60) + " min";
  return std::to_string(seconds) + " s";
}

std::string in_megabytes(std::uint64_t bytes) {
  const std::uint64_t tenths = bytes * 10 / (std::uint64_t{1} << 20U);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MB";
}

bool is_live(const PlanExport& found) {
  return found.data_type == kDataType &&
         (found.status == ExportStatus::Pending || found.status == ExportStatus::Queued ||
          found.status == ExportStatus::Finished);
}

/// An archive on disk, for all mocks of its plan.
struct Downloaded {
  base::Path file;
  std::string sha256;
  std::string made_at;
  std::string to_delete;  // the export's id, until it has been unpacked once
};

/// One plan's export: who comes first makes it, the others wait.
struct Slot {
  std::mutex mutex;
  std::condition_variable changed;
  bool running = false;
  std::optional<base::Result<Downloaded>> result;
};

/// Deletes an export although the run was interrupted, within `parting`. False: it is left to
/// expire.
bool delete_soon(Client& client, const std::string& id, milliseconds parting) {
  const base::CancelToken soon;
  const std::jthread timer([soon, parting] {
    if (soon.sleep(parting)) soon.cancel(base::CancelReason::Timeout);
  });
  const bool deleted = static_cast<bool>(client.delete_export(id, soon));
  soon.cancel(base::CancelReason::FailFast);  // the timer's sleep ends
  return deleted;
}

/// What ends the making of one export: the caller's token, or the end of its time.
class Deadline {
 public:
  Deadline(const base::Clock& clock, milliseconds most, const base::CancelToken& caller)
      : caller_(caller),
        hook_(caller.on_cancel([token = token_] { token.cancel(base::CancelReason::Interrupt); })),
        timer_([this, &clock, most, began = clock.steady()] {
          for (;;) {
            const milliseconds left =
                most - std::chrono::duration_cast<milliseconds>(clock.steady() - began);
            if (left <= milliseconds::zero()) break;
            // Not asleep to the end: whoever has set the clock forward is noticed.
            if (!token_.sleep(std::min(left, milliseconds(100)))) return;
          }
          passed_ = true;
          token_.cancel(base::CancelReason::Timeout);
        }) {}
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline() { token_.cancel(base::CancelReason::FailFast); }  // the timer's sleep ends

  /// For every request and every wait on the way.
  const base::CancelToken& token() const { return token_; }
  /// The time is over, and the caller would have waited on.
  bool passed() const { return passed_ && !caller_.cancelled(); }
  bool cancelled_by_caller() const { return caller_.cancelled(); }

 private:
  const base::CancelToken& caller_;
  const base::CancelToken token_;
  std::atomic<bool> passed_{false};
  base::CancelToken::Hook hook_;
  std::jthread timer_;
};

constexpr std::string_view kMoreTime = "give it more time with `--export-timeout`";

/// " after 5 s", as the user set it: what the clock says is a little more.
std::string after(milliseconds timeout) {
  if (timeout >= milliseconds(1'000)) return " after " + in_words(timeout);
  return " after " + std::to_string(timeout.count()) + " ms";
}

/// "workspace `acme/network`"
std::string in_words(const terraform_api::Place& place) {
  if (!place.run.empty()) return "run `" + place.run + "`";
  if (!place.plan_export.empty()) return "plan export `" + place.plan_export + "`";
  return "workspace `" + place.organization + "/" + place.workspace + "`";
}

/// How many exports of one server are being waited for.
using Waiting = std::atomic<int>;

/// The road from a plan to an archive on disk, for one plan.
class Export {
 public:
  Export(Client& client, Waiting& waiting, const PlanExportOptions& options, const FoundPlan& found,
         const ProgressSink& progress, const Deadline& deadline)
      : client_(client),
        waiting_(waiting),
        options_(options),
        plan_(found.plan),
        known_(found.known),
        named_(found.plan_export),
        progress_(progress),
        deadline_(deadline),
        cancel_(deadline.token()) {}

  base::Result<Downloaded> run(const base::Path& file) {
    auto out = go(file);
    // What is only late is found again by the next run.
    if (out || !deadline_.cancelled_by_caller() || created_.empty()) return out;
    tell("deleting the export");
    base::Diagnostic interrupted = cancelled();
    interrupted.why = delete_soon(client_, created_, options_.parting)
                          ? "the export that it had made was deleted again"
                          : "the export that it had made is left to expire within the hour";
    return interrupted;
  }

 private:
  enum class Stage { Search, Creation, Wait, Download };

  base::Result<Downloaded> go(const base::Path& file) {
    // Twice where what was found or made ends before it is ours: expired between show and
    // download, or somebody else's that failed.
    for (bool again = !named_.empty();; again = true) {
      auto found = obtain();
      if (!found) return std::move(found.error());
      auto finished = await(std::move(*found));
      if (!finished) return std::move(finished.error());
      if (finished->status != ExportStatus::Finished) {
        const bool worth_another =
            finished->status == ExportStatus::Expired || !(created_ == finished->id);
        if (!again && worth_another) continue;
        return ended(*finished);
      }
      stage_ = Stage::Download;
      tell("downloading");
      auto archive = client_.download_export(
          finished->id, file,
          [this](std::uint64_t bytes) { tell("downloading, " + in_megabytes(bytes)); }, cancel_);
      if (archive) {
        Downloaded out{.file = file, .sha256 = archive->sha256};
        out.made_at = base::to_rfc3339(finished->finished_at.value_or(client_.clock().now()));
        if (created_ == finished->id || options_.delete_adopted) out.to_delete = finished->id;
        return out;
      }
      Problem& problem = archive.problem();
      if (problem.status == 404 || problem.status == 403 || problem.status == 410) {
        auto now = client_.show_export(finished->id, cancel_);
        const bool gone = now ? now->status == ExportStatus::Expired : now.problem().status == 404;
        if (gone && !again) continue;
        if (gone) {
          problem.diagnostic.why += "; it has expired, as exports do an hour after they are made";
        }
      }
      // Of no use to anybody, since it cannot be had.
      if (!problem.cancelled && created_ == finished->id) {
        (void)client_.delete_export(finished->id, cancel_);
      }
      return failed(std::move(problem));
    }
  }

  void tell(std::string_view state) const {
    if (progress_) progress_(state);
  }

  base::Diagnostic failed(Problem problem) const {
    if (problem.cancelled && deadline_.passed()) return late(std::move(problem.diagnostic.causes));
    return std::move(problem.diagnostic);
  }

  base::Diagnostic cancelled(std::vector<base::Diagnostic> causes = {}) const {
    if (deadline_.passed()) return late(std::move(causes));
    return {.what = "the export of plan `" + plan_ + "` was cancelled"};
  }

  // The time is over. `causes`: what went wrong before, for then more time is of no use.
  base::Diagnostic late(std::vector<base::Diagnostic> causes = {}) const {
    const bool is_there = stage_ == Stage::Wait || stage_ == Stage::Download;
    const std::string state = stage_ == Stage::Wait       ? "`" + status_ + "`"
                              : stage_ == Stage::Download ? "being downloaded"
                              : stage_ == Stage::Creation ? "being created"
                                                          : "being looked for";
    return {.what = "the export of plan `" + plan_ + "` is not " +
                    (stage_ == Stage::Download ? "downloaded" : "ready"),
            .why = "it is still " + state + after(options_.export_timeout),
            .advice = std::string(kMoreTime) + (is_there ? "; it will be found again" : ""),
            .causes = std::move(causes)};
  }

  base::Diagnostic ended(const PlanExport& found) const {
    base::Diagnostic out{.what = "the export of plan `" + plan_ + "` failed",
                         .why = "`" + client_.host() + "` ended it as `" + found.status_text + "`"};
    if (!found.error_message.empty()) out.why += ", saying \"" + found.error_message + "\"";
    out.advice =
        "try again; if it ends the same way, download the mocks from the run's page once "
        "to see whether the server can make them at all";
    return out;
  }

  // An export of the plan that is of use, best first; empty where there is none.
  terraform_api::Answer<std::optional<PlanExport>> look(const Plan& plan) {
    std::optional<PlanExport> best;
    for (const std::string& id : plan.exports) {
      auto shown = client_.show_export(id, cancel_);
      if (!shown) {
        if (shown.problem().status == 404) continue;  // gone meanwhile
        return std::move(shown.problem());
      }
      if (!is_live(*shown)) continue;
      const bool better = !best || (shown->status == ExportStatus::Finished &&
                                    best->status != ExportStatus::Finished);
      if (better) best = std::move(*shown);
    }
    return best;
  }

  // A live export, adopted or created.
  base::Result<PlanExport> obtain() {
    std::optional<Problem> refused;
    std::vector<base::Diagnostic> lost;  // why the last creation has no answer
    stage_ = Stage::Search;
    if (!named_.empty()) {
      auto shown = client_.show_export(named_, cancel_);
      if (!shown) return failed(std::move(shown.problem()));
      return std::move(*shown);
    }
    for (int creates = 0;;) {
      stage_ = Stage::Search;
      tell("looking for an export");
      // What came along with the run saves a request, once: exports change.
      auto plan =
          known_ ? terraform_api::Answer<Plan>(std::move(*known_)) : client_.plan(plan_, cancel_);
      known_.reset();
      if (!plan) return explain_plan(std::move(plan.problem()));
      auto live = look(*plan);
      if (!live) return failed(std::move(live.problem()));
      if (live->has_value()) {
        // One found after a lost answer may be ours or another's. It is left to expire.
        return std::move(**live);
      }
      if (auto why = terraform_api::why_not_exportable(client_, *plan)) return std::move(*why);
      if (refused) {
        // There was one that the plan does not show yet, or that its owner has deleted meanwhile;
        // or it is about something else, and then time does not help.
        if (creates == kMostCreates) return failed(std::move(*refused));
        refused.reset();
        if (!client_.wait(client_.jittered(milliseconds(1'000) * creates), cancel_)) break;
      }
      if (creates == kMostCreates) break;
      ++creates;
      stage_ = Stage::Creation;
      tell("creating an export");
      auto created = client_.create_export(plan_, cancel_);
      if (created) {
        created_ = created->id;
        return std::move(*created);
      }
      Problem& problem = created.problem();
      if (problem.lost) {
        // It may have been made all the same: look again before another is asked for.
        if (!problem.cancelled) lost = {std::move(problem.diagnostic)};
        if (!client_.wait(client_.jittered(milliseconds(1'000) * creates), cancel_)) break;
        continue;
      }
      if (problem.status == 422) {
        refused = std::move(problem);  // as a rule because there is one already
        continue;
      }
      if (problem.status == 404) return not_permitted(*plan);
      return failed(std::move(problem));
    }
    if (cancel_.cancelled()) return cancelled(std::move(lost));
    // The last one's answer was lost: its refusal would have been the end.
    return base::Diagnostic{.what = "no export of plan `" + plan_ + "` could be created",
                            .why = "it was tried " + std::to_string(kMostCreates) +
                                   " times, and none was found to be made",
                            .advice = "try again later",
                            .causes = std::move(lost)};
  }

  base::Diagnostic explain_plan(Problem problem) const {
    if (problem.status == 404) {
      problem.diagnostic.advice =
          "check the plan's id and the host, and that the token may read "
          "its workspace";
    }
    return failed(std::move(problem));
  }

  base::Diagnostic not_permitted(const Plan& plan) const {
    base::Diagnostic out{.what = "plan `" + plan.id + "` cannot be exported",
                         .why = "`" + client_.host() + "` shows it to the token (of " +
                                client_.token_source() + ") but answers 404 to its export"};
    out.advice = plan.can_export == true
                     ? "the token may export it, says the server: is the organization entitled to "
                       "policy enforcement?"
                     : "the token needs the permission `Download Sentinel mocks` on the workspace, "
                       "and the organization its policy feature";
    return out;
  }

  // When to look again: soon at first, and less often the longer it takes; and where many wait, so
  // seldom that looking leaves half of the server's rate to those who create and download.
  milliseconds next_look(milliseconds waited) const {
    const milliseconds own = std::min(waited / kPollPart, kSlowestPoll);
    const double rate = std::max(1.0, static_cast<double>(client_.limit()) * kPollShare);
    const milliseconds fair(static_cast<std::int64_t>(1'000.0 * waiting_.load() / rate));
    return std::max({kFastestPoll, own, std::min(fair, 2 * kSlowestPoll)});
  }

  // Polls until the export reaches an end.
  base::Result<PlanExport> await(PlanExport found) {
    ++waiting_;
    auto out = await_counted(std::move(found));
    --waiting_;
    return out;
  }

  base::Result<PlanExport> await_counted(PlanExport found) {
    const auto began = client_.clock().steady();
    for (;;) {
      const bool waits = found.status == ExportStatus::Pending ||
                         found.status == ExportStatus::Queued ||
                         found.status == ExportStatus::Unknown;
      if (!waits) return found;
      const auto waited =
          std::chrono::duration_cast<milliseconds>(client_.clock().steady() - began);
      stage_ = Stage::Wait;
      status_ = found.status_text;
      tell(found.status_text + ", " + in_words(waited));
      // The timer looks ten times a second; a clock that does not really wait is far ahead by then.
      if (waited >= options_.export_timeout) return late();
      if (!client_.wait(client_.jittered(next_look(waited)), cancel_)) return cancelled();
      auto shown = client_.show_export(found.id, cancel_);
      if (!shown) {
        if (shown.problem().status == 404) {  // deleted under our hands, or expired and forgotten
          found.status = ExportStatus::Expired;
          found.status_text = "expired";
          return found;
        }
        return failed(std::move(shown.problem()));
      }
      found = std::move(*shown);
    }
  }

  Client& client_;
  Waiting& waiting_;
  const PlanExportOptions& options_;
  const std::string plan_;
  std::optional<Plan> known_;
  const std::string named_;  // the export that is wanted and no other
  const ProgressSink& progress_;
  const Deadline& deadline_;
  const base::CancelToken& cancel_;  // the deadline's
  Stage stage_ = Stage::Search;
  std::string status_;   // of an export that is waited for
  std::string created_;  // the export that we made
};

}  // namespace

class PlanExports::Inside {
 public:
  Inside(const base::System& system, PlanExportOptions options)
      : system_(system), options_(std::move(options)) {
    if (options_.scratch.empty()) {
      const std::string_view named = base::get(system.environment, "TMPDIR");
      options_.scratch = named.empty() ? "/tmp" : std::string(named);
    }
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() {
    if (!folder_.empty()) (void)base::remove_tree(folder_);
  }

  base::Result<Provenance> fetch(const http::Url& origin, const terraform_api::Place& place,
                                 const base::Path& folder, const ProgressSink& progress,
                                 const base::CancelToken& cancel);

  // One client an origin, made with the first mock that needs it.
  base::Result<std::shared_ptr<Client>> client_of(const http::Url& origin,
                                                  const base::CancelToken& cancel) {
    Origin* slot = nullptr;
    {
      const std::lock_guard lock(mutex_);
      slot = &origins_[http::origin(origin)];
    }
    const std::lock_guard lock(slot->mutex);  // a helper may take its time
    if (!slot->client) slot->client = make_client(origin, cancel);
    return *slot->client;
  }

 private:
  struct Origin {
    std::mutex mutex;
    std::optional<base::Result<std::shared_ptr<Client>>> client;
    Waiting waiting{0};
  };

  base::Result<std::shared_ptr<Client>> make_client(const http::Url& origin,
                                                    const base::CancelToken& cancel) const {
    auto token = terraform_api::find_token(system_, origin, cancel);
    if (!token) return std::move(token.error());
    if (!token->has_value() || (*token)->value.empty()) {
      base::Diagnostic out = terraform_api::no_token(system_, origin);
      if (token->has_value()) out.why = (*token)->source + " is empty";
      return out;
    }
    return std::make_shared<Client>(system_, origin, std::move(**token), options_.client);
  }

  Waiting& waiting_of(const Client& client) {
    const std::lock_guard lock(mutex_);
    return origins_[http::origin(client.origin())].waiting;
  }

  base::Result<base::Path> archive_path() {
    const std::lock_guard lock(mutex_);
    if (folder_.empty()) {
      auto made = base::make_staging_folder(options_.scratch, "harness-export-");
      if (!made) return std::move(made.error());
      folder_ = std::move(*made);
    }
    // The plan's id comes from a server: not into a path.
    return folder_ / (std::to_string(next_archive_++) + ".tar.gz");
  }

  base::Result<Downloaded> archive_of(Client& client, const FoundPlan& found,
                                      const ProgressSink& progress, const Deadline& deadline);
  void forget(const Client& client, const std::string& plan, const base::Path& archive);

  const base::System system_;
  PlanExportOptions options_;
  std::mutex mutex_;
  std::map<std::string, Origin> origins_;
  std::map<std::string, std::shared_ptr<Slot>> plans_;  // by origin and plan
  base::Path folder_;
  int next_archive_ = 1;
};

base::Result<Downloaded> PlanExports::Inside::archive_of(Client& client, const FoundPlan& found,
                                                         const ProgressSink& progress,
                                                         const Deadline& deadline) {
  const std::string& plan = found.plan;
  std::shared_ptr<Slot> slot;
  {
    const std::lock_guard lock(mutex_);
    auto& entry = plans_[http::origin(client.origin()) + " " + plan];
    if (!entry) entry = std::make_shared<Slot>();
    slot = entry;
  }
  {
    std::unique_lock lock(slot->mutex);
    while (slot->running) {
      if (progress) progress("waiting for another mock of the same plan");
      slot->changed.wait_for(lock, milliseconds(100));
      // The other one's deadline is the one that counts.
      if (deadline.cancelled_by_caller()) {
        return base::Diagnostic{.what = "the export of plan `" + plan + "` was cancelled"};
      }
    }
    if (slot->result) {
      auto shared = *slot->result;
      if (shared) shared->to_delete.clear();  // the first one's business
      return shared;
    }
    slot->running = true;
  }
  base::Result<Downloaded> result = [&]() -> base::Result<Downloaded> {
    auto path = archive_path();
    if (!path) return std::move(path.error());
    return Export(client, waiting_of(client), options_, found, progress, deadline).run(*path);
  }();
  const std::lock_guard lock(slot->mutex);
  slot->running = false;
  slot->result = result;
  slot->changed.notify_all();
  return result;
}

void PlanExports::Inside::forget(const Client& client, const std::string& plan,
                                 const base::Path& archive) {
  (void)base::remove_tree(archive);
  const std::lock_guard lock(mutex_);
  plans_.erase(http::origin(client.origin()) + " " + plan);
}

base::Result<Provenance> PlanExports::Inside::fetch(const http::Url& origin,
                                                    const terraform_api::Place& place,
                                                    const base::Path& folder,
                                                    const ProgressSink& progress,
                                                    const base::CancelToken& cancel) {
  auto client = client_of(origin, cancel);
  if (!client) return std::move(client.error());
  const Deadline deadline((*client)->clock(), options_.export_timeout, cancel);
  if (progress) progress("looking for the plan");
  auto found = terraform_api::find_plan(**client, place, deadline.token());
  if (!found) {
    base::Diagnostic& problem = found.problem().diagnostic;
    if (!found.problem().cancelled || !deadline.passed()) return std::move(problem);
    return base::Diagnostic{.what = "the plan of " + in_words(place) + " is not found",
                            .why = "it is still being looked for" + after(options_.export_timeout),
                            .advice = std::string(kMoreTime),
                            .causes = std::move(problem.causes)};
  }
  auto archive = archive_of(**client, *found, progress, deadline);
  if (!archive) return std::move(archive.error());

  if (progress) progress("unpacking");
  auto members =
      mock_bundle::unpack(archive->file, folder, found->plan + ".tar.gz", options_.limits, cancel);
  // Ours, and safe on disk (or spoilt, and then the next run makes a new one). That it could not be
  // deleted is no reason to fail: it expires within the hour.
  if (!archive->to_delete.empty()) {
    if (progress) progress("deleting the export");
    const bool deleted =
        static_cast<bool>((*client)->delete_export(archive->to_delete, deadline.token()));
    if (!deleted && deadline.token().cancelled()) {
      (void)delete_soon(**client, archive->to_delete, options_.parting);
    }
  }
  if (!options_.share_archives) forget(**client, found->plan, archive->file);
  if (!members) return std::move(members.error());
  return Provenance{.kind = "plan-export",
                    .host = (*client)->host(),
                    .workspace = found->workspace,
                    .run = found->run,
                    .plan = found->plan,
                    .made_at = archive->made_at,
                    .archive_sha256 = archive->sha256};
}

namespace {

class PlanExportSource final : public MockSource {
 public:
  PlanExportSource(PlanExports::Inside& exports, http::Url origin, terraform_api::Place place)
      : exports_(exports), origin_(std::move(origin)), place_(std::move(place)) {}

  base::Result<Provenance> fetch(const base::Path& folder, const ProgressSink& progress,
                                 const base::CancelToken& cancel) override {
    return exports_.fetch(origin_, place_, folder, progress, cancel);
  }

 private:
  PlanExports::Inside& exports_;
  http::Url origin_;
  terraform_api::Place place_;
};

}  // namespace

PlanExports::PlanExports(const base::System& system, PlanExportOptions options)
    : inside_(std::make_unique<Inside>(system, std::move(options))) {}
PlanExports::~PlanExports() = default;

base::Result<std::shared_ptr<terraform_api::Client>> PlanExports::client(
    const http::Url& origin, const base::CancelToken& cancel) {
  return inside_->client_of(origin, cancel);
}

std::unique_ptr<MockSource> PlanExports::source(const http::Url& origin,
                                                terraform_api::Place place) {
  return std::make_unique<PlanExportSource>(*inside_, origin, std::move(place));
}

}  // namespace mock_source
