// The road from a place to a folder of mocks, against the emulator: one create a plan, adopt what
// is there, delete what is ours, and every fault on the way.
#include "plugin/mock_source/plan_export/plan_export.h"

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "plugin/terraform_api/origin.h"
#include "tests/emulator/testing.h"

namespace {

using emulator::Emulator;
using emulator::FakeClock;
using emulator::Fault;
using emulator::RunData;
using emulator::TemporaryFolder;
using mock_source::PlanExports;
using mock_source::Provenance;

constexpr const char* kRun = "run-8F5JFydVYAmtTjET";
constexpr const char* kPlan = "plan-8F5JFydVYAmtTjET";

class PlanExport : public testing::Test {
 protected:
  void start(emulator::Options options = {}) {
    options.clock = clock_;
    options.tokens = {"good-token"};
    options.readers = {"reader-token"};
    emulator_ = std::make_unique<Emulator>(options);
    ASSERT_TRUE(emulator_->start());
    emulator_->state().add(emulator::run_data(folder_, kRun));
    make_exports("good-token");
  }

  void make_exports(const std::string& token) {
    const auto system =
        emulator::test_system(clock_, {{"TFE_ADDRESS", emulator_->address()},
                                       {"TFE_TOKEN", token},
                                       {"TMPDIR", folder_.make("scratch").string()}});
    exports_ = std::make_unique<PlanExports>(system, options_);
  }

  /// "ok", or the error's text.
  std::string fetch(terraform_api::Place place, const std::string& name = "out") {
    const auto origin = terraform_api::origin_of_address(emulator_->address());
    auto source = exports_->source(*origin, std::move(place));
    auto result = source->fetch(folder_.make(name), nullptr, cancel_);
    if (!result) return masked(base::to_text(result.error()));
    provenance_ = *result;
    return "ok";
  }
  std::string fetch_plan(const std::string& name = "out") { return fetch({.plan = kPlan}, name); }

  void fault(Fault fault) { ASSERT_TRUE(emulator_->faults().add(std::move(fault))); }

  /// Ports are the system's choice.
  std::string masked(std::string text) const {
    for (const auto& [from, to] : {std::pair{emulator_->address().substr(17), "API"},
                                   std::pair{emulator_->archive_address().substr(17), "ARCHIVE"}}) {
      for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + 1))
        text.replace(at, from.size(), to);
    }
    for (std::size_t at = text.find("pe-"); at != std::string::npos; at = text.find("pe-", at + 3))
      if (text.size() > at + 19) text.replace(at + 3, 16, "ID");
    return text;
  }

  void expect_no_trace() {
    exports_.reset();
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "scratch"));
    EXPECT_EQ(emulator_->statistics().tokens_at_archive, 0);
  }

  std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  TemporaryFolder folder_;
  std::unique_ptr<Emulator> emulator_;
  mock_source::PlanExportOptions options_;
  std::unique_ptr<PlanExports> exports_;
  base::CancelToken cancel_;
  Provenance provenance_;
};

TEST_F(PlanExport, OfAWorkspaceIsCreatedAwaitedUnpackedAndDeleted) {
  start();
  EXPECT_EQ(fetch({.organization = "acme", .workspace = "network-prod"}), "ok");
  EXPECT_EQ(emulator::read_text(folder_.path() / "out/mock-tfplan-v2.sentinel"),
            "terraform_version = \"1.9.8\"\n");
  EXPECT_EQ(provenance_.kind, "plan-export");
  EXPECT_EQ(provenance_.workspace, "acme/network-prod");
  EXPECT_EQ(provenance_.run, kRun);
  EXPECT_EQ(provenance_.plan, kPlan);
  EXPECT_EQ(provenance_.made_at, "2026-09-21T14:13:21Z");
  EXPECT_EQ(provenance_.archive_sha256.size(), 64U);
  const auto seen = emulator_->statistics();
  EXPECT_EQ(seen.creates, (std::map<std::string, int>{{kPlan, 1}}));
  EXPECT_EQ(seen.deletes, 1);
  EXPECT_EQ(seen.live_exports, 0);
  expect_no_trace();
}

TEST_F(PlanExport, OfARunNamesItsWorkspace) {
  start();
  EXPECT_EQ(fetch({.run = kRun}), "ok");
  EXPECT_EQ(provenance_.workspace, "acme/network-prod");
  EXPECT_EQ(provenance_.plan, kPlan);
}

TEST_F(PlanExport, TwoMocksOfOnePlanShareOneExport) {
  start();
  EXPECT_EQ(fetch({.organization = "acme", .workspace = "network-prod"}, "a"), "ok");
  EXPECT_EQ(fetch({.plan = kPlan}, "b"), "ok");
  EXPECT_EQ(emulator_->statistics().creates.at(kPlan), 1);
  EXPECT_EQ(emulator_->statistics().deletes, 1);
  EXPECT_EQ(emulator_->statistics().downloads, 1);
  expect_no_trace();
}

TEST_F(PlanExport, ManyMocksAtOnceShareOneExport) {
  start();
  std::vector<std::string> results(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto origin = terraform_api::origin_of_address(emulator_->address());
      auto source = exports_->source(*origin, {.run = kRun});
      auto result = source->fetch(folder_.make("out" + std::to_string(i)), nullptr, cancel_);
      results[i] = result ? "ok" : base::to_text(result.error());
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(results, std::vector<std::string>(8, "ok"));
  EXPECT_EQ(emulator_->statistics().creates.at(kPlan), 1);
  EXPECT_EQ(emulator_->statistics().deletes, 1);
  expect_no_trace();
}

TEST_F(PlanExport, ThatIsLiveIsAdoptedAndNotDeleted) {
  start();
  ASSERT_TRUE(emulator_->state().create(kPlan, "finished"));
  EXPECT_EQ(fetch_plan(), "ok");
  EXPECT_EQ(emulator_->statistics().creates.at(kPlan), 1);
  EXPECT_EQ(emulator_->statistics().deletes, 0);
  EXPECT_EQ(emulator_->statistics().live_exports, 1);
  expect_no_trace();
}

TEST_F(PlanExport, FoundByA422IsAdopted) {
  start();
  // Somebody else was quicker: the plan's first answer did not show it yet.
  ASSERT_TRUE(emulator_->state().create(kPlan, "finished"));
  fault({.route = "plan", .kind = "no-exports"});
  EXPECT_EQ(fetch_plan(), "ok");
  EXPECT_EQ(emulator_->statistics().requests.at("create"), 1);
  EXPECT_EQ(emulator_->statistics().creates.at(kPlan), 1);
  EXPECT_EQ(emulator_->statistics().deletes, 0);
}

TEST_F(PlanExport, WhoseCreationLostItsAnswerIsFoundAndLeftToExpire) {
  start();
  fault({.route = "create", .kind = "lost"});
  EXPECT_EQ(fetch_plan(), "ok");
  EXPECT_EQ(emulator_->statistics().requests.at("create"), 1);
  EXPECT_EQ(emulator_->statistics().creates.at(kPlan), 1);
  EXPECT_EQ(emulator_->statistics().deletes, 0);
  expect_no_trace();
}

}  // namespace
