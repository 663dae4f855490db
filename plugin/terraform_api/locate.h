// From what a user knows — a workspace, a run, a plan — to one plan that can be exported.
#pragma once

#include <optional>
#include <string>

#include "plugin/terraform_api/client.h"

namespace terraform_api {

enum class Select { LatestPlanned, LatestApplied };

/// Exactly one of `workspace`, `run`, `plan` and `plan_export` is set.
struct Place {
  std::string organization;
  std::string workspace;  // its name
  Select select = Select::LatestPlanned;
  bool plan_only = false;   // speculative runs too
  std::string run;          // "run-…"
  std::string plan;         // "plan-…"
  std::string plan_export;  // "pe-…"
};

struct FoundPlan {
  std::string plan;           // its id
  std::string run;            // empty where only the plan is known
  std::string workspace;      // "acme/network-prod"; empty where not known
  std::optional<Plan> known;  // the plan itself, where an answer on the way included it
  std::string plan_export;    // the one that was named
};

/// `workspace`: its current run's plan if that will do, else the newest of its runs whose plan is
/// finished and can be exported. Only the latter asks for the run list, which is limited to 30
/// requests a minute.
Answer<FoundPlan> find_plan(Client& client, const Place& place, const base::CancelToken& cancel);

/// Why `plan` cannot be exported with this token; empty where nothing speaks against it. Says what
/// the server lets know, and guesses nothing.
std::optional<base::Diagnostic> why_not_exportable(const Client& client, const Plan& plan);

/// Whether that is what why_not_exportable() says of a plan past its retention, or has it among its
/// causes: no later attempt will do better.
bool is_past_retention(const base::Diagnostic& problem);

}  // namespace terraform_api
