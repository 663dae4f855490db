// The API's objects, as far as plan exports need them, and how they are read from JSON:API
// documents. What is absent, null or empty in a document is alike here.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/base/result.h"

namespace terraform_api {

enum class ExportStatus { Pending, Queued, Finished, Expired, Errored, Canceled, Unknown };

struct PlanExport {
  std::string id;
  std::string data_type;
  ExportStatus status = ExportStatus::Unknown;
  std::string status_text;    // as the server wrote it
  std::string error_message;  // of an export that failed; often empty
  std::string plan;
  std::optional<std::chrono::system_clock::time_point> finished_at;
  std::optional<std::chrono::system_clock::time_point> expires_at;

  bool operator==(const PlanExport&) const = default;
};

struct Plan {
  std::string id;
  std::string status;                 // "finished" …
  std::optional<bool> is_exportable;  // the plan's own state allows it; unknown on old servers
  std::optional<bool> can_export;     // this token may
  std::vector<std::string> exports;   // ids, in the server's order

  bool operator==(const Plan&) const = default;
};

struct Run {
  std::string id;
  std::string status;  // "applied" …
  std::string created_at;
  std::string workspace;       // its id
  std::string workspace_name;  // "acme/network-prod", where the document included it
  bool plan_only = false;
  std::string plan_id;
  std::optional<Plan> plan;  // where the document included it

  bool operator==(const Run&) const = default;
};

struct Workspace {
  std::string id;
  std::string name;
  std::string execution_mode;  // "remote", "agent", "local"
  std::string current_run;     // its id; empty: none
  std::optional<Run> run;      // the current one, where the document included it

  bool operator==(const Workspace&) const = default;
};

/// One page of a list.
template <class T>
struct Page {
  std::vector<T> items;
  int next = 0;  // the number of the next page; 0: none
};

// Errors say what the text is that is no such document: HTML, nothing, another kind of JSON.
base::Result<PlanExport> parse_plan_export(std::string_view text);
base::Result<Plan> parse_plan(std::string_view text);
base::Result<Run> parse_run(std::string_view text);
base::Result<Workspace> parse_workspace(std::string_view text);
base::Result<Page<Run>> parse_runs(std::string_view text);
base::Result<Page<Workspace>> parse_workspaces(std::string_view text);

/// The name of a user document: whose token it is.
base::Result<std::string> parse_user(std::string_view text);

/// The path of the API from a service discovery document: its `tfe.v2`; empty: it has none.
base::Result<std::string> parse_discovery(std::string_view text);

/// The messages of an `errors` array, joined; empty where the text holds none (an HTML page, an
/// empty body). Cleaned of control characters and cut to a length that a person reads.
std::string parse_errors(std::string_view text);

/// The body that creates an export.
std::string create_export_body(std::string_view plan);

}  // namespace terraform_api
