#include "harness/impact/search.h"

#include <algorithm>
#include <charconv>

#include "plugin/base/system.h"
#include "plugin/base/wildcard.h"
#include "plugin/terraform_api/locate.h"

namespace harness {
namespace {

constexpr int kMostPages = 1'000;
constexpr int kPageSize = 100;

bool is_name(std::string_view text, bool with_star) {
  return !text.empty() && std::ranges::all_of(text, [with_star](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || (with_star && c == '*');
  });
}

}  // namespace

base::Result<WorkspaceSearch> parse_workspace_search(std::string_view text,
                                                     std::string_view organization) {
  const std::size_t slash = text.find('/');
  WorkspaceSearch out{.organization = std::string(organization), .pattern = std::string(text)};
  if (slash != std::string_view::npos) {
    out.organization = text.substr(0, slash);
    out.pattern = text.substr(slash + 1);
  }
  if (out.organization.empty() && slash == std::string_view::npos) {
    return base::Diagnostic{.what = "`" + std::string(text) + "` names no organization",
                            .advice = "write `ORGANIZATION/" + std::string(text) + "`"};
  }
  if (!is_name(out.organization, false) || !is_name(out.pattern, true)) {
    return base::Diagnostic{
        .what = "`" + std::string(text) + "` is no search for workspaces",
        .why = "names are made of letters, digits, `-` and `_`, and `*` stands for any of them",
        .advice = "write `ORGANIZATION/NAME`, `ORGANIZATION/*-prod`"};
  }
  return out;
}

std::string server_wildcard(std::string_view pattern) {
  const std::size_t first = pattern.find('*');
  if (first == std::string_view::npos) return std::string(pattern);
  const std::string_view head = pattern.substr(0, first);
  const std::string_view tail = pattern.substr(pattern.rfind('*') + 1);
  if (head.empty() && tail.empty()) {
    // `*a*`, and of `*a*b*` the longest part.
    std::string_view longest;
    for (std::size_t at = 0; at < pattern.size();) {
      const std::size_t end = std::min(pattern.find('*', at), pattern.size());
      if (end - at > longest.size()) longest = pattern.substr(at, end - at);
      at = end + 1;
    }
    return longest.empty() ? std::string() : "*" + std::string(longest) + "*";
  }
  return head.size() >= tail.size() ? std::string(head) + "*" : "*" + std::string(tail);
}

base::Result<Since> parse_since(std::string_view text, std::chrono::system_clock::time_point now) {
  Since out{.text = std::string(text)};
  const base::Diagnostic wrong{.what = "`" + out.text + "` is no time to look back to",
                               .advice = "write `30d`, `12h`, `2w` or a date such as `2026-11-01`"};
  unsigned number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && end - stop == 1) {
    std::chrono::hours unit{0};
    if (*stop == 'h') unit = std::chrono::hours(1);
    if (*stop == 'd') unit = std::chrono::hours(24);
    if (*stop == 'w') unit = std::chrono::hours(24 * 7);
    if (unit.count() == 0 || number == 0 || number > 100'000) return wrong;
    out.time = now - unit * number;
    return out;
  }
  auto time = base::from_rfc3339(text);
  if (!time && text.size() == 10) time = base::from_rfc3339(out.text + "T00:00:00Z");
  if (!time) return wrong;
  if (*time > now) {
    return base::Diagnostic{.what = "`" + out.text + "` is still to come",
                            .advice = "name a date in the past"};
  }
  out.time = *time;
  return out;
}

terraform_api::Answer<std::vector<FoundWorkspace>> find_workspaces(
    terraform_api::Client& client, const WorkspaceSearch& search, bool plan_only,
    const base::CancelToken& cancel) {
  std::vector<FoundWorkspace> out;
  const auto add = [&](const terraform_api::Workspace& workspace) {
    if (!base::wildcard_matches(search.pattern, workspace.name)) return;
    FoundWorkspace found{.name = search.organization + "/" + workspace.name, .id = workspace.id};
    if (workspace.current_run.empty() && workspace.execution_mode == "local") {
      found.note = "it runs Terraform locally, so it has no runs here";
    } else if (workspace.current_run.empty() && !plan_only) {
      found.note = "it has no run yet";
    }
    out.push_back(std::move(found));
  };
  if (search.pattern.find('*') == std::string::npos) {
    auto workspace = client.workspace(search.organization, search.pattern, cancel);
    if (!workspace) return std::move(workspace.problem());
    add(*workspace);
    return out;
  }
  const std::string wildcard = server_wildcard(search.pattern);
  for (int page = 1, pages = 0; page != 0 && pages < kMostPages; ++pages) {
    auto list = client.workspaces(search.organization, wildcard, page, cancel);
    if (!list) return std::move(list.problem());
    for (const terraform_api::Workspace& workspace : list->items)
      add(workspace);
    page = list->next > page ? list->next : 0;
  }
  std::ranges::sort(out, {}, &FoundWorkspace::name);
  return out;
}

terraform_api::Answer<std::vector<FoundRun>> find_runs(terraform_api::Client& client,
                                                       FoundWorkspace& workspace,
                                                       std::chrono::system_clock::time_point since,
                                                       bool plan_only,
                                                       const base::CancelToken& cancel) {
  std::vector<FoundRun> out;
  terraform_api::RunFilter filter{.plan_only = plan_only, .page_size = kPageSize};
  bool any = false;
  for (int pages = 0; filter.page != 0 && pages < kMostPages; ++pages) {
    auto list = client.runs(workspace.id, filter, cancel);
    if (!list) return std::move(list.problem());
    bool older = false;
    for (const terraform_api::Run& run : list->items) {
      any = true;
      const auto created = base::from_rfc3339(run.created_at);
      if (created && *created < since) {
        older = true;
        break;
      }
      ++workspace.runs;
      if (run.plan_id.empty() || (run.plan && run.plan->status != "finished")) {
        ++workspace.without_plan;
        continue;
      }
      FoundRun found{.workspace = workspace.name,
                     .run = run.id,
                     .plan = run.plan_id,
                     .created_at = run.created_at};
      if (run.plan) {
        if (const auto why = terraform_api::why_not_exportable(client, *run.plan)) {
          found.unusable = why->why;
        }
      }
      out.push_back(std::move(found));
    }
    filter.page = !older && list->next > filter.page ? list->next : 0;
  }
  if (workspace.runs == 0) {
    workspace.note = any ? "it has no run since then" : "it has no run yet";
  } else if (out.empty()) {
    workspace.note = "none of its runs since then has a finished plan";
  }
  return out;
}

}  // namespace harness
