#include "harness/impact/render.h"

#include <gtest/gtest.h>

#include "tests/golden.h"

namespace harness {
namespace {

ImpactReport sample() {
  ImpactReport out{.harness_version = "1.0",
                   .runtime = "builtin 1.0",
                   .host = "app.terraform.io",
                   .origin = "https://app.terraform.io",
                   .since = "2026-10-26T12:00:00Z",
                   .searches = {"acme/*-prod"},
                   .policies = {"policies/a.sentinel", "policies/b.sentinel"},
                   .workspaces = {{.name = "acme/app-prod", .runs = 4, .without_plan = 1},
                                  {.name = "acme/db-prod", .runs = 2},
                                  {.name = "acme/new-prod", .note = "it has no run yet"}},
                   .left = 1,
                   .complete = false};
  const auto add = [&](const char* workspace, const char* run, ImpactResult a, ImpactResult b) {
    out.plans.push_back({.run = {.workspace = workspace,
                                 .run = std::string("run-") + run,
                                 .plan = std::string("plan-") + run,
                                 .created_at = "2026-11-20T10:00:00Z"},
                         .policies = {{.result = a}, {.result = b}}});
  };
  add("acme/app-prod", "1", ImpactResult::Pass, ImpactResult::Pass);
  add("acme/app-prod", "2", ImpactResult::Fail, ImpactResult::Error);
  out.plans[1].policies[0].at = {.file = "policies/a.sentinel", .line = 7, .column = 3};
  out.plans[1].policies[0].why = "main: false";
  out.plans[1].policies[1].why = "::error::a | b\x1b[31m <script>";
  add("acme/app-prod", "3", ImpactResult::Undefined, ImpactResult::Pass);
  for (const char* run : {"4", "5"}) {
    add("acme/db-prod", run, ImpactResult::Pass, ImpactResult::Pass);
    out.plans.back().policies.clear();
    out.plans.back().problem =
        base::Diagnostic{.what = "plan `plan-" + std::string(run) + "` cannot be exported",
                         .why = "the token lacks the permission `Download Sentinel mocks`"};
  }
  return out;
}

TEST(Render, OneReportThreeWays) {
  golden::expect_golden("text", impact_text(sample()));
  golden::expect_golden("json", impact_json(sample()));
  golden::expect_golden("markdown", impact_markdown(sample()));
}

TEST(Render, SaysWhatItEndsWith) {
  ImpactReport report;
  EXPECT_EQ(report.exit_code(), 5);
  report.plans.push_back({.policies = {{.result = ImpactResult::Fail}}});
  EXPECT_EQ(report.exit_code(), 0);
  report.plans.push_back({.problem = base::Diagnostic{}, .runtime_failed = true});
  EXPECT_EQ(report.exit_code(), 4);
  report.plans.push_back({.problem = base::Diagnostic{}});
  EXPECT_EQ(report.exit_code(), 3);
  report.plans.clear();
  report.problems.emplace_back();
  EXPECT_EQ(report.exit_code(), 3);
}

}  // namespace
}  // namespace harness
