#include "plugin/mock_source/plan_json/plan_json.h"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plugin/base/file.h"

namespace mock_source {
namespace {

class PlanJson : public testing::Test {
 protected:
  void SetUp() override {
    auto folder = base::make_staging_folder(testing::TempDir(), "plan-json-");
    ASSERT_TRUE(folder);
    root_ = *folder;
    std::filesystem::create_directory(root_ / "out");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  base::Result<Provenance> fetch(std::string_view json) {
    EXPECT_TRUE(base::write_file(root_ / "plan.json", json));
    return make_plan_json(root_ / "plan.json", "plans/plan.json")
        ->fetch(
            root_ / "out", [this](std::string_view state) { states_.emplace_back(state); },
            base::CancelToken());
  }
  std::set<std::string> files() const {
    std::set<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(root_ / "out"))
      out.insert(entry.path().filename().string());
    return out;
  }
  std::string text(const char* name) const {
    const auto read = base::read_file(root_ / "out" / name);
    return read ? *read : "cannot be read";
  }

  base::Path root_;
  std::vector<std::string> states_;
};

TEST_F(PlanJson, WritesABundle) {
  const auto provenance = fetch(R"({"format_version": "1.2", "terraform_version": "1.9.4"})");
  ASSERT_TRUE(provenance);
  EXPECT_EQ(*provenance, Provenance{.kind = "plan-json"});
  EXPECT_EQ(files(), (std::set<std::string>{"mock-tfconfig-v2.sentinel", "mock-tfplan-v2.sentinel",
                                            "mock-tfstate-v2.sentinel", "sentinel.hcl"}));
  EXPECT_TRUE(text("mock-tfplan-v2.sentinel").starts_with("terraform_version = \"1.9.4\"\n"));
  EXPECT_TRUE(
      text("mock-tfconfig-v2.sentinel").starts_with("import \"strings\"\n\nproviders = {}\n"));
  EXPECT_EQ(text("mock-tfstate-v2.sentinel"),
            "terraform_version = undefined\n\noutputs = {}\n\nresources = {}\n");
  EXPECT_EQ(
      text("sentinel.hcl"),
      "mock \"tfconfig/v2\" {\n  module {\n    source = \"mock-tfconfig-v2.sentinel\"\n  }\n}\n"
      "\n"
      "mock \"tfplan/v2\" {\n  module {\n    source = \"mock-tfplan-v2.sentinel\"\n  }\n}\n"
      "\n"
      "mock \"tfstate/v2\" {\n  module {\n    source = \"mock-tfstate-v2.sentinel\"\n  }\n}\n");
  EXPECT_EQ(states_, (std::vector<std::string>{"reading the plan", "writing mocks"}));
}

TEST_F(PlanJson, NamesAPlanThatIsNone) {
  const auto provenance = fetch("{}");
  ASSERT_FALSE(provenance);
  EXPECT_EQ(base::to_text(provenance.error()),
            "`plans/plan.json` is no Terraform plan: it has no `format_version`\n"
            "    make it with `terraform show -json PLANFILE`\n");
  EXPECT_TRUE(files().empty());
}

TEST_F(PlanJson, NamesAFileThatIsNotThere) {
  const auto provenance = make_plan_json(root_ / "none.json", "plans/none.json")
                              ->fetch(
                                  root_ / "out", [](std::string_view) {}, base::CancelToken());
  ASSERT_FALSE(provenance);
  EXPECT_EQ(base::to_text(provenance.error()),
            "`plans/none.json` cannot be made into mocks: No such file or directory\n");
}

TEST_F(PlanJson, StopsWhenCancelled) {
  ASSERT_TRUE(base::write_file(root_ / "plan.json", R"({"format_version": "1.2"})"));
  const base::CancelToken cancel;
  cancel.cancel(base::CancelReason::Interrupt);
  const auto provenance = make_plan_json(root_ / "plan.json", "plans/plan.json")
                              ->fetch(
                                  root_ / "out", [](std::string_view) {}, cancel);
  ASSERT_FALSE(provenance);
  EXPECT_EQ(provenance.error().why, "stopped while writing mocks");
}

}  // namespace
}  // namespace mock_source
