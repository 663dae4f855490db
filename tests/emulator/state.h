// What the service knows: organizations, workspaces, runs, plans and their exports, and how exports
// change with time.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace emulator {

struct RunData {
  std::string id;
  std::string plan;  // its id
  std::string organization;
  std::string workspace;  // its name
  std::string status = "applied";
  std::string plan_status = "finished";
  std::string created_at;  // RFC 3339
  std::string message = "Triggered via API";
  bool plan_only = false;
  bool is_exportable = true;
  bool can_export = true;
  base::Path folder;  // of its mocks
};

struct WorkspaceData {
  std::string id;
  std::string organization;
  std::string name;
  std::string execution_mode = "remote";
  std::vector<std::string> runs;  // ids, newest first
};

struct ExportData {
  std::string id;
  std::string plan;
  std::chrono::steady_clock::time_point created{};
  std::chrono::system_clock::time_point created_at{};
  std::string ends_as = "finished";
  bool deleted = false;
};

struct Timing {
  std::chrono::milliseconds pending{200};  // until it is queued
  std::chrono::milliseconds queued{800};   // until it is finished
  std::chrono::milliseconds lifetime{std::chrono::hours(1)};
  std::chrono::milliseconds signature{std::chrono::minutes(1)};  // of a download's URL
};

/// What the tests ask afterwards, and `/_emulator/statistics` shows.
struct Statistics {
  std::map<std::string, int> creates;   // exports made, by plan
  std::map<std::string, int> requests;  // by route
  int deletes = 0;
  int live_exports = 0;       // neither deleted nor expired
  int downloads = 0;          // of archives, whole
  int tokens_at_archive = 0;  // requests there with an Authorization header
  int unauthorized = 0;       // 401s
  int over_limit = 0;         // 429s of the limit itself, not of a fault
  int faults = 0;             // requests that met one
  int most_per_second = 0;    // API requests in the fullest second
  int most_lists_per_minute = 0;
  std::set<std::string> tokens;  // that any request carried
};

/// Thread-safe.
class State {
 public:
  State(std::shared_ptr<base::Clock> clock, Timing timing)
      : clock_(std::move(clock)), timing_(timing) {}

  /// Reads DIR/ORG/WORKSPACE/RUN/ (see --help).
  base::Status load(const base::Path& folder);
  void add(RunData run);
  void set_execution_mode(const std::string& organization, const std::string& workspace,
                          const std::string& mode);

  std::vector<WorkspaceData> workspaces(const std::string& organization) const;
  bool has_organization(const std::string& organization) const;
  std::optional<WorkspaceData> workspace(const std::string& organization,
                                         const std::string& name) const;
  std::optional<WorkspaceData> workspace_by_id(const std::string& id) const;
  std::optional<RunData> run(const std::string& id) const;
  std::optional<RunData> run_of_plan(const std::string& plan) const;

  /// Empty: there is a live one already.
  std::optional<ExportData> create(const std::string& plan, const std::string& ends_as);
  std::optional<ExportData> find_export(const std::string& id) const;
  std::vector<ExportData> exports_of(const std::string& plan) const;
  bool remove(const std::string& id);
  /// "pending", "queued", "finished", "expired", or what it ends as.
  std::string status(const ExportData& data) const;
  const Timing& timing() const { return timing_; }

  /// A signed path for the export's archive, and back.
  std::string sign(const std::string& export_id);
  std::optional<std::string> signed_export(const std::string& secret) const;

  // Counting. `limit` 0: none. True: within it.
  bool count_request(const std::string& route, std::size_t limit, double& reset);
  bool count_list(std::size_t limit, double& reset);
  void count(int Statistics::*what);
  void count_token(const std::string& token);
  Statistics statistics() const;

 private:
  std::string new_id(std::string_view prefix);

  std::shared_ptr<base::Clock> clock_;
  Timing timing_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, WorkspaceData> workspaces_;
  std::map<std::string, RunData> runs_;
  std::map<std::string, ExportData> exports_;
  struct Signed {
    std::string export_id;
    std::chrono::steady_clock::time_point until;
  };
  std::map<std::string, Signed> signed_;
  std::deque<std::chrono::steady_clock::time_point> last_second_, last_minute_;
  Statistics statistics_;
  std::mt19937 random_{std::random_device()()};
};

}  // namespace emulator
