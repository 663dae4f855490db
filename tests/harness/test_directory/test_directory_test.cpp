#include "harness/test_directory/test_directory.h"

#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "plugin/sentinel/config/configuration.h"
#include "tests/golden.h"
#include "tests/harness/temporary_repository.h"

namespace harness {
namespace {

using harness_test::TemporaryRepository;

class StandingClock : public base::Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    return *base::from_rfc3339("2026-11-24T10:00:00Z");
  }
  std::chrono::steady_clock::time_point steady() const override { return {}; }
  bool sleep(std::chrono::milliseconds /*time*/, const base::CancelToken& cancel) const override {
    return !cancel.cancelled();
  }
};

constexpr const char* kPolicy = R"(import "tfplan/v2" as tfplan
import "functions"
import "regions"
import "time"
param limit
main = rule {
	functions.few(tfplan.resource_changes, limit) and regions.list contains "eu" and
	time.now is 5
}
)";

constexpr const char* kMock = R"(resource_changes = {
	"aws_instance.web": {
		"address": "aws_instance.web",
		"change": {
			"actions": [
				"create",
			],
			"after": {
				"size": "small",
			},
		},
	},
}
)";

constexpr const char* kManifest = R"(version: 1
mocks:
  network: { directory: fixtures/network }
  none:
    extends: network
    patch: [{ import: tfplan/v2, resource: aws_instance.web, remove: true }]
  large:
    extends: network
    patch: [{ import: tfplan/v2, resource: aws_instance.web, set: size, value: large }]
  other: { directory: fixtures/other }
  odd: { directory: fixtures/odd, imports: { company/data: data.sentinel } }
  bare: { directory: fixtures/odd }
defaults:
  modules: { functions: common/functions.sentinel }
  static: { regions: data/regions.json }
  extra-mocks: { time: { now: 5 } }
  params: { limit: 1 }
tests:
  - policy: policies/few.sentinel
    cases:
      - { name: one is few, mocks: network }
      - { name: none is few, mocks: none, params: { limit: 0 } }
      - { name: one is many, mocks: large, params: { limit: 0 }, expect: fail }
      - { name: One is Few!, mocks: network }
      - { name: pass, mocks: network }
      - { name: twice, mocks: [network, other] }
      - { name: twice but said, mocks: [network, other], extra-mocks: { tfplan/v2: { resource_changes: {} } } }
      - { name: module and mock, mocks: network, modules: { tfplan/v2: common/functions.sentinel } }
      - { name: company, mocks: [network, odd] }
  - sentinel-tests: policies
)";

class Directory : public testing::Test {
 protected:
  void SetUp() override {
    repository_.write("policies/few.sentinel", kPolicy);
    repository_.write("common/functions.sentinel", "few = func(m, n) { return length(m) <= n }\n");
    repository_.write("data/regions.json", R"({"list": ["eu"]})");
    repository_.write("fixtures/network/mock-tfplan-v2.sentinel", kMock);
    repository_.write("fixtures/other/mock-tfplan-v2.sentinel", kMock);
    repository_.write("fixtures/odd/data.sentinel", "x = 1\n");
    repository_.write("policies/testdata/mock.sentinel", kMock);
    repository_.write("policies/test/few/pass.hcl", R"(mock "tfplan/v2" {
  module {
    source = "../../testdata/mock.sentinel"
  }
}
mock "time" {
  data = { now = 5 }
}
import "module" "functions" {
  source = "../../../common/functions.sentinel"
}
import "static" "regions" {
  source = "../../../data/regions.json"
  format = "json"
}
param "limit" {
  value = 1
}
)");
    system_.clock = std::make_shared<StandingClock>();
    read(kManifest);
  }

  void read(std::string_view text) {
    repository_.write("tests.yaml", text);
    std::vector<base::Diagnostic> problems;
    auto manifest = read_manifest(repository_.root() / "tests.yaml",
                                  {.working_directory = repository_.root()}, problems);
    for (const base::Diagnostic& problem : problems)
      ADD_FAILURE() << base::to_text(problem);
    if (manifest) manifest_ = std::move(*manifest);
  }

  std::unique_ptr<TestDirectory> create() {
    auto out = TestDirectory::create(manifest_, system_);
    EXPECT_TRUE(out) << base::to_text(out.error());
    return out ? std::move(*out) : nullptr;
  }

  /// The folder that a mock's files come from.
  base::Path files(const Mock& mock) const {
    return std::get<DirectoryMock>(manifest_.origin(mock).kind).folder.path;
  }

  void add_mocks(TestDirectory& directory, const std::set<std::string>& names) {
    for (const std::string& name : names) {
      const Mock& mock = *manifest_.find_mock(name);
      std::vector<base::Diagnostic> warnings;
      const base::Status done = directory.add_mock(mock, files(mock), warnings);
      EXPECT_TRUE(done) << base::to_text(done.error());
    }
  }

  const Case& named(std::string_view name) const {
    for (const Case& one : manifest_.cases) {
      if (one.name == name) return one;
    }
    ADD_FAILURE() << name;
    return manifest_.cases.front();
  }

  TemporaryRepository repository_;
  base::System system_;
  Manifest manifest_;
};

