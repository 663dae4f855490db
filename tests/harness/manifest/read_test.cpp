#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/harness/manifest/reading.h"

namespace harness {
namespace {

using harness_test::Reading;
using harness_test::TemporaryRepository;

const Case& named(const Manifest& manifest, std::string_view name) {
  const auto found = std::find_if(manifest.cases.begin(), manifest.cases.end(),
                                  [&](const Case& one) { return one.name == name; });
  EXPECT_NE(found, manifest.cases.end()) << name;
  return *found;
}

std::vector<std::string> full_names(const Manifest& manifest) {
  std::vector<std::string> out;
  for (const Case& one : manifest.cases)
    out.push_back(one.full_name);
  return out;
}

/// A repository whose tests.yaml is `text`, without problems.
class ReadManifest : public testing::Test {
 protected:
  void SetUp() override { harness_test::write_usual_files(repository_); }

  const Manifest& read(std::string_view text) {
    repository_.write("tests.yaml", text);
    reading_ = harness_test::read(repository_);
    EXPECT_EQ(reading_.problems, "");
    if (!reading_.manifest) reading_.manifest.emplace();
    return *reading_.manifest;
  }

  TemporaryRepository repository_;
  Reading reading_;
};

TEST_F(ReadManifest, TakesEveryKindOfMock) {
  const Manifest& manifest = read(R"(version: 1
terraform: { hostname: app.terraform.io, organization: acme }
mocks:
  network: { plan-export: { workspace: network-prod, select: latest-applied, plan-only: true }, max-age: 1w2d }
  other: { plan-export: { workspace: beta/web } }
  run: { plan-export: { run: run-8F5JfcQ } }
  plan: { plan-export: { plan: plan-8F5JfcQ } }
  url: { plan-export: { url: "https://app.terraform.io/app/acme/workspaces/w/runs/run-8F5JfcQ" } }
  legacy: { archive: fixtures/legacy.tar.gz }
  by-hand: { directory: fixtures/by-hand, imports: { company/data: data.sentinel } }
  local: { plan-json: plan.json }
  external: { exec: [./fetch.sh, prod] }
  open-ssh:
    extends: network
    patch:
      - { import: tfplan/v2, resource: aws_security_group.web, set: "ingress[0].cidr_blocks", value: ["0.0.0.0/0"] }
      - { import: tfplan/v2, resource: aws_instance.old, remove: true }
      - { import: tfplan/v2, append: 'resource_changes["x"].change.actions', value: delete }
      - { import: tfplan/v2, remove: variables.x }
  more-open: { extends: open-ssh }
)");
  ASSERT_EQ(manifest.mocks.size(), 11U);
  const auto& network = std::get<PlanExportMock>(manifest.find_mock("network")->kind);
  EXPECT_EQ(network.organization, "acme");
  EXPECT_EQ(network.workspace, "network-prod");
  EXPECT_EQ(network.select, PlanExportMock::Select::LatestApplied);
  EXPECT_TRUE(network.plan_only);
  EXPECT_EQ(manifest.find_mock("network")->max_age, std::chrono::hours(9 * 24));
  const auto& other = std::get<PlanExportMock>(manifest.find_mock("other")->kind);
  EXPECT_EQ(other.organization, "beta");
  EXPECT_EQ(other.workspace, "web");
  EXPECT_EQ(std::get<PlanExportMock>(manifest.find_mock("run")->kind).run, "run-8F5JfcQ");
  EXPECT_EQ(std::get<PlanExportMock>(manifest.find_mock("plan")->kind).plan, "plan-8F5JfcQ");
  EXPECT_EQ(std::get<ArchiveMock>(manifest.find_mock("legacy")->kind).file.path,
            repository_.root() / "fixtures/legacy.tar.gz");
  const Mock& by_hand = *manifest.find_mock("by-hand");
  EXPECT_EQ(std::get<DirectoryMock>(by_hand.kind).folder.written, "fixtures/by-hand");
  ASSERT_EQ(by_hand.imports.size(), 1U);
  EXPECT_EQ(by_hand.imports[0].name, "company/data");
  EXPECT_EQ(by_hand.imports[0].file, "data.sentinel");
  EXPECT_EQ(std::get<ExecMock>(manifest.find_mock("external")->kind).command,
            (std::vector<std::string>{"./fetch.sh", "prod"}));
  const Mock& open = *manifest.find_mock("open-ssh");
  ASSERT_EQ(open.patches.size(), 4U);
  EXPECT_EQ(open.patches[0].action, Patch::Action::Set);
  EXPECT_EQ(open.patches[0].resource, "aws_security_group.web");
  EXPECT_EQ(open.patches[0].path, "ingress[0].cidr_blocks");
  EXPECT_EQ(open.patches[0].value.items.size(), 1U);
  EXPECT_EQ(open.patches[1].action, Patch::Action::RemoveResource);
  EXPECT_EQ(open.patches[2].action, Patch::Action::Append);
  EXPECT_EQ(open.patches[3].action, Patch::Action::Remove);
  EXPECT_EQ(open.patches[3].path, "variables.x");
  EXPECT_EQ(manifest.origin(*manifest.find_mock("more-open")).name, "network");
  EXPECT_EQ(by_hand.kind_name(), "directory");
  EXPECT_TRUE(manifest.find_mock("external")->recorded());
  EXPECT_FALSE(open.recorded());
}

TEST_F(ReadManifest, KnowsItsPlacesAndDefaults) {
  const Manifest& manifest = read("version: 1\n");
  EXPECT_EQ(manifest.root, repository_.root());
  EXPECT_EQ(manifest.folder, repository_.root());
  EXPECT_EQ(manifest.fixtures, repository_.root() / "fixtures");
  EXPECT_EQ(manifest.display, "tests.yaml");
  EXPECT_EQ(manifest.sentinel.runtime, RuntimeChoice::Auto);
  EXPECT_FALSE(manifest.terraform);
}

TEST_F(ReadManifest, TakesAnAddressOnLoopback) {
  const Manifest& manifest = read(
      "version: 1\nterraform: { address: \"http://127.0.0.1:8080/\", organization: acme }\n"
      "sentinel: { runtime: both, version: \">= 0.26, < 1.0\" }\nfixtures: data/mocks/\n");
  EXPECT_EQ(manifest.terraform->address, "http://127.0.0.1:8080");
  EXPECT_EQ(manifest.terraform->hostname, "127.0.0.1:8080");
  EXPECT_EQ(manifest.sentinel.runtime, RuntimeChoice::Both);
  EXPECT_EQ(manifest.sentinel.version, ">= 0.26, < 1.0");
  EXPECT_EQ(manifest.fixtures, repository_.root() / "data/mocks");
}

TEST_F(ReadManifest, MergesDefaultsPolicyAndCase) {
  const Manifest& manifest = read(R"(version: 1
defaults:
  mocks: a
  params: { x: 1, y: 1 }
  globals: { g: [1] }
  modules: { tfplan-functions: common/tfplan-functions.sentinel }
  static: { regions: data/regions.json }
  extra-mocks: { time: fixtures/mock-time.sentinel }
  tags: [all]
  expect: fail
mocks:
  a: { plan-json: plan.json }
  b: { plan-json: plan.json }
tests:
  - policy: policies/restrict-ssh.sentinel
    params: { y: 2 }
    tags: [network, all]
    skip: not yet
    cases:
      - { name: one }
      - name: two
        mocks: [b, a, b]
        params: { y: 3, z: 3 }
        extra-mocks: { time: { now: 5 } }
        tags: [slow]
        expect: undefined
        skip: other reason
)");
  const Case& one = named(manifest, "one");
  EXPECT_EQ(one.full_name, "policies/restrict-ssh/one");
  EXPECT_EQ(one.policy.written, "policies/restrict-ssh.sentinel");
  EXPECT_EQ(one.mocks, (std::vector<std::string>{"a"}));
  EXPECT_EQ(one.tags, (std::vector<std::string>{"all", "network"}));
  EXPECT_EQ(one.skip, "not yet");
  EXPECT_EQ(one.expect.result, Expectation::Result::Fail);
  ASSERT_EQ(one.params.size(), 2U);
  EXPECT_EQ(one.params[1].name, "y");
  EXPECT_EQ(one.params[1].value.integer, 2);
  ASSERT_EQ(one.modules.size(), 1U);
  EXPECT_EQ(one.modules[0].file.path, repository_.root() / "common/tfplan-functions.sentinel");
  ASSERT_EQ(one.statics.size(), 1U);
  ASSERT_EQ(one.globals.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<NamedPath>(one.extra_mocks.at(0).source));
  const Case& two = named(manifest, "two");
  EXPECT_EQ(two.mocks, (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(two.tags, (std::vector<std::string>{"all", "network", "slow"}));
  EXPECT_EQ(two.skip, "other reason");
  EXPECT_EQ(two.expect.result, Expectation::Result::Undefined);
  ASSERT_EQ(two.params.size(), 3U);
  EXPECT_EQ(two.params[1].value.integer, 3);
  EXPECT_TRUE(std::holds_alternative<base::ConfigNode>(two.extra_mocks.at(0).source));
}

TEST_F(ReadManifest, TakesEveryFormOfExpect) {
  const Manifest& manifest = read(R"(version: 1
tests:
  - policy: policies/restrict-ssh.sentinel
    cases:
      - { name: nothing }
      - { name: error, expect: error }
      - { name: rules, expect: { rules: { main: false, ports: [22] } } }
      - name: prints
        expect: { prints: { contains: [a, b], not-contains: c, matches: "^d", equals: "" }, result: fail }
      - { name: message, expect: { error: { matches: "undefined.*ingress" } } }
)");
  const Expectation& nothing = named(manifest, "nothing").expect;
  EXPECT_EQ(nothing.result, Expectation::Result::Pass);
  EXPECT_FALSE(nothing.wants_error);
  const Expectation& error = named(manifest, "error").expect;
  EXPECT_EQ(error.result, Expectation::Result::Error);
  EXPECT_TRUE(error.wants_error);
  const Expectation& rules = named(manifest, "rules").expect;
  EXPECT_FALSE(rules.result);
  ASSERT_EQ(rules.rules.size(), 2U);
  EXPECT_EQ(rules.rules[0].name, "main");
  EXPECT_EQ(rules.rules[1].value.items.at(0).integer, 22);
  const Expectation& prints = named(manifest, "prints").expect;
  EXPECT_EQ(prints.result, Expectation::Result::Fail);
  ASSERT_EQ(prints.prints.size(), 5U);
  EXPECT_EQ(prints.prints[1].text, "b");
  EXPECT_EQ(prints.prints[2].how, TextExpectation::How::NotContains);
  EXPECT_EQ(prints.prints[3].how, TextExpectation::How::Matches);
  EXPECT_EQ(prints.prints[4].how, TextExpectation::How::Equals);
  const Expectation& message = named(manifest, "message").expect;
  EXPECT_FALSE(message.result);
  EXPECT_TRUE(message.wants_error);
  EXPECT_EQ(message.error.at(0).text, "undefined.*ingress");
}

TEST_F(ReadManifest, ExpandsEach) {
  const Manifest& manifest = read(R"(version: 1
mocks: { a: { plan-json: plan.json }, b: { plan-json: plan.json } }
tests:
  - policy: policies/restrict-ssh.sentinel
    cases:
      - name: port ${port} is ${word}
        each:
          - { port: 22, word: closed, want: fail, mocks: [a, b], more: { x: 1.50 } }
          - { port: 0x50, word: true, want: { rules: { main: true } }, mocks: a, more: ~ }
        mocks: "${mocks}"
        params: { port: "${port}", text: "p${port}", literal: "$${port} $$${port}", more: "${more}", t: "${more}" }
        tags: ["tag-${port}"]
        expect: "${want}"
      - { name: plain, params: { port: "${port}" } }
)");
  EXPECT_EQ(full_names(manifest),
            (std::vector<std::string>{"policies/restrict-ssh/port 22 is closed",
                                      "policies/restrict-ssh/port 0x50 is true",
                                      "policies/restrict-ssh/plain"}));
  const Case& first = manifest.cases[0];
  EXPECT_EQ(first.params[0].value.kind, base::ConfigNode::Kind::Int);
  EXPECT_EQ(first.params[0].value.integer, 22);
  EXPECT_EQ(first.params[1].value.text, "p22");
  EXPECT_EQ(first.params[2].value.text, "${port} $${port}");
  EXPECT_EQ(first.params[3].value.kind, base::ConfigNode::Kind::Map);
  EXPECT_EQ(first.mocks, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(first.tags, (std::vector<std::string>{"tag-22"}));
  EXPECT_EQ(first.expect.result, Expectation::Result::Fail);
  const Case& second = manifest.cases[1];
  EXPECT_EQ(second.params[0].value.integer, 80);
  EXPECT_EQ(second.params[3].value.kind, base::ConfigNode::Kind::Null);
  EXPECT_EQ(second.expect.rules.at(0).name, "main");
  // Without `each` nothing is special.
  EXPECT_EQ(manifest.cases[2].params[0].value.text, "${port}");
}

TEST_F(ReadManifest, FindsNativeCases) {
  repository_.write("policies/test/restrict-ssh/pass.hcl", "# nothing\n");
  repository_.write("policies/test/restrict-ssh/fail.hcl",
                    "test {\n  rules = {\n    main = false\n  }\n}\n");
  repository_.write("policies/test/restrict-ssh/old.json", R"({"test": {"main": false}})");
  repository_.write("policies/test/restrict-ssh/broken.hcl", "test {");
  repository_.write("policies/test/restrict-ssh/readme.md", "");
  repository_.write("policies/test/restrict-ssh/mocks/deeper.hcl", "");
  repository_.write("policies/sub/deep.sentinel", "main = true\n");
  repository_.write("policies/sub/test/deep/a.hcl", "");
  repository_.write("policies/.sentinel/copy.sentinel", "main = true\n");
  repository_.write("policies/.sentinel/test/copy/a.hcl", "");
  repository_.write("policies/old/gone.sentinel", "main = true\n");
  repository_.write("policies/old/test/gone/a.hcl", "");
  const Manifest& manifest = read(R"(version: 1
tests:
  - { sentinel-tests: policies, tags: [native], exclude: [old, "**/test/deep/b*"] }
)");
  EXPECT_EQ(full_names(manifest), (std::vector<std::string>{
                                      "policies/restrict-ssh/broken.hcl",
                                      "policies/restrict-ssh/fail.hcl",
                                      "policies/restrict-ssh/old.json",
                                      "policies/restrict-ssh/pass.hcl",
                                      "policies/sub/deep/a.hcl",
                                  }));
  const Case& fail = named(manifest, "fail.hcl");
  ASSERT_TRUE(fail.native);
  EXPECT_EQ(fail.native->written, "policies/test/restrict-ssh/fail.hcl");
  EXPECT_EQ(fail.policy.written, "policies/restrict-ssh.sentinel");
  EXPECT_EQ(fail.tags, (std::vector<std::string>{"native"}));
  EXPECT_FALSE(fail.expect.result);
  ASSERT_EQ(fail.expect.rules.size(), 1U);
  EXPECT_FALSE(fail.expect.rules[0].value.boolean);
  EXPECT_EQ(named(manifest, "old.json").expect.rules.size(), 1U);
  EXPECT_EQ(named(manifest, "pass.hcl").expect.result, Expectation::Result::Pass);
  ASSERT_EQ(manifest.sentinel_tests.size(), 1U);
  EXPECT_EQ(manifest.sentinel_tests[0].folder.written, "policies");
}

TEST_F(ReadManifest, IncludesFilesInPlace) {
  repository_.write("more/b.yaml", R"(tests:
  - policy: ../policies/required-tags.sentinel
    cases: [{ name: b }]
)");
  repository_.write("more/a.yaml", R"(tests:
  - policy: ../policies/required-tags.sentinel
    cases: [{ name: a, extra-mocks: { x: here.sentinel } }]
  - include: deeper/c.yaml
)");
  repository_.write("more/here.sentinel", "");
  repository_.write("more/deeper/c.yaml", R"(tests:
  - policy: ../../policies/required-tags.sentinel
    cases: [{ name: c }]
)");
  const Manifest& manifest = read(R"(version: 1
defaults: { tags: [everywhere], modules: { f: common/tfplan-functions.sentinel } }
tests:
  - policy: policies/restrict-ssh.sentinel
    cases: [{ name: first }]
  - include: more/*.yaml
  - policy: policies/restrict-ssh.sentinel
    cases: [{ name: last }]
)");
  EXPECT_EQ(full_names(manifest), (std::vector<std::string>{
                                      "policies/restrict-ssh/first",
                                      "policies/required-tags/a",
                                      "policies/required-tags/c",
                                      "policies/required-tags/b",
                                      "policies/restrict-ssh/last",
                                  }));
  const Case& a = named(manifest, "a");
  EXPECT_EQ(a.where.file, "more/a.yaml");
  EXPECT_EQ(a.where.line, 3U);
  EXPECT_EQ(a.tags, (std::vector<std::string>{"everywhere"}));
  EXPECT_EQ(std::get<NamedPath>(a.extra_mocks.at(0).source).written, "more/here.sentinel");
  EXPECT_EQ(a.modules.at(0).file.written, "common/tfplan-functions.sentinel");
  EXPECT_EQ(manifest.files.size(), 4U);
}

TEST_F(ReadManifest, KeepsTheNameOfALinkedPolicy) {
  std::filesystem::create_symlink("restrict-ssh.sentinel",
                                  repository_.root() / "policies/alias.sentinel");
  const Manifest& manifest = read(R"(version: 1
tests:
  - policy: ./policies/../policies/alias.sentinel
    cases: [{ name: a }]
)");
  EXPECT_EQ(manifest.cases.at(0).policy.written, "policies/alias.sentinel");
  EXPECT_EQ(manifest.cases.at(0).policy.path,
            repository_.root() / "policies/restrict-ssh.sentinel");
}

TEST_F(ReadManifest, WorksBelowTheRootOfTheRepository) {
  repository_.write("team/tests.yaml", R"(version: 1
tests:
  - policy: ../policies/restrict-ssh.sentinel
    cases: [{ name: a }]
)");
  const Reading reading = harness_test::read(repository_, "team/tests.yaml");
  ASSERT_EQ(reading.problems, "");
  EXPECT_EQ(reading.manifest->fixtures, repository_.root() / "team/fixtures");
  EXPECT_EQ(reading.manifest->root, repository_.root());
  EXPECT_EQ(reading.manifest->cases.at(0).full_name, "policies/restrict-ssh/a");
}

TEST_F(ReadManifest, LeavesTheRepositoryOnlyWhenAllowed) {
  const TemporaryRepository other;
  other.write("secret.sentinel", "main = true\n");
  std::filesystem::create_symlink(other.root() / "secret.sentinel",
                                  repository_.root() / "policies/linked.sentinel");
  repository_.write("tests.yaml", R"(version: 1
tests:
  - policy: policies/linked.sentinel
    cases: [{ name: a }]
)");
  const Reading refused = harness_test::read(repository_);
  EXPECT_FALSE(refused.manifest);
  EXPECT_EQ(refused.problems,
            "tests.yaml:3:13: policy `policies/linked.sentinel` leads out of the repository: it "
            "resolves to `" +
                (other.root() / "secret.sentinel").string() + "`, which is not below `" +
                repository_.root().string() +
                "`\n"
                "     3 |   - policy: policies/linked.sentinel\n"
                "       |             ^~~~~~~~~~~~~~~~~~~~~~~~ keep the file in the repository, "
                "or pass --allow-outside\n");
  std::vector<base::Diagnostic> problems;
  const auto allowed =
      read_manifest(repository_.root() / "tests.yaml",
                    {.allow_outside = true, .working_directory = repository_.root()}, problems);
  ASSERT_TRUE(allowed);
  EXPECT_EQ(allowed->cases.at(0).policy.path, other.root() / "secret.sentinel");
}

TEST_F(ReadManifest, IsFoundFromBelow) {
  repository_.write("tests.yaml", "version: 1\n");
  const auto found = find_manifest(repository_.root() / "policies");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, repository_.root() / "tests.yaml");
  std::filesystem::remove(repository_.root() / "tests.yaml");
  const auto missing = find_manifest(repository_.root() / "policies");
  ASSERT_FALSE(missing);
  EXPECT_EQ(base::to_text(missing.error()),
            "no manifest `tests.yaml` in `" + (repository_.root() / "policies").string() +
                "` or above it, up to `" + repository_.root().string() +
                "`\n    `harness init` writes a first one\n");
}

TEST_F(ReadManifest, BoundsWhatEachMakes) {
  std::string text =
      "version: 1\ntests:\n  - policy: policies/restrict-ssh.sentinel\n    cases:\n"
      "      - name: n${i}\n        params: { big: \"" +
      std::string(100'000, 'x') + "${i}\" }\n        each:\n";
  for (int i = 0; i < 2'000; ++i)
    text += "          - { i: " + std::to_string(i) + " }\n";
  repository_.write("tests.yaml", text);
  const Reading reading = harness_test::read(repository_);
  EXPECT_FALSE(reading.manifest);
  EXPECT_EQ(reading.problems,
            "tests.yaml:6:24: the rows of `each` make more than a manifest can hold\n"
            "    split the table over several manifests\n");
}

}  // namespace
}  // namespace harness
