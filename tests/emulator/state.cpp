#include "tests/emulator/state.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include <Poco/Exception.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include "plugin/base/file.h"

namespace emulator {
namespace {

std::vector<base::Path> folders_in(const base::Path& folder) {
  std::vector<base::Path> out;
  std::error_code error;
  for (auto it = std::filesystem::directory_iterator(folder, error);
       !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (it->is_directory(error) && !name.starts_with('.')) out.push_back(it->path());
  }
  std::ranges::sort(out);
  return out;
}

base::Result<Poco::JSON::Object::Ptr> read_object(const base::Path& path) {
  auto text = base::read_file(path);
  if (!text) return std::move(text.error());
  try {
    const auto root = Poco::JSON::Parser().parse(*text);
    if (root.type() == typeid(Poco::JSON::Object::Ptr)) {
      return root.extract<Poco::JSON::Object::Ptr>();
    }
  } catch (const Poco::Exception&) {  // said below
  }
  return base::Diagnostic{.what = "`" + path.string() + "` is not a JSON object"};
}

}  // namespace

base::Status State::load(const base::Path& folder) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    return base::Diagnostic{.what = "there is no folder `" + folder.string() + "`"};
  }
  int age = 1;
  for (const base::Path& organization : folders_in(folder)) {
    for (const base::Path& workspace : folders_in(organization)) {
      for (const base::Path& path : folders_in(workspace)) {
        RunData run{.id = path.filename().string(),
                    .organization = organization.filename().string(),
                    .workspace = workspace.filename().string(),
                    .folder = path};
        if (!run.id.starts_with("run-")) continue;
        // Days apart, so that a list has an order.
        run.created_at = base::to_rfc3339(clock_->now() - std::chrono::hours(24) * age++);
        if (std::filesystem::exists(path / "run.json", error)) {
          auto object = read_object(path / "run.json");
          if (!object) return std::move(object.error());
          try {
            const auto& o = **object;
            run.status = o.optValue<std::string>("status", run.status);
            run.plan = o.optValue<std::string>("plan-id", "");
            run.plan_status = o.optValue<std::string>("plan-status", run.plan_status);
            run.created_at = o.optValue<std::string>("created-at", run.created_at);
            run.message = o.optValue<std::string>("message", run.message);
            run.plan_only = o.optValue<bool>("plan-only", false);
            run.is_exportable = o.optValue<bool>("is-exportable", true);
            run.can_export = o.optValue<bool>("can-export", true);
          } catch (const Poco::Exception& e) {
            return base::Diagnostic{.what = "`" + (path / "run.json").string() + "` is wrong",
                                    .why = e.displayText()};
          }
        }
        add(std::move(run));
      }
      const std::string name = workspace.filename().string();
      if (std::filesystem::exists(workspace / "workspace.json", error)) {
        auto object = read_object(workspace / "workspace.json");
        if (!object) return std::move(object.error());
        set_execution_mode(organization.filename().string(), name,
                           (*object)->optValue<std::string>("execution-mode", "remote"));
      }
    }
  }
  return {};
}

std::string State::new_id(std::string_view prefix) {
  constexpr std::string_view kAlphabet =
      "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  std::string out(prefix);
  for (int i = 0; i < 16; ++i)
    out += kAlphabet[std::uniform_int_distribution<std::size_t>(0, kAlphabet.size() - 1)(random_)];
  return out;
}

void State::set_execution_mode(const std::string& organization, const std::string& workspace,
                               const std::string& mode) {
  const std::lock_guard lock(mutex_);
  auto& entry = workspaces_[{organization, workspace}];
  if (entry.id.empty()) {
    entry.id = new_id("ws-");
    entry.organization = organization;
    entry.name = workspace;
  }
  entry.execution_mode = mode;
}

void State::add(RunData run) {
  const std::lock_guard lock(mutex_);
  auto& workspace = workspaces_[{run.organization, run.workspace}];
  if (workspace.id.empty()) {
    workspace.id = new_id("ws-");
    workspace.organization = run.organization;
    workspace.name = run.workspace;
  }
  if (run.plan.empty()) run.plan = "plan-" + run.id.substr(4);
  if (run.created_at.empty()) run.created_at = base::to_rfc3339(clock_->now());
  const std::string id = run.id;
  runs_.insert_or_assign(id, std::move(run));
  workspace.runs.push_back(id);
  std::ranges::stable_sort(workspace.runs, [&](const std::string& a, const std::string& b) {
    return runs_[a].created_at > runs_[b].created_at;
  });
}

bool State::has_organization(const std::string& organization) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(workspaces_,
                             [&](const auto& e) { return e.first.first == organization; });
}

std::vector<WorkspaceData> State::workspaces(const std::string& organization) const {
  const std::lock_guard lock(mutex_);
  std::vector<WorkspaceData> out;
  for (const auto& [key, workspace] : workspaces_) {
    if (key.first == organization) out.push_back(workspace);
  }
  return out;
}