TEST_F(Directory, IsOneThatSentinelTestAccepts) {
  const auto directory = create();
  add_mocks(*directory, {"network", "none", "large", "other", "odd"});
  for (const char* name : {"one is few", "none is few", "one is many", "One is Few!", "pass",
                           "twice but said", "company", "pass.hcl"}) {
    const auto placed = directory->add_case(named(name));
    ASSERT_TRUE(placed) << base::to_text(placed.error());
    EXPECT_EQ(placed->policy, "policies/few.sentinel");
    EXPECT_TRUE(std::filesystem::exists(directory->path() / placed->case_file));
    EXPECT_TRUE(placed->plugins.empty());
  }
  std::string listing;
  for (const auto& [name, text] :
       repository_.tree(directory->path().lexically_relative(repository_.root())))
    listing +=
        std::string(name).substr(name.find("/policies") == std::string::npos &&
                                         name.find("/mocks") == std::string::npos
                                     ? name.rfind('/', name.rfind('/') - 1) + 1
                                     : std::min(name.find("/policies"), name.find("/mocks")) + 1) +
        "\n";
  golden::expect_golden("listing", listing);
  // Every path in every case leads to a file of the directory.
  std::size_t sources = 0;
  const base::Path cases = directory->path() / "policies/test/few";
  for (const auto& entry : std::filesystem::directory_iterator(cases)) {
    std::ifstream in(entry.path());
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    std::vector<base::Diagnostic> errors;
    const sentinel::Configuration configuration = sentinel::read_configuration(
        std::make_shared<const base::Source>(entry.path().filename().string(), text), errors);
    for (const base::Diagnostic& error : errors)
      ADD_FAILURE() << base::to_text(error);
    std::vector<std::string> paths;
    for (const sentinel::Mock& mock : configuration.mocks)
      if (!mock.source.empty()) paths.push_back(mock.source);
    for (const sentinel::ConfiguredImport& import : configuration.imports)
      paths.push_back(import.source);
    for (const std::string& path : paths) {
      EXPECT_TRUE(std::filesystem::is_regular_file(cases / path)) << entry.path() << path;
      ++sources;
    }
  }
  EXPECT_EQ(sources, 24U);
}

TEST_F(Directory, GivesClashingNamesSixDigits) {
  const auto directory = create();
  add_mocks(*directory, {"network"});
  const auto file = [&](const char* name) {
    const auto placed = directory->add_case(named(name));
    return placed ? placed->case_file.filename().string() : base::to_text(placed.error());
  };
  const std::string first = file("one is few");
  const std::string second = file("One is Few!");
  EXPECT_EQ(first.size(), std::string("one-is-few-123456.hcl").size());
  EXPECT_NE(first, second);
  EXPECT_TRUE(first.starts_with("one-is-few-"));
  EXPECT_TRUE(second.starts_with("one-is-few-"));
  // The repository has a pass.hcl of its own.
  EXPECT_TRUE(file("pass").starts_with("pass-"));
  EXPECT_EQ(file("pass.hcl"), "pass.hcl");
}

