// Which plans: workspaces by name, their runs since a date.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/base/cancel.h"
#include "plugin/base/diagnostic.h"
#include "plugin/base/result.h"
#include "plugin/terraform_api/client.h"

namespace harness {

/// `acme/*-prod`: `*` stands for any characters, wherever it stands.
struct WorkspaceSearch {
  std::string organization;
  std::string pattern;

  std::string text() const { return organization + "/" + pattern; }
};

/// Without a `/`, the workspace is one of `organization`; an error where that is empty.
base::Result<WorkspaceSearch> parse_workspace_search(std::string_view text,
                                                     std::string_view organization);

/// What the API can search for on its own, where `*` may stand at the ends only: a pattern that
/// finds at least all that `pattern` means.
std::string server_wildcard(std::string_view pattern);

/// `30d`, `12h`, `2w`, or a date: `2026-11-01`, `2026-11-01T08:00:00Z`.
struct Since {
  std::string text;
  std::chrono::system_clock::time_point time{};
};
base::Result<Since> parse_since(std::string_view text, std::chrono::system_clock::time_point now);

/// A run with a plan that can be looked at.
struct FoundRun {
  std::string workspace;  // "acme/network-prod"
  std::string run;
  std::string plan;
  std::string created_at;
  std::string unusable;  // why its plan cannot be exported, as far as is known; empty: it may be

  bool operator==(const FoundRun&) const = default;
};

struct FoundWorkspace {
  std::string name;  // "acme/network-prod"
  std::string id;
  std::size_t runs = 0;          // since the date
  std::size_t without_plan = 0;  // of those: that have no finished plan
  std::string note;              // why there are none: "it has no run yet"

  bool operator==(const FoundWorkspace&) const = default;
};

/// The workspaces that `search` means, by name. Those that have no run at all, or run Terraform
/// locally, have a note.
terraform_api::Answer<std::vector<FoundWorkspace>> find_workspaces(terraform_api::Client& client,
                                                                   const WorkspaceSearch& search,
                                                                   bool plan_only,
                                                                   const base::CancelToken& cancel);

/// The runs of `workspace` since `since` that have a finished plan, newest first; counts the
/// others.
terraform_api::Answer<std::vector<FoundRun>> find_runs(terraform_api::Client& client,
                                                       FoundWorkspace& workspace,
                                                       std::chrono::system_clock::time_point since,
                                                       bool plan_only,
                                                       const base::CancelToken& cancel);

}  // namespace harness