std::optional<WorkspaceData> State::workspace(const std::string& organization,
                                              const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = workspaces_.find({organization, name});
  if (found == workspaces_.end()) return std::nullopt;
  return found->second;
}

std::optional<WorkspaceData> State::workspace_by_id(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, workspace] : workspaces_) {
    if (workspace.id == id) return workspace;
  }
  return std::nullopt;
}

std::optional<RunData> State::run(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = runs_.find(id);
  if (found == runs_.end()) return std::nullopt;
  return found->second;
}

std::optional<RunData> State::run_of_plan(const std::string& plan) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, run] : runs_) {
    if (run.plan == plan) return run;
  }
  return std::nullopt;
}

std::string State::status(const ExportData& data) const {
  const auto age = clock_->steady() - data.created;
  if (age < timing_.pending) return "pending";
  const auto made = timing_.pending + timing_.queued;
  if (age < made) return "queued";
  if (data.ends_as != "finished") return data.ends_as;
  return age < made + timing_.lifetime ? "finished" : "expired";
}

std::optional<ExportData> State::create(const std::string& plan, const std::string& ends_as) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, other] : exports_) {
    if (other.plan != plan || other.deleted) continue;
    const std::string now = status(other);
    if (now == "pending" || now == "queued" || now == "finished") return std::nullopt;
  }
  ExportData made{.id = new_id("pe-"),
                  .plan = plan,
                  .created = clock_->steady(),
                  .created_at = clock_->now(),
                  .ends_as = ends_as};
  exports_[made.id] = made;
  ++statistics_.creates[plan];
  return made;
}

std::optional<ExportData> State::find_export(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = exports_.find(id);
  if (found == exports_.end() || found->second.deleted) return std::nullopt;
  return found->second;
}

std::vector<ExportData> State::exports_of(const std::string& plan) const {
  const std::lock_guard lock(mutex_);
  std::vector<ExportData> out;
  for (const auto& [id, data] : exports_) {
    if (data.plan == plan && !data.deleted) out.push_back(data);
  }
  std::ranges::sort(out, {}, &ExportData::created);
  return out;
}

bool State::remove(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = exports_.find(id);
  if (found == exports_.end() || found->second.deleted) return false;
  found->second.deleted = true;
  ++statistics_.deletes;
  return true;
}

std::string State::sign(const std::string& export_id) {
  const std::lock_guard lock(mutex_);
  std::string secret = new_id("dmF1bHQ6djE6");
  signed_[secret] = {export_id, clock_->steady() + timing_.signature};
  return secret;
}

std::optional<std::string> State::signed_export(const std::string& secret) const {
  const std::lock_guard lock(mutex_);
  const auto found = signed_.find(secret);
  if (found == signed_.end() || clock_->steady() > found->second.until) return std::nullopt;
  return found->second.export_id;
}

bool State::count_request(const std::string& route, std::size_t limit, double& reset) {
  const std::lock_guard lock(mutex_);
  ++statistics_.requests[route];
  const auto now = clock_->steady();
  while (!last_second_.empty() && last_second_.front() + std::chrono::seconds(1) <= now)
    last_second_.pop_front();
  if (limit != 0 && last_second_.size() >= limit) {
    ++statistics_.over_limit;
    reset =
        std::chrono::duration<double>(last_second_.front() + std::chrono::seconds(1) - now).count();
    return false;
  }
  last_second_.push_back(now);
  statistics_.most_per_second =
      std::max(statistics_.most_per_second, static_cast<int>(last_second_.size()));
  return true;
}

bool State::count_list(std::size_t limit, double& reset) {
  const std::lock_guard lock(mutex_);
  const auto now = clock_->steady();
  while (!last_minute_.empty() && last_minute_.front() + std::chrono::minutes(1) <= now)
    last_minute_.pop_front();
  if (limit != 0 && last_minute_.size() >= limit) {
    ++statistics_.over_limit;
    reset =
        std::chrono::duration<double>(last_minute_.front() + std::chrono::minutes(1) - now).count();
    return false;
  }
  last_minute_.push_back(now);
  statistics_.most_lists_per_minute =
      std::max(statistics_.most_lists_per_minute, static_cast<int>(last_minute_.size()));
  return true;
}

void State::count(int Statistics::*what) {
  const std::lock_guard lock(mutex_);
  ++(statistics_.*what);
}

void State::count_token(const std::string& token) {
  const std::lock_guard lock(mutex_);
  statistics_.tokens.insert(token);
}

Statistics State::statistics() const {
  const std::lock_guard lock(mutex_);
  Statistics out = statistics_;
  for (const auto& [id, data] : exports_) {
    if (data.deleted) continue;
    const std::string now = status(data);
    if (now == "pending" || now == "queued" || now == "finished") ++out.live_exports;
  }
  return out;
}

}  // namespace emulator