TEST_F(Directory, RefusesTwoSourcesOfOneImport) {
  const auto directory = create();
  add_mocks(*directory, {"network", "other"});
  const auto twice = directory->add_case(named("twice"));
  ASSERT_FALSE(twice);
  EXPECT_EQ(base::to_text(twice.error()),
            "tests.yaml:26:17: mocks `network` and `other` both supply `tfplan/v2`\n"
            "    26 |       - { name: twice, mocks: [network, other] }\n"
            "       |                 ^~~~~ take one away, or say which with `extra-mocks`\n");
  const auto module = directory->add_case(named("module and mock"));
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().what, "mock `network` and module `tfplan/v2` both supply `tfplan/v2`");
}

TEST_F(Directory, RefusesAMockThatSuppliesNothing) {
  const auto directory = create();
  std::vector<base::Diagnostic> warnings;
  const Mock& bare = *manifest_.find_mock("bare");
  const base::Status done = directory->add_mock(bare, files(bare), warnings);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().what, "mock `bare` supplies no import");
}

TEST_F(Directory, TellsEveryEditThatDoesNotFit) {
  read(R"(version: 1
mocks:
  network: { directory: fixtures/network }
  broken:
    extends: network
    patch:
      - { import: tfplan/v2, resource: aws_instance.app, set: size, value: 1 }
      - { import: tfconfig/v2, set: x, value: 1 }
)");
  const auto directory = create();
  std::vector<base::Diagnostic> warnings;
  const Mock& broken = *manifest_.find_mock("broken");
  const base::Status done = directory->add_mock(broken, files(broken), warnings);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().what, "mock `broken` cannot be made");
  EXPECT_EQ(done.error().why, "2 of its edits do not fit");
  ASSERT_EQ(done.error().causes.size(), 2U);
  EXPECT_EQ(done.error().causes[0].where->line, 7U);
  EXPECT_EQ(done.error().causes[0].what,
            "no resource `aws_instance.app` in `resource_changes` of mock `broken`");
  EXPECT_EQ(done.error().causes[1].what, "mock `broken` supplies no import `tfconfig/v2`");
}

TEST_F(Directory, LeavesTheOriginalFilesAlone) {
  const auto before = repository_.tree("fixtures");
  {
    const auto directory = create();
    add_mocks(*directory, {"network", "none", "large"});
  }
  EXPECT_EQ(repository_.tree("fixtures"), before);
}

TEST_F(Directory, GoesUnlessKept) {
  base::Path gone;
  {
    const auto directory = create();
    gone = directory->path();
    EXPECT_TRUE(std::filesystem::exists(gone));
    EXPECT_EQ(repository_.read(".harness/.gitignore"), "*\n");
    EXPECT_EQ(std::filesystem::read_symlink(gone.parent_path() / "latest"), gone.filename());
    EXPECT_EQ(gone.parent_path(), repository_.root() / ".harness/work/tests");
  }
  EXPECT_FALSE(std::filesystem::exists(gone));
  EXPECT_FALSE(repository_.has(".harness/work/tests/latest"));
  base::Path kept;
  {
    const auto directory = create();
    kept = directory->path();
    directory->keep();
  }
  EXPECT_TRUE(std::filesystem::exists(kept));
  EXPECT_FALSE(std::filesystem::exists(kept / ".scratch"));
  EXPECT_TRUE(std::filesystem::exists(kept.parent_path() / "latest"));
}

TEST_F(Directory, KeepsTheNewestFew) {
  for (int i = 0; i < 9; ++i)
    create()->keep();
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(repository_.root() / ".harness/work/tests"))
    count += entry.is_symlink() ? 0 : 1;
  EXPECT_EQ(count, 5U);
}

TEST_F(Directory, RefusesLinksInItsWay) {
  const TemporaryRepository other;
  std::filesystem::create_directories(repository_.root() / ".harness");
  std::filesystem::create_directory_symlink(other.root(), repository_.root() / ".harness/work");
  const auto refused = TestDirectory::create(manifest_, system_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "`.harness/work` is a link");
  std::filesystem::remove_all(repository_.root() / ".harness");
  std::filesystem::create_directory_symlink(other.root(), repository_.root() / ".harness");
  EXPECT_FALSE(TestDirectory::create(manifest_, system_));
  EXPECT_EQ(other.tree(), (std::map<std::string, std::string>{{".git/", ""}}));
}

