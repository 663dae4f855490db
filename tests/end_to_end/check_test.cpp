// `harness check` reads what the manifest names, as a run would, and tells all that is wrong.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "tests/end_to_end/repository.h"
#include "tests/plugin/mock_bundle/archive_maker.h"

namespace end_to_end {
namespace {

class Check : public testing::Test {
 protected:
  void SetUp() override {
    repository_.set("TMPDIR", temporary_.string());
    repository_.write("policies/p.sentinel", kPolicy);
    repository_.write("mocks/mock-tfplan-v2.sentinel", kMock);
  }

  /// What `harness check` says, which ends with `code`.
  std::string check(int code, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"check"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto out = repository_.harness(arguments);
    EXPECT_EQ(out.exit_code, code);
    EXPECT_TRUE(std::filesystem::is_empty(temporary_));
    return out.out + out.err;
  }

  Repository repository_;
  base::Path temporary_ = repository_.outside("temporary");
};

TEST_F(Check, TellsAllThatIsWrongAtOnce) {
  for (const auto& [file, text] : std::vector<std::pair<std::string, std::string>>{
           {"policies/open.sentinel", "main = rule {\n"},
           {"policies/twice.sentinel", "import \"time\"\nimport \"time\"\nmain = true\n"},
           {"common/f.sentinel", "f = func( {\n"},
           {"data/d.json", "{\"a\": }\n"},
           {"extra.sentinel", "q = \n"},
           {"broken/mock-tfplan-v2.sentinel", "x = \n"},
           {"listed/sentinel.hcl", "mock \"t\" {\n"},
           {"empty/readme.md", ""},
           {"bundle.tar.gz", "nothing"},
           {"bundle/mock-tfplan-v2.sentinel", "y = [\n"},
           {"plan.json", "{\"planned\n"},
           {"native/n.sentinel", "main = true\n"},
           {"native/test/n/hcl.hcl", "mock \"a\" {\n"},
           {"native/test/n/json.json", "{\"mock\": \n"},
           {"native/test/n/names.hcl",
            "mock \"a\" {\n  module {\n    source = \"nowhere.sentinel\"\n  }\n}\n"
            "import \"module\" \"f\" {\n  source = \"../../../common/f.sentinel\"\n}\n"
            "import \"module\" \"g\" {\n  source = \"git::https://example.com/g.git\"\n}\n"}})
    repository_.write(file, text);
  std::string damaged =
      archive_maker::tar_gz({{"mock-tfplan-v2.sentinel", std::string(9'999, 'x')}});
  damaged.resize(damaged.size() / 2);
  repository_.write("damaged.tar.gz", damaged);
  repository_.write("inside.tar.gz",
                    archive_maker::tar_gz({{"mock-tfplan-v2.sentinel", "y = [\n"}}));
  repository_.write("tests.yaml", R"(version: 1
mocks:
  good: { directory: mocks }
  edited: { extends: good, patch: [{ import: tfplan/v2, set: nothing.there, value: 1 }] }
  broken: { directory: broken }
  of-broken: { extends: broken, patch: [{ import: tfplan/v2, set: x, value: 1 }] }
  listed: { directory: listed }
  empty: { directory: empty }
  none: { archive: bundle.tar.gz }
  damaged: { archive: damaged.tar.gz }
  inside: { archive: inside.tar.gz }
  plan: { plan-json: plan.json }
  program: { exec: [touch, ran] }
  export: { plan-export: { run: run-1 } }
tests:
  - policy: policies/open.sentinel
    modules: { f: common/f.sentinel }
    static: { d: data/d.json }
    cases: [{ name: a, mocks: good }, { name: b, extra-mocks: { e: extra.sentinel } }]
  - policy: policies/twice.sentinel
    cases: [{ name: a, mocks: good }]
  - sentinel-tests: native
)");
  EXPECT_EQ(
      check(2),
      "tests.yaml:4:36: path `nothing.there` does not exist: import `tfplan/v2` has no `nothing`\n"
      "     4 |   edited: { extends: good, patch: [{ import: tfplan/v2, set: nothing.there, value: "
      "1 }] }\n"
      "       |                                    "
      "^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
      "broken/mock-tfplan-v2.sentinel:1:4: found the end of the file, expected an expression\n"
      "     1 | x = \n"
      "       |    ^\n"
      "listed/sentinel.hcl:1:1: the block is not closed\n"
      "     1 | mock \"t\" {\n"
      "       | ^~~~ close it with `}`\n"
      "tests.yaml:8:3: mock `empty` supplies no import: there is no `sentinel.hcl` with `mock` "
      "blocks in it and no file called like `mock-tfplan-v2.sentinel`\n"
      "     8 |   empty: { directory: empty }\n"
      "       |   ^~~~~ name its files under `imports`\n"
      "tests.yaml:9:3: archive `bundle.tar.gz` cannot be unpacked: its first bytes are neither "
      "those of a .tar.gz nor those of a .zip (it has 7 bytes)\n"
      "     9 |   none: { archive: bundle.tar.gz }\n"
      "       |   ^~~~\n"
      "tests.yaml:10:3: archive `damaged.tar.gz` cannot be unpacked: it is cut short: the "
      "compressed data has no end\n"
      "    10 |   damaged: { archive: damaged.tar.gz }\n"
      "       |   ^~~~~~~ fetch it again\n"
      "tests.yaml:11:3: mock file `inside.tar.gz/mock-tfplan-v2.sentinel` does not parse\n"
      "    11 |   inside: { archive: inside.tar.gz }\n"
      "       |   ^~~~~~\n"
      "  inside.tar.gz/mock-tfplan-v2.sentinel:1:6: found the end of the file, expected an "
      "expression\n"
      "       1 | y = [\n"
      "         |      ^\n"
      "plan.json:2:1: invalid JSON: a string is not closed\n"
      "policies/open.sentinel:1:14: found the end of the file, expected an expression\n"
      "     1 | main = rule {\n"
      "       |              ^\n"
      "common/f.sentinel:1:11: found `{`, expected the name of a parameter\n"
      "     1 | f = func( {\n"
      "       |           ^\n"
      "data/d.json:1:7: invalid JSON: a value, `,`, `:` or closing bracket was expected here\n"
      "     1 | {\"a\": }\n"
      "       |       ^\n"
      "policies/twice.sentinel:2:8: import `time` stands twice\n"
      "     2 | import \"time\"\n"
      "       |        ^~~~~~ import it once, and use that name everywhere\n"
      "extra.sentinel:1:4: found the end of the file, expected an expression\n"
      "     1 | q = \n"
      "       |    ^\n"
      "native/test/n/hcl.hcl:1:1: the block is not closed\n"
      "     1 | mock \"a\" {\n"
      "       | ^~~~ close it with `}`\n"
      "native/test/n/json.json:2:1: found the end of the file, expected a value\n"
      "native/test/n/names.hcl:3:14: mock `a` cannot be read: `native/test/n/nowhere.sentinel`: No "
      "such file or directory\n"
      "     3 |     source = \"nowhere.sentinel\"\n"
      "       |              ^~~~~~~~~~~~~~~~~~\n"
      "16 problems\n");
  EXPECT_FALSE(repository_.has("ran"));
  EXPECT_FALSE(repository_.has(".harness"));
}

TEST_F(Check, FixturesAreAsTheLockSays) {
  repository_.write("make.sh", "cp mocks/* \"$1\"\necho 'x = 1' > \"$1/mock-tfrun.sentinel\"\n");
  repository_.write("tests.yaml", R"(version: 1
mocks:
  made: { exec: [sh, make.sh] }
  more: { extends: made, patch: [{ import: tfrun, set: x, value: 2 }] }
tests:
  - policy: policies/p.sentinel
    cases: [{ name: a, mocks: more, expect: fail }]
)");
  const std::string right = "tests.yaml: 1 case of 1 policy, 2 mocks\n";
  EXPECT_EQ(check(0), right);  // nothing was recorded yet
  ASSERT_EQ(repository_.harness({"refresh", "--allow-exec"}).exit_code, 0);
  EXPECT_EQ(check(0), right);
  repository_.write("fixtures/made/mock-tfrun.sentinel", "x = 3\n");
  std::filesystem::remove(repository_.path() / "fixtures/made/mock-tfplan-v2.sentinel");
  EXPECT_EQ(
      check(2),
      "tests.yaml:3:3: `fixtures/made/mock-tfplan-v2.sentinel` is in the lock, but not there\n"
      "     3 |   made: { exec: [sh, make.sh] }\n"
      "       |   ^~~~ `harness refresh made` makes it anew\n"
      "tests.yaml:3:3: `fixtures/made/mock-tfrun.sentinel` is not as the lock says: it was edited\n"
      "     3 |   made: { exec: [sh, make.sh] }\n"
      "       |   ^~~~ `harness refresh made` makes it anew\n"
      "2 problems\n");
}

// Problems of one kind hide none of the other; those that are always problems choose the code.
TEST_F(Check, StrictFindsMore) {
  repository_.write("native/test/renamed/a.hcl", "");
  repository_.write("native/test/data/d.json", "[1]\n");
  repository_.write("native/n.sentinel", "main = true\n");
  repository_.write("native/test/n/a.hcl", "");
  const std::string manifest =
      "version: 1\ntests:\n  - sentinel-tests: native\n  - policy: policies/p.sentinel\n"
      "    cases: [{ name: a, extra-mocks: { tfplan/v2: mocks/mock-tfplan-v2.sentinel } }]\n";
  repository_.write("tests.yaml", manifest);
  EXPECT_EQ(check(0), "tests.yaml: 2 cases of 2 policies, 0 mocks\n");
  const std::string orphaned =
      "tests.yaml:3:21: the cases in `native/test/renamed` are run nowhere: there is no "
      "`native/renamed.sentinel`\n"
      "     3 |   - sentinel-tests: native\n"
      "       |                     ^~~~~~ give the folder the name of its policy, or name it "
      "under "
      "`exclude`\n";
  EXPECT_EQ(check(1, {"--strict"}), orphaned + "1 problem\n");
  repository_.write("mocks/mock-tfplan-v2.sentinel", "x = \n");
  EXPECT_EQ(check(2, {"--strict"}),
            "mocks/mock-tfplan-v2.sentinel:1:4: found the end of the file, expected an expression\n"
            "     1 | x = \n"
            "       |    ^\n" +
                orphaned + "2 problems\n");
}

}  // namespace
}  // namespace end_to_end
