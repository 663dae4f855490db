// A first manifest for a repository as they are found: it is right, and the run is green. What
// `--ci` prints is a file that its system takes.
#include <string>

#include <gtest/gtest.h>

#include "plugin/base/file.h"
#include "plugin/base/system.h"
#include "tests/end_to_end/repository.h"

namespace end_to_end {
namespace {

class Init : public testing::Test {
 protected:
  void SetUp() override {
    repository_.write("policies/aws/p.sentinel", kPolicy);
    repository_.write("policies/aws/test/p/fail.hcl",
                      "mock \"tfplan/v2\" {\n  module {\n    source = "
                      "\"../../../../mocks/plan.sentinel\"\n  }\n}\n"
                      "test {\n  rules = {\n    main = false\n  }\n}\n");
    repository_.write("mocks/plan.sentinel", kMock);
    repository_.write("policies/without.sentinel", "main = rule { true }\n");
    repository_.write("common/helper.sentinel", "twice = func(n) { return n * 2 }\n");
    repository_.write("sentinel.hcl",
                      "import \"module\" \"helper\" {\n  source = "
                      "\"./common/helper.sentinel\"\n}\nparam \"size\" {\n  value = "
                      "3\n}\npolicy \"p\" {\n  source = "
                      "\"./policies/aws/p.sentinel\"\n}\n");
  }

  Repository repository_;
};

TEST_F(Init, FindsCasesPoliciesModulesAndParams) {
  const auto init = repository_.harness({"init"});
  EXPECT_EQ(init.exit_code, 0) << init.err;
  EXPECT_EQ(init.out, "tests.yaml: 1 native case, 1 policy without a case\nnext: harness run\n");
  EXPECT_EQ(repository_.read("tests.yaml"),
            R"(# Tests of this repository's policies; `harness run` runs them.
version: 1

defaults:
  modules:
    "helper": "common/helper.sentinel"
  params:
    "size": 3

# Mocks from real plans: a workspace's newest run, exported and kept under fixtures/.
# mocks:
#   network:
#     plan-export: { workspace: ORGANIZATION/WORKSPACE }

tests:
  - sentinel-tests: "policies/aws"
  # Policies without a case:
  # - policy: "policies/without.sentinel"
  #   cases: [ { name: the network is fine, mocks: network, expect: pass } ]
)");
  EXPECT_EQ(repository_.harness({"check"}).exit_code, 0);
  const auto run = repository_.harness({"run"});
  EXPECT_EQ(run.exit_code, 0) << run.out;
  EXPECT_NE(run.out.find("1 passed, 0 failed"), std::string::npos) << run.out;
}

TEST_F(Init, NeverWritesOverAManifest) {
  repository_.write("tests.yaml", "version: 1\n");
  const auto again = repository_.harness({"init"});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_EQ(again.err,
            "there is a `tests.yaml` already\n    `harness check` says whether it is right\n");
  const auto snippet = repository_.harness({"init", "--ci", "jenkins"});
  EXPECT_EQ(snippet.exit_code, 0) << snippet.err;
  EXPECT_EQ(snippet.out.find("tests.yaml: kept as it is\n\nJenkinsfile\n\npipeline {\n"), 0U)
      << snippet.out;
  EXPECT_EQ(repository_.read("tests.yaml"), "version: 1\n");
}

TEST_F(Init, PrintsWhatEachCiSystemTakes) {
  const struct {
    std::string system;
    std::string file;
  } systems[] = {{"github", ".github/workflows/policies.yml"},
                 {"gitlab", ".gitlab-ci.yml"},
                 {"azure", "azure-pipelines.yml"},
                 {"jenkins", "Jenkinsfile"}};
  base::System machine = base::real_system();
  machine.environment.emplace("HARNESS_VALIDATORS",
                              (base::Path(HARNESS_BINARY_DIR) / "validator").string());
  const auto node = base::find_program("node", machine.environment, repository_.path());
  bool validated = false;
  for (const auto& one : systems) {
    SCOPED_TRACE(one.system);
    std::filesystem::remove(repository_.path() / "tests.yaml");
    const auto init = repository_.harness({"init", "--ci", one.system});
    EXPECT_EQ(init.exit_code, 0) << init.err;
    const std::size_t at = init.out.find("\n" + one.file + "\n\n");
    ASSERT_NE(at, std::string::npos) << init.out;
    const std::string snippet = init.out.substr(at + one.file.size() + 3);
    EXPECT_NE(snippet.find("harness run --report junit=policies.xml"), std::string::npos);
    if (one.system == "jenkins" || !node) continue;
    repository_.write("snippet.yml", snippet);
    const auto out = base::run_child(
        {.program = *node,
         .arguments = {(base::Path(HARNESS_SOURCE_DIR) / "tests/validator/validate.mjs").string(),
                       "ci-" + one.system, (repository_.path() / "snippet.yml").string()},
         .environment = machine.environment,
         .working_directory = repository_.path()},
        base::CancelToken());
    ASSERT_TRUE(out) << to_text(out.error());
    if (out->exit_code == 3) continue;  // js-yaml is not installed
    EXPECT_EQ(out->exit_code, 0) << out->out << out->err;
    validated = true;
  }
  if (!validated) GTEST_SKIP() << "js-yaml is not installed: tests/run does it";
}

}  // namespace
}  // namespace end_to_end
