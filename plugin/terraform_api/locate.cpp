#include "plugin/terraform_api/locate.h"

#include <algorithm>
#include <utility>

namespace terraform_api {
namespace {

constexpr std::string_view kPastRetention = "plans past their retention are not";

constexpr int kMostPages = 5;  // of 20 runs

bool will_do(const Plan& plan) {
  return plan.status == "finished" && plan.is_exportable.value_or(true);
}

bool will_do(const Run& run, Select select) {
  if (select == Select::LatestApplied && run.status != "applied") return false;
  return run.plan && will_do(*run.plan);
}

base::Diagnostic none(const Place& place, std::string why, std::string advice = "") {
  return {.what = "workspace `" + place.organization + "/" + place.workspace +
                  "` has no plan that can be exported",
          .why = std::move(why),
          .advice = std::move(advice)};
}

Answer<FoundPlan> newest_of_runs(Client& client, const Place& place, const Workspace& workspace,
                                 const base::CancelToken& cancel) {
  RunFilter filter{.plan_only = place.plan_only};
  if (place.select == Select::LatestApplied) filter.status = "applied";
  std::size_t seen = 0, finished = 0;
  for (int pages = 0; pages < kMostPages && filter.page != 0; ++pages) {
    auto runs = client.runs(workspace.id, filter, cancel);
    if (!runs) return std::move(runs.problem());
    for (const Run& run : runs->items) {
      ++seen;
      if (run.plan && run.plan->status == "finished") ++finished;
      if (will_do(run, place.select)) {
        return FoundPlan{run.plan_id, run.id, place.organization + "/" + place.workspace, run.plan};
      }
    }
    filter.page = runs->next;
  }
  const std::string advice =
      place.plan_only ? "" : "`plan-only: true` looks at speculative runs, too";
  if (seen == 0 && place.select == Select::LatestApplied) {
    return Problem{.diagnostic =
                       none(place, "none of its runs has been applied",
                            "`select: latest-planned` takes a plan that was not applied")};
  }
  if (seen == 0) return Problem{.diagnostic = none(place, "it has no run yet", advice)};
  const std::string looked_at = "the runs looked at (" + std::to_string(seen) + ")";
  if (finished > 0) {
    return Problem{.diagnostic =
                       none(place, "of " + looked_at + ", those with a finished plan (" +
                                       std::to_string(finished) + ") are not exportable")};
  }
  return Problem{.diagnostic =
                     none(place, "none of " + looked_at + " has a finished plan", advice)};
}

Answer<FoundPlan> find_in_workspace(Client& client, const Place& place,
                                    const base::CancelToken& cancel) {
  auto workspace = client.workspace(place.organization, place.workspace, cancel);
  if (!workspace) {
    if (workspace.problem().status == 404) {
      workspace.problem().diagnostic.advice =
          "check the names of organization and workspace, the host, and that the token may read it";
    }
    return std::move(workspace.problem());
  }
  // A speculative run is never the current one, and may be newer.
  if (workspace->run && !place.plan_only && will_do(*workspace->run, place.select)) {
    const Run& run = *workspace->run;
    return FoundPlan{run.plan_id, run.id, place.organization + "/" + place.workspace, run.plan};
  }
  if (workspace->current_run.empty() && workspace->execution_mode == "local") {
    return Problem{.diagnostic = none(place, "it runs Terraform locally, so it has no runs here",
                                      "use `plan-json` with the output of `terraform show -json`")};
  }
  return newest_of_runs(client, place, *workspace, cancel);
}

}  // namespace

Answer<FoundPlan> find_plan(Client& client, const Place& place, const base::CancelToken& cancel) {
  if (!place.plan.empty()) return FoundPlan{.plan = place.plan};
  if (!place.plan_export.empty()) {
    auto shown = client.show_export(place.plan_export, cancel);
    if (!shown) {
      if (shown.problem().status == 404) {
        shown.problem().diagnostic.advice =
            "check its id and the host; an export is gone an hour after it was made";
      }
      return std::move(shown.problem());
    }
    return FoundPlan{.plan = shown->plan, .plan_export = place.plan_export};
  }
  if (place.run.empty()) return find_in_workspace(client, place, cancel);
  auto run = client.run(place.run, cancel);
  if (!run) {
    if (run.problem().status == 404) {
      run.problem().diagnostic.advice =
          "check the run's id and the host, and that the token may read its workspace";
    }
    return std::move(run.problem());
  }
  if (run->plan_id.empty()) {
    return Problem{.diagnostic = {.what = "run `" + place.run + "` has no plan",
                                  .why = "its status is `" + run->status + "`"}};
  }
  return FoundPlan{run->plan_id, run->id, run->workspace_name, run->plan};
}

std::optional<base::Diagnostic> why_not_exportable(const Client& client, const Plan& plan) {
  base::Diagnostic out{.what = "plan `" + plan.id + "` cannot be exported"};
  if (plan.status != "finished") {
    out.why = "its status is `" + plan.status + "`, and only a `finished` plan has mocks";
    const bool waits = plan.status == "pending" || plan.status == "queued" ||
                       plan.status == "managed_queued" || plan.status == "running";
    out.advice = waits ? "wait for the run to finish planning" : "take another run";
    return out;
  }
  if (plan.can_export == false) {
    out.why = "the token (of " + client.token_source() +
              ") lacks the permission `Download Sentinel mocks` on its workspace "
              "(`permissions.can-export` is false)";
    out.advice = "an administrator of the workspace grants it; `write` and `admin` access have it";
    return out;
  }
  if (plan.is_exportable == false) {
    out.why = "`" + client.host() +
              "` says that this plan is not exportable (`actions.is-exportable` is false): " +
              std::string(kPastRetention);
    out.advice = "take a newer run";
    return out;
  }
  return std::nullopt;
}

bool is_past_retention(const base::Diagnostic& problem) {
  return problem.why.ends_with(kPastRetention) ||
         std::any_of(problem.causes.begin(), problem.causes.end(), is_past_retention);
}

}  // namespace terraform_api
