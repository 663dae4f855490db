// Which run of a workspace: the current one, the newest that will do, and what is said when none
// does.
#include "plugin/terraform_api/locate.h"

#include <string>

#include <gtest/gtest.h>

#include "plugin/terraform_api/origin.h"
#include "tests/emulator/testing.h"

namespace {

using emulator::RunData;
using terraform_api::Place;
using terraform_api::Select;

class Locate : public testing::Test {
 protected:
  void SetUp() override {
    emulator_ = std::make_unique<emulator::Emulator>(
        emulator::Options{.tokens = {"t"}, .limit = 0, .clock = clock_});
    ASSERT_TRUE(emulator_->start());
    client_ = std::make_unique<terraform_api::Client>(
        emulator::test_system(clock_, {}), *terraform_api::origin_of_address(emulator_->address()),
        terraform_api::Token{base::Secret("t"), "`TFE_TOKEN`"});
  }

  void add(const std::string& id, const std::string& day, RunData run = {}) {
    run.id = id;
    run.organization = "acme";
    run.workspace = "net";
    run.created_at = "2026-11-" + day + "T10:00:00.000Z";
    emulator_->state().add(run);
  }

  std::string find(Place place) {
    place.organization = "acme";
    place.workspace = "net";
    auto found = terraform_api::find_plan(*client_, place, {});
    return found ? found->run + " " + found->plan : base::to_text(found.problem().diagnostic);
  }
  int lists() const {
    const auto seen = emulator_->statistics().requests;
    const auto found = seen.find("runs");
    return found == seen.end() ? 0 : found->second;
  }

  std::shared_ptr<emulator::FakeClock> clock_ = std::make_shared<emulator::FakeClock>();
  std::unique_ptr<emulator::Emulator> emulator_;
  std::unique_ptr<terraform_api::Client> client_;
};

TEST_F(Locate, TheCurrentRunWithoutAskingForTheList) {
  add("run-old", "01");
  add("run-new", "05", {.status = "planned"});
  EXPECT_EQ(find({}), "run-new plan-new");
  EXPECT_EQ(lists(), 0);
}

TEST_F(Locate, TheNewestWithAFinishedExportablePlan) {
  add("run-1", "01");
  add("run-2", "02");
  add("run-3", "03", {.is_exportable = false});
  add("run-4", "04", {.status = "errored", .plan_status = "errored"});
  EXPECT_EQ(find({}), "run-2 plan-2");
  EXPECT_EQ(lists(), 1);
}

TEST_F(Locate, TheLatestApplied) {
  add("run-1", "01");
  add("run-2", "02", {.status = "discarded"});
  add("run-3", "03", {.status = "planned_and_finished"});
  EXPECT_EQ(find({.select = Select::LatestApplied}), "run-1 plan-1");
}

TEST_F(Locate, SpeculativeRunsOnlyWhenAsked) {
  add("run-1", "01");
  add("run-2", "02", {.plan_only = true});
  EXPECT_EQ(find({}), "run-1 plan-1");
  EXPECT_EQ(find({.plan_only = true}), "run-2 plan-2");
}

TEST_F(Locate, OverSeveralPages) {
  for (int i = 10; i < 29; ++i)
    add("run-" + std::to_string(i), std::to_string(i), {.plan_status = "errored"});
  for (int i = 1; i < 6; ++i)
    add("run-" + std::to_string(i), "0" + std::to_string(i), {.is_exportable = i == 2});
  EXPECT_EQ(find({}), "run-2 plan-2");
  EXPECT_EQ(lists(), 2);
}

TEST_F(Locate, SaysWhyNoneWillDo) {
  emulator_->state().set_execution_mode("acme", "net", "local");
  EXPECT_EQ(
      find({}),
      "workspace `acme/net` has no plan that can be exported: it runs Terraform locally, so it "
      "has no runs here\n    use `plan-json` with the output of `terraform show -json`\n");
  emulator_->state().set_execution_mode("acme", "net", "remote");
  EXPECT_EQ(find({}),
            "workspace `acme/net` has no plan that can be exported: it has no run yet\n"
            "    `plan-only: true` looks at speculative runs, too\n");
  add("run-1", "01", {.status = "errored", .plan_status = "errored"});
  EXPECT_EQ(find({}),
            "workspace `acme/net` has no plan that can be exported: none of the runs looked at (1) "
            "has a finished plan\n    `plan-only: true` looks at speculative runs, too\n");
  EXPECT_EQ(find({.select = Select::LatestApplied}),
            "workspace `acme/net` has no plan that can be exported: none of its runs has been "
            "applied\n    `select: latest-planned` takes a plan that was not applied\n");
  add("run-2", "02", {.is_exportable = false});
  EXPECT_EQ(
      find({}),
      "workspace `acme/net` has no plan that can be exported: of the runs looked at (2), those "
      "with a finished plan (1) are not exportable\n");
}

TEST_F(Locate, KeepsTheRunListsOwnLimit) {
  add("run-1", "01");
  for (int i = 0; i < 31; ++i)
    EXPECT_EQ(find({.plan_only = true}), "run-1 plan-1");
  EXPECT_EQ(emulator_->statistics().over_limit, 0);
  EXPECT_LE(emulator_->statistics().most_lists_per_minute, 30);
  EXPECT_GE(clock_->slept(), std::chrono::seconds(59));
}

TEST_F(Locate, WorkspacesByWildcard) {
  for (const char* name : {"net-prod", "net-staging", "shop-prod"})
    emulator_->state().set_execution_mode("acme", name, "remote");
  const auto page = client_->workspaces("acme", "*-prod", 1, {});
  ASSERT_TRUE(page);
  ASSERT_EQ(page->items.size(), 2U);
  EXPECT_EQ(page->items[1].name, "shop-prod");
  EXPECT_EQ(page->next, 0);
}

}  // namespace