TEST_F(Directory, KeepsNativeCasesInTheRepository) {
  repository_.write(
      "policies/test/few/evil.hcl",
      "import \"static\" \"x\" {\n  source = \"../../../../../../../etc/passwd\"\n  format "
      "= \"json\"\n}\n");
  repository_.write("policies/test/few/plugin.hcl",
                    "import \"plugin\" \"x\" {\n  source = \"./run-me\"\n}\n");
  repository_.write("policies/test/few/plan.hcl",
                    "import \"plugin\" \"tfplan/v2\" {\n  config = {\n    plan_path = "
                    "\"/etc/passwd\"\n  }\n}\n");
  repository_.write("policies/test/few/missing.hcl",
                    "mock \"x\" {\n  module {\n    source = \"nowhere.sentinel\"\n  }\n}\n");
  std::filesystem::create_symlink("/etc/passwd",
                                  repository_.root() / "policies/test/few/linked.json");
  repository_.write(
      "policies/test/few/uses-link.hcl",
      "import \"static\" \"x\" {\n  source = \"linked.json\"\n  format = \"json\"\n}\n");
  repository_.write("tests.yaml",
                    "version: 1\ntests: [{ sentinel-tests: policies, exclude: "
                    "[\"**/linked.json\"] }]\n");
  read(repository_.read("tests.yaml"));
  const auto directory = create();
  for (const char* name : {"evil.hcl", "plan.hcl", "uses-link.hcl"}) {
    SCOPED_TRACE(name);
    const auto placed = directory->add_case(named(name));
    ASSERT_FALSE(placed);
    EXPECT_TRUE(placed.error().what.ends_with("leads out of the repository"))
        << placed.error().what;
    EXPECT_EQ(placed.error().where->file, std::string("policies/test/few/") + name);
    const auto in_place = directory->native_in_place(named(name));
    ASSERT_FALSE(in_place);
    EXPECT_EQ(base::to_text(in_place.error()), base::to_text(placed.error()));
  }
  const auto plugin = directory->add_case(named("plugin.hcl"));
  ASSERT_TRUE(plugin);
  ASSERT_EQ(plugin->plugins.size(), 1U);
  EXPECT_EQ(plugin->plugins[0].file, "policies/test/few/plugin.hcl");
  // A file that is not there is the runtime's to tell, as an error of that case.
  EXPECT_TRUE(directory->add_case(named("missing.hcl")));
}

TEST_F(Directory, ANativeCaseInPlaceIsNotCopied) {
  repository_.write("mocks/plan.sentinel", "x = 1\n");
  repository_.write("policies/test/few/mocked.hcl",
                    "mock \"x\" {\n  module {\n    source = "
                    "\"../../../mocks/plan.sentinel\"\n  }\n}\n");
  repository_.write("tests.yaml", "version: 1\ntests: [{ sentinel-tests: policies }]\n");
  read(repository_.read("tests.yaml"));
  const auto directory = create();
  const auto placed = directory->native_in_place(named("mocked.hcl"));
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->root, repository_.root());
  EXPECT_EQ(placed->policy, "policies/few.sentinel");
  EXPECT_EQ(placed->case_file, "policies/test/few/mocked.hcl");
  EXPECT_EQ(placed->code, (std::vector<base::Path>{repository_.root() / "policies/few.sentinel",
                                                   repository_.root() / "mocks/plan.sentinel"}));
  const std::string work = directory->path().lexically_relative(repository_.root()).string();
  EXPECT_EQ(repository_.tree(work),
            (std::map<std::string, std::string>{{work + "/.scratch/", ""}}));
  const auto copied = directory->add_case(named("mocked.hcl"));
  ASSERT_TRUE(copied);
  EXPECT_EQ(copied->root, directory->path());
  EXPECT_TRUE(repository_.has(work + "/mocks/plan.sentinel"));
}

