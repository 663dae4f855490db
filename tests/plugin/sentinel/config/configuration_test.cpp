#include "plugin/sentinel/config/configuration.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "plugin/base/file.h"
#include "tests/plugin/sentinel/config/printed.h"

namespace sentinel {
namespace {

Configuration read(std::string text, std::vector<base::Diagnostic>& errors,
                   std::string name = "x.hcl") {
  return read_configuration(std::make_shared<const base::Source>(std::move(name), std::move(text)),
                            errors);
}

TEST(Configuration, HoldsEveryBlock) {
  std::vector<base::Diagnostic> errors;
  const Configuration c = read(R"(
mock "time" {
  data = { hour = 9 }
}
mock "tfplan/v2" {
  module {
    source = "mock.sentinel"
  }
}
mock "attribute" {
  module = { source = "old.sentinel" }
}
import "module" "f" {
  source = "f.sentinel"
}
import "static" "s" {
  source = "s.json"
  format = "json"
}
import "plugin" "time2" {
  config = { timezone = "UTC" }
}
import "legacy" {
  path = "./plugin"
  args = ["-x"]
}
module "g" {
  source = "g.sentinel"
}
policy "p" {
  enforcement_level = "hard-mandatory"
  params = { a = 1 }
}
param "n" {
  value = 7
}
global "day" {
  value = "monday"
}
test {
  rules = {
    main  = false
    other = [1]
  }
}
sentinel {
  features = {
    terraform = true
    apply-all = false
  }
}
)",
                               errors);
  EXPECT_EQ(printed(errors), "");
  ASSERT_EQ(c.mocks.size(), 3U);
  EXPECT_EQ(printed(*c.mocks[0].data), "{hour: int 9}");
  EXPECT_EQ(c.mocks[1].source, "mock.sentinel");
  EXPECT_EQ(c.mocks[2].source, "old.sentinel");
  ASSERT_EQ(c.imports.size(), 5U);
  EXPECT_EQ(c.imports[1].kind, ImportKind::Static);
  EXPECT_EQ(printed(*c.imports[2].config), "{timezone: 'UTC'}");
  EXPECT_EQ(c.imports[3].source, "./plugin");
  EXPECT_TRUE(c.imports[4].legacy);
  ASSERT_EQ(c.policies.size(), 1U);
  EXPECT_EQ(c.policies[0].source, "./p.sentinel");
  EXPECT_EQ(name_of(c.policies[0].level), "hard-mandatory");
  EXPECT_EQ(printed(c.policies[0].params.at(0).value), "int 1");
  EXPECT_EQ(printed(c.params.at(0).value), "int 7");
  EXPECT_EQ(printed(c.globals.at(0).value), "'monday'");
  ASSERT_TRUE(c.expected_rules);
  EXPECT_EQ(c.expected_rules->size(), 2U);
  EXPECT_TRUE(c.feature("terraform"));
  EXPECT_FALSE(c.feature("apply-all"));
}

TEST(Configuration, ReportsEveryProblemAtOnce) {
  std::vector<base::Diagnostic> errors;
  (void)read(R"(mok "time" {
}
mock "time" {
  daat = {}
}
mock "a" {
  data = 1
}
mock "b" {
  data = {}
  module {
    source = "x"
  }
}
import "modul" "x" {
  source = "x"
}
import "static" "y" {
  source = "y.json"
  format = "yaml"
}
module "m" {
}
param "p" {
  value = 1
}
param "p" {
  value = 2
}
policy "q" {
  enforcement_level = "hard"
}
sentinel {
  features = {
    terafform = true
  }
}
test "x" {
}
)",
             errors);
  EXPECT_EQ(
      printed(errors),
      "x.hcl:1:1: unknown block `mok`\n"
      "     1 | mok \"time\" {\n"
      "       | ^~~~~~~~~~ did you mean `mock`?\n"
      "x.hcl:4:3: unknown key `daat` in `mock \"time\"`\n"
      "     4 |   daat = {}\n"
      "       |   ^~~~ did you mean `data`?\n"
      "x.hcl:3:1: `mock \"time\"` is empty, expected `data` or `module`\n"
      "     3 | mock \"time\" {\n"
      "       | ^~~~~~~~~~~\n"
      "x.hcl:7:10: `data` is a whole number, expected a map\n"
      "     7 |   data = 1\n"
      "       |          ^\n"
      "x.hcl:9:1: `mock \"b\"` has both `data` and `module`, expected one of them\n"
      "     9 | mock \"b\" {\n"
      "       | ^~~~~~~~\n"
      "x.hcl:15:8: unknown kind of import `modul`, expected `module`, `plugin` or `static`\n"
      "    15 | import \"modul\" \"x\" {\n"
      "       |        ^~~~~~~ did you mean `module`?\n"
      "x.hcl:20:12: unknown format `yaml`, expected `json`\n"
      "    20 |   format = \"yaml\"\n"
      "       |            ^~~~~~\n"
      "x.hcl:22:1: `source` is missing in `module \"m\"`\n"
      "    22 | module \"m\" {\n"
      "       | ^~~~~~~~~~\n"
      "x.hcl:27:1: parameter `p` is defined twice\n"
      "    27 | param \"p\" {\n"
      "       | ^~~~~~~~~ first at x.hcl:24:1\n"
      "x.hcl:31:23: unknown enforcement level `hard`, expected `advisory`, `soft-mandatory` or "
      "`hard-mandatory`\n"
      "    31 |   enforcement_level = \"hard\"\n"
      "       |                       ^~~~~~\n"
      "x.hcl:35:5: unknown feature `terafform`\n"
      "    35 |     terafform = true\n"
      "       |     ^~~~~~~~~ did you mean `terraform`?\n"
      "x.hcl:38:1: a `test` block has 1 label, expected no label\n"
      "    38 | test \"x\" {\n"
      "       | ^~~~~~~~\n");
}

class ConfigurationFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "configuration-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { (void)base::remove_tree(folder_); }
  void write(const std::string& name, std::string_view text) const {
    ASSERT_TRUE(base::write_file(folder_ / name, text));
  }

  base::Path folder_;
};

TEST_F(ConfigurationFolder, MergesFilesAndAppliesOverrides) {
  write("a.hcl",
        "policy \"p\" {\n  source = \"./p.sentinel\"\n  enforcement_level = \"advisory\"\n}\n");
  write("b.hcl", "param \"x\" {\n  value = 1\n}\n");
  write("sentinel.json", "not read");
  write("override.hcl", "policy \"p\" {\n  enforcement_level = \"soft-mandatory\"\n}\n");
  write("z_override.json", R"({"param": {"x": {"value": 2}}})");
  std::vector<base::Diagnostic> errors;
  const Configuration c = read_configuration_folder(folder_, errors);
  EXPECT_EQ(printed(errors), "");
  ASSERT_EQ(c.policies.size(), 1U);
  EXPECT_EQ(c.policies[0].source, "./p.sentinel");
  EXPECT_EQ(c.policies[0].level, EnforcementLevel::SoftMandatory);
  EXPECT_EQ(printed(c.params.at(0).value), "int 2");
}

TEST_F(ConfigurationFolder, ReadsSentinelJsonWhereThereIsNoHcl) {
  write("sentinel.json", R"({"param": {"n": 1}, "mock": {"m": {"a": true}}})");
  std::vector<base::Diagnostic> errors;
  const Configuration c = read_configuration_folder(folder_, errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_TRUE(c.legacy);
  EXPECT_EQ(c.params.size(), 1U);
  EXPECT_EQ(c.mocks.size(), 1U);
  write("sentinel.hcl", "");
  EXPECT_TRUE(read_configuration_folder(folder_, errors).params.empty());
}

TEST_F(ConfigurationFolder, NamesTheFilesOfADuplicate) {
  write("a.hcl", "param \"x\" {\n  value = 1\n}\n");
  write("b.hcl", "\nparam \"x\" {\n  value = 1\n}\n");
  std::vector<base::Diagnostic> errors;
  (void)read_configuration_folder(folder_, errors);
  EXPECT_EQ(printed(errors),
            "b.hcl:2:1: parameter `x` is defined twice\n     2 | param \"x\" {\n"
            "       | ^~~~~~~~~ first at a.hcl:1:1\n");
}

TEST_F(ConfigurationFolder, AnOverrideNeedsSomethingToOverride) {
  write("x_override.hcl", "param \"x\" {\n  value = 1\n}\n");
  std::vector<base::Diagnostic> errors;
  (void)read_configuration_folder(folder_, errors);
  EXPECT_EQ(printed(errors),
            "x_override.hcl:1:1: nothing to override: there is no `param \"x\"` block\n"
            "     1 | param \"x\" {\n       | ^~~~~~~~~\n");
}

}  // namespace
}  // namespace sentinel