TEST_F(Directory, StepsAsideForFoldersOfTheRepository) {
  repository_.write("mocks/network/own.sentinel", "x = 1\n");
  const auto directory = create();
  add_mocks(*directory, {"network"});
  const auto placed = directory->add_case(named("one is few"));
  ASSERT_TRUE(placed);
  EXPECT_FALSE(std::filesystem::exists(directory->path() / "mocks/network"));
  const std::string text = repository_.read(
      (directory->path() / placed->case_file).lexically_relative(repository_.root()));
  EXPECT_NE(text.find("../../../mocks/network-"), std::string::npos) << text;
}

// HashiCorp's CLI runs whatever stands in `test/POLICY`: what a case only names must not stand
// there.
TEST_F(Directory, WhatACaseNamesIsNoCase) {
  const char* const plugin = "import \"plugin\" \"x\" {\n  source = \"./run-me\"\n}\n";
  repository_.write("policies/test/few/plugin.hcl", plugin);
  repository_.write("policies/test/few/regions.json", R"({"list": ["eu"]})");
  repository_.write("policies/test/few/names-a-case.hcl",
                    "import \"module\" \"x\" {\n  source = \"plugin.hcl\"\n}\n");
  repository_.write("policies/test/few/names-data.hcl",
                    "import \"static\" \"x\" {\n  source = \"regions.json\"\n}\n");
  read(R"(version: 1
tests:
  - policy: policies/few.sentinel
    cases:
      - name: asks for much
        modules: { m: policies/test/few/plugin.hcl }
        static: { s: policies/test/few/regions.json }
        extra-mocks: { e: policies/test/few/plugin.hcl }
  - { sentinel-tests: policies, exclude: ["**/regions.json"] }
)");
  const auto directory = create();
  const auto placed = directory->add_case(named("asks for much"));
  ASSERT_TRUE(placed) << base::to_text(placed.error());
  std::vector<std::string> cases;
  for (const auto& entry :
       std::filesystem::directory_iterator(directory->path() / "policies/test/few"))
    cases.push_back(entry.path().filename().string());
  EXPECT_EQ(cases, std::vector<std::string>{"asks-for-much.hcl"});
  for (const base::Path& code : placed->code)
    EXPECT_TRUE(std::filesystem::is_regular_file(code)) << code;
  const auto refused = directory->add_case(named("names-a-case.hcl"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(
      base::to_text(refused.error()),
      "policies/test/few/names-a-case.hcl:2:12: `plugin.hcl` is a case itself: HashiCorp's CLI "
      "runs every case that stands beside this one\n"
      "     2 |   source = \"plugin.hcl\"\n"
      "       |            ^~~~~~~~~~~~ move it out of `policies/test/few`\n");
  EXPECT_FALSE(std::filesystem::exists(directory->path() / "policies/test/few/plugin.hcl"));
  EXPECT_TRUE(directory->add_case(named("names-data.hcl")));
}

TEST_F(Directory, StepsAsideUntilAFolderIsItsOwn) {
  repository_.write("mocks/network/own.sentinel", "x = 1\n");
  std::string name;
  {
    const auto directory = create();
    add_mocks(*directory, {"network"});
    for (const auto& entry : std::filesystem::directory_iterator(directory->path() / "mocks"))
      name = entry.path().filename().string();
  }
  repository_.write("mocks/" + name + "/own.sentinel", "x = 1\n");
  const auto directory = create();
  add_mocks(*directory, {"network"});
  EXPECT_FALSE(std::filesystem::exists(directory->path() / "mocks" / name));
}

TEST_F(Directory, IsFilledByManyThreads) {
  const auto directory = create();
  {
    std::vector<std::jthread> threads;
    for (const char* name : {"network", "none", "large", "odd"})
      threads.emplace_back([&, name] { add_mocks(*directory, {name}); });
  }
  std::vector<std::jthread> threads;
  for (const Case& one : manifest_.cases) {
    if (one.name == "twice" || one.name == "twice but said" || one.name == "module and mock")
      continue;
    threads.emplace_back([&] {
      const auto placed = directory->add_case(one);
      ASSERT_TRUE(placed) << base::to_text(placed.error());
      for (const base::Path& code : placed->code)
        EXPECT_TRUE(std::filesystem::exists(code)) << code;
    });
  }
}

}  // namespace
}  // namespace harness
