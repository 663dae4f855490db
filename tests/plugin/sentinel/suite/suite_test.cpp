#include "plugin/sentinel/suite/suite.h"

#include <gtest/gtest.h>

#include "plugin/sentinel/value/operation.h"
#include "tests/plugin/sentinel/suite/folder.h"

namespace sentinel {
namespace {

class Suite : public FolderTest {
 protected:
  FileNamer namer() const {
    return [this](const base::Path& file) { return file.lexically_relative(folder_).string(); };
  }

  std::vector<PolicyResult> run(const std::vector<base::Path>& paths = {}, std::size_t jobs = 1) {
    auto found = find_policies(paths, folder_);
    if (!found) return {};
    Loader loader(namer());
    options_.working_directory = folder_;
    options_.jobs = jobs;
    return run_suite(std::move(*found), loader, options_, system_);
  }

  /// One policy with one case: `PASS`, or the status and why.
  std::string judge(std::string_view policy, std::string_view one,
                    const std::string& case_file = "case.hcl") {
    write("p.sentinel", policy);
    write("test/p/" + case_file, one);
    const std::vector<PolicyResult> results = run({"p.sentinel"});
    if (results.size() != 1) return "no policy";
    if (results[0].cases.size() != 1) {
      return std::string(name_of(results[0].status)) + ' ' +
             base::to_text(results[0].problems.at(0));
    }
    return shown(results[0].cases[0]);
  }

  static std::string shown(const CaseResult& result) {
    std::string out(name_of(result.status));
    for (const base::Diagnostic& problem : result.problems)
      out += ' ' + base::to_text(problem);
    for (const Mismatch& mismatch : result.mismatches)
      out += ' ' + mismatch.to_text("p.sentinel");
    if (result.outcome && result.outcome->error) {
      const EvaluationError& error = *result.outcome->error;
      out += ' ' + (error.where ? base::to_text(*error.where) + ": " : "") + error.message;
    }
    return out;
  }

  SuiteOptions options_;
};

TEST_F(Suite, KeepsTextInsteadOfCases) {
  write("a.sentinel", "main = rule { true }");
  write("test/a/one.hcl", "");
  write("test/a/two.hcl", "");
  write("b.sentinel", "main = rule { false }");
  write("test/b/one.hcl", "");
  write("c.sentinel", "main = rule { true }");
  options_.show = [](const PolicyResult& result) {
    return result.policy.name + ' ' + std::string(name_of(result.status)) + ' ' +
           std::to_string(result.cases.size());
  };
  for (const std::size_t jobs : {1U, 3U}) {
    std::string text;
    for (const PolicyResult& result : run({}, jobs)) {
      text += result.shown + ' ' + std::string(name_of(result.status)) + '\n';
      EXPECT_TRUE(result.cases.empty() && result.found.empty());
    }
    EXPECT_EQ(text, "a PASS 2 PASS\nb FAIL 1 FAIL\nc ? 0 ?\n");
  }
}

TEST_F(Suite, WhatFailsInAnotherThreadIsThrownInTheCallers) {
  write("a.sentinel", "main = rule { true }");
  write("test/a/one.hcl", "");
  write("b.sentinel", "main = rule { true }");
  write("test/b/one.hcl", "");
  options_.show = [](const PolicyResult&) -> std::string { throw std::bad_alloc(); };
  EXPECT_THROW(run({}, 2), std::bad_alloc);
}

TEST_F(Suite, FindsPoliciesAndTheirCasesInOrder) {
  write("b.sentinel", "");
  write("a.egp.sentinel", "");
  write("notes.md", "");
  write("deeper/c.sentinel", "");
  write("test/a.egp/z.hcl", "");
  write("test/a.egp/7-am.json", "");
  write("test/a.egp/mock.sentinel", "");
  write("test/a.egp/mocks/x.hcl", "");
  write("test/c/x.hcl", "");
  const auto found = find_policies({}, folder_);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].file, "a.egp.sentinel");
  EXPECT_EQ((*found)[0].name, "a.egp");
  const std::vector<FoundCase> cases = find_cases((*found)[0].file, folder_);
  ASSERT_EQ(cases.size(), 2U);
  EXPECT_EQ(cases[0].file, "test/a.egp/7-am.json");
  EXPECT_EQ(cases[0].name, "7-am");
  EXPECT_EQ(cases[1].file, "test/a.egp/z.hcl");
  EXPECT_TRUE(find_cases((*found)[1].file, folder_).empty());
}

TEST_F(Suite, TakesAnyMixOfFilesAndFolders) {
  write("a.sentinel", "");
  write("deeper/c.sentinel", "");
  const auto found = find_policies({"./deeper/", ".", "a.sentinel"}, folder_);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].file, "a.sentinel");
  EXPECT_EQ((*found)[1].file, "deeper/c.sentinel");
  const auto missing = find_policies({"nothing"}, folder_);
  ASSERT_FALSE(missing);
  EXPECT_EQ(base::to_text(missing.error()), "cannot read `nothing`: No such file or directory\n");
}

struct Judged {
  const char* name;
  const char* policy;
  const char* one;
  const char* result;
};

TEST_F(Suite, JudgesAsTheAuthorWrote) {
  constexpr Judged kCases[] = {
      {"without `test` the policy must pass", "main = rule { true }", "", "PASS"},
      {"and fails without a word", "main = rule { false }", "", "FAIL"},
      {"an empty list passes", "main = rule { [] }", "", "PASS"},
      {"a list with something fails", "main = rule { [1] }", "", "FAIL"},
      {"undefined does not pass", "main = rule { undefined }", "", "FAIL"},
      {"an expected failure", "main = rule { false }", "test {\n rules = { main = false }\n}",
       "PASS"},
      {"not as expected", "main = rule { false }", "test {\n rules = { main = true }\n}",
       "FAIL expected \"main\" to be true, got: false"},
      {"several rules, in order of their names",
       "b = rule { 1 }\na = rule { 2 }\nmain = rule { a is b }",
       "test {\n rules = {\n  b = 3\n  a = 3\n main = false\n }\n}",
       "FAIL expected \"a\" to be 3.000000, got: 2 expected \"b\" to be 3.000000, got: 1"},
      {"whole numbers and floats are equal", "main = rule { 1 }",
       "test {\n rules = { main = 1 }\n}", "PASS"},
      {"lists and maps", "main = rule { [{\"a\": [1, \"x\"]}] }",
       "test {\n rules = { main = [{ a = [1, \"x\"] }] }\n}", "PASS"},
      {"no rules, nothing asserted", "main = rule { false }", "test {\n rules = {}\n}", "PASS"},
      {"no `rules` at all", "main = rule { false }", "test {\n}", "PASS"},
      {"an undefined rule equals nothing", "main = rule { undefined }",
       "test {\n rules = { main = false }\n}",
       "FAIL expected \"main\" to be false, got: undefined"},
      {"a rule that nobody asked for", "a = rule { true }\nmain = rule { true }",
       "test {\n rules = { a = true }\n}",
       "FAIL rule \"a\" not found in trace for policy p.sentinel"},
      {"main need not be a rule", "main = 1 > 2", "test {\n rules = { main = false }\n}", "PASS"},
      {"a value that holds itself", "a = []\nappend(a, a)\nmain = rule { a }",
       "test {\n rules = { main = [] }\n}",
       "FAIL expected \"main\" to be [], got: (value nested deeper than 1000 levels)"},
      {"an error is an error, whatever is expected", "main = rule { 1 / 0 }",
       "test {\n rules = {}\n}", "ERROR p.sentinel:1:15: division by zero"},
  };
  for (const Judged& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(judge(c.policy, c.one), c.result);
  }
}

TEST_F(Suite, SuppliesWhatACaseSays) {
  write("mocks/data.sentinel", "x = 1\nlist = [1, 2]\n");
  write("mocks/code.sentinel", "import \"data\"\nf = func(a) { return a + data.x }\n");
  write("s.json", R"({"cities": {"paris": [75]}})");
  constexpr Judged kCases[] = {
      {"a mock of pure data", "import \"m\"\nmain = m.x is 1 and m.nothing else true",
       "mock \"m\" {\n module {\n  source = \"../../mocks/data.sentinel\"\n }\n}", "PASS"},
      {"a mock that is code and imports another", "import \"m\"\nmain = m.f(2) is 3",
       "mock \"m\" {\n module {\n  source = \"../../mocks/code.sentinel\"\n }\n}\n"
       "mock \"data\" {\n data = { x = 1 }\n}",
       "PASS"},
      {"a mock for a standard import", "import \"time\"\nmain = time.now.hour is 9",
       "mock \"time\" {\n data = { now = { hour = 9 } }\n}", "PASS"},
      {"a module, in both forms", "import \"f\"\nimport \"g\"\nmain = f.list is g.list",
       "module \"f\" {\n source = \"../../mocks/data.sentinel\"\n}\n"
       "import \"module\" \"g\" {\n source = \"../../mocks/data.sentinel\"\n}",
       "PASS"},
      {"a mock goes before a module", "import \"f\"\nmain = f.x is 2",
       "module \"f\" {\n source = \"https://example.com/f.sentinel\"\n}\nmock \"f\" {\n data = { x "
       "= 2 }\n}",
       "PASS"},
      {"static data", "import \"s\"\nmain = s.cities.paris is [75]",
       "import \"static\" \"s\" {\n source = \"../../s.json\"\n format = \"json\"\n}", "PASS"},
      {"parameters and globals", "param n\nmain = n + day is 10",
       "param \"n\" {\n value = 7\n}\nglobal \"day\" {\n value = 3\n}", "PASS"},
      {"a configured standard import", "import \"time\"\nmain = time.hour is 3600000000000",
       "import \"plugin\" \"time\" {\n config = { timezone = \"UTC\" }\n}", "PASS"},
      {"a missing parameter", "param n\nmain = n", "",
       "ERROR p.sentinel:1:7: requires value for parameter n"},
      {"a missing import", "import \"x\"\nmain = x.y", "",
       "ERROR p.sentinel:1:8: Import \"x\" is not available"},
      {"a plugin is refused where it is imported", "import \"x\"\nmain = x.y",
       "import \"plugin\" \"x\" {\n source = \"./x\"\n}",
       "ERROR p.sentinel:1:8: external plugins are not supported yet"},
      {"and does not hinder who does not import it", "main = true",
       "import \"plugin\" \"x\" {\n source = \"./x\"\n}", "PASS"},
      {"a file that is not there", "main = true",
       "mock \"m\" {\n module {\n  source = \"m.sentinel\"\n }\n}", nullptr},
      {"a mistake in a mock", "import \"m\"\nmain = m.x",
       "mock \"m\" {\n module {\n  source = \"broken.sentinel\"\n }\n}", nullptr},
      {"a standard import may not be replaced", "main = true",
       "module \"strings\" {\n source = \"../../mocks/data.sentinel\"\n}",
       "ERROR test/p/case.hcl:1:1: `strings` is a standard import and cannot be replaced\n"
       "     1 | module \"strings\" {\n       | ^~~~~~~~~~~~~~~~ only a `mock` may stand for it\n"},
      {"a remote source", "main = true",
       "module \"f\" {\n source = \"git::https://example.com/r.git//f.sentinel?ref=v1\"\n}",
       "ERROR test/p/case.hcl:2:11: `git::https://example.com/r.git//f.sentinel?ref=v1` is a "
       "remote "
       "source (git), which needs the network\n"
       "     2 |  source = \"git::https://example.com/r.git//f.sentinel?ref=v1\"\n"
       "       |           ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ allow it with "
       "`--allow-network`, or copy the file\n"},
      {"a plugin that is nothing", "main = true", "import \"plugin\" \"x\" {\n}",
       "ERROR test/p/case.hcl:1:1: `source` is missing: `x` is no standard import\n"
       "     1 | import \"plugin\" \"x\" {\n       | ^~~~~~~~~~~~~~~~~~~\n"},
  };
  write("test/p/broken.sentinel", "x = \n");
  for (const Judged& c : kCases) {
    SCOPED_TRACE(c.name);
    if (c.result != nullptr) {
      EXPECT_EQ(judge(c.policy, c.one), c.result);
    }
  }
  EXPECT_EQ(judge("main = true", "mock \"m\" {\n module {\n  source = \"m.sentinel\"\n }\n}"),
            "ERROR test/p/case.hcl:3:12: mock `m` cannot be read: `" +
                (folder_ / "test/p/m.sentinel").string() +
                "`: No such file or directory\n     3 |   source = \"m.sentinel\"\n"
                "       |            ^~~~~~~~~~~~\n");
}

TEST_F(Suite, AMistakeInAMockHasItsOwnPlace) {
  write("test/p/broken.sentinel", "x = }\n");
  const std::string result = judge(
      "import \"m\"\nmain = m.x", "mock \"m\" {\n module {\n  source = \"broken.sentinel\"\n }\n}");
  EXPECT_EQ(result.substr(0, result.find('\n')),
            "ERROR test/p/broken.sentinel:1:5: found `}`, expected an expression");
}

TEST_F(Suite, ReadsPlansForTheTerraformFeature) {
  write("plan.json", R"({"format_version": "1.2", "terraform_version": "1.5.0",
    "planned_values": {"root_module": {}}, "configuration": {"root_module": {}}})");
  const char* const kPolicy =
      "import \"tfplan/v2\" as tfplan\nmain = tfplan.terraform_version is \"1.5.0\"";
  const std::string feature = "sentinel {\n features = { terraform = true }\n}\n";
  EXPECT_EQ(
      judge(kPolicy, feature + "import \"plugin\" \"tfplan/v2\" {\n config = { \"plan_path\" : "
                               "\"../../plan.json\" }\n}"),
      "PASS");
  EXPECT_EQ(judge(kPolicy,
                  "import \"plugin\" \"tfplan/v2\" {\n config = { \"plan_path\" : "
                  "\"../../plan.json\" }\n}"),
            "ERROR test/p/case.hcl:1:1: `source` is missing: `tfplan/v2` is no standard import\n"
            "     1 | import \"plugin\" \"tfplan/v2\" {\n       | ^~~~~~~~~~~~~~~~~~~~~~~~~~~ "
            "`sentinel { features = { terraform = true } }` makes it one\n");
  // `path` is what the documentation of these two says.
  EXPECT_EQ(judge("import \"tfstate/v2\" as s\nimport \"tfconfig/v2\" as c\n"
                  "main = s.resources is empty and c.resources is empty",
                  feature + "import \"plugin\" \"tfstate/v2\" {\n config = { \"path\" : "
                            "\"../../plan.json\" }\n}\nimport \"plugin\" \"tfconfig/v2\" {\n "
                            "config = { \"path\" : \"../../plan.json\" }\n}"),
            "PASS");
  EXPECT_EQ(judge("main = true", feature + "import \"plugin\" \"tfplan/v1\" {\n config = { "
                                           "\"plan_path\" : \"../../plan.json\" }\n}"),
            "ERROR test/p/case.hcl:4:1: `tfplan/v1` cannot be made of a plan\n"
            "     4 | import \"plugin\" \"tfplan/v1\" {\n       | ^~~~~~~~~~~~~~~~~~~~~~~~~~~ use "
            "its `v2`, or a mock\n");
}

TEST_F(Suite, TheResolverMayRefuseAPath) {
  options_.cases.reach.path = [this](const base::Path& from, const std::string& source) {
    return base::resolve_inside(folder_, from, source);
  };
  write("m.sentinel", "x = 1");
  EXPECT_EQ(judge("main = true", "mock \"m\" {\n module {\n  source = \"../../m.sentinel\"\n }\n}"),
            "PASS");
  const std::string refused = judge(
      "main = true", "import \"static\" \"s\" {\n source = \"/etc/passwd\"\n format = \"json\"\n}");
  EXPECT_EQ(refused.substr(0, refused.find(" `")), "ERROR test/p/case.hcl:2:11:") << refused;
}

TEST_F(Suite, MarksLegacyCases) {
  write("p.sentinel", "main = rule { false }");
  write("test/p/case.json", R"({"test": {"main": false}})");
  const auto results = run();
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].cases.at(0).status, CaseResult::Status::Pass);
  EXPECT_TRUE(results[0].cases.at(0).legacy);
}

TEST_F(Suite, APolicyThatDoesNotParseHasNoCases) {
  EXPECT_EQ(judge("main = rule {", "").substr(0, 6), "ERROR ");
}

TEST_F(Suite, APolicyWithoutCasesIsNotRead) {
  write("p.sentinel", "no policy at all {");
  const auto results = run();
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(name_of(results[0].status), "?");
}

TEST_F(Suite, InParallelEverythingIsTheSame) {
  for (int i = 0; i < 20; ++i) {
    const std::string name = "p" + std::to_string(i);
    write(name + ".sentinel", "import \"m\"\nmain = rule { m.x is " + std::to_string(i % 3) + " }");
    for (int k = 0; k < 4; ++k) {
      write("test/" + name + "/c" + std::to_string(k) + ".hcl",
            "mock \"m\" {\n module {\n  source = \"../../m" + std::to_string(k) +
                ".sentinel\"\n }\n}");
      write("m" + std::to_string(k) + ".sentinel", "x = " + std::to_string(k));
    }
  }
  const auto alone = run({}, 1);
  const auto together = run({}, 4);
  ASSERT_EQ(alone.size(), together.size());
  for (std::size_t i = 0; i < alone.size(); ++i) {
    EXPECT_EQ(alone[i].policy.file, together[i].policy.file);
    for (std::size_t k = 0; k < alone[i].cases.size(); ++k) {
      EXPECT_EQ(shown(alone[i].cases[k]), shown(together[i].cases[k]));
    }
  }
}

TEST_F(Suite, TheLoaderReadsAFileOnce) {
  write("m.sentinel", "x = 1");
  Loader loader(namer());
  const LoadedFilePtr first = loader.mock(folder_ / "m.sentinel");
  EXPECT_TRUE(first->is_data);
  write("m.sentinel", "x = 2");
  EXPECT_EQ(loader.mock(folder_ / "m.sentinel"), first);
  EXPECT_FALSE(loader.module(folder_ / "m.sentinel")->is_data);
}

TEST_F(Suite, TheLoaderForgetsWhatIsTooMuch) {
  write("a.sentinel", "x = \"" + std::string(600, 'a') + "\"");
  write("b.sentinel", "x = \"" + std::string(600, 'b') + "\"");
  Loader loader(namer(), 1000);
  const LoadedFilePtr a = loader.mock(folder_ / "a.sentinel");
  const LoadedFilePtr b = loader.mock(folder_ / "b.sentinel");
  EXPECT_NE(loader.mock(folder_ / "a.sentinel"), a);
  EXPECT_EQ(to_text(a->data.value).size(), to_text(b->data.value).size());
}

TEST_F(Suite, TheLoaderForgetsTheSmallFilesOfAFolder) {
  write("test/p/a.sentinel", "x = 1");
  write("test/p/large.sentinel", "x = \"" + std::string(2 << 20, 'a') + "\"");
  write("test/p.sentinel", "x = 1");
  Loader loader(namer());
  const LoadedFilePtr a = loader.mock(folder_ / "test/p/a.sentinel");
  const LoadedFilePtr large = loader.mock(folder_ / "test/p/large.sentinel");
  const LoadedFilePtr beside = loader.mock(folder_ / "test/p.sentinel");
  loader.forget_small(folder_ / "test/p");
  EXPECT_NE(loader.mock(folder_ / "test/p/a.sentinel"), a);
  EXPECT_EQ(loader.mock(folder_ / "test/p/large.sentinel"), large);
  EXPECT_EQ(loader.mock(folder_ / "test/p.sentinel"), beside);
}

TEST_F(Suite, AMockOfAnotherPolicysFolderIsThereAgain) {
  for (const char* name : {"a", "b", "c"}) {
    write(name + std::string(".sentinel"), "import \"m\"\nmain = m.x is 1");
    write("test/" + std::string(name) + "/case.hcl",
          "mock \"m\" {\n module {\n  source = \"../a/m.sentinel\"\n }\n}");
  }
  write("test/a/m.sentinel", "x = 1");
  for (const std::size_t jobs : {1U, 3U}) {
    for (const PolicyResult& result : run({}, jobs))
      EXPECT_EQ(shown(result.cases.at(0)), "PASS") << result.policy.name;
  }
}

TEST_F(Suite, FilesThatAreTooLargeAreRefused) {
  const auto make_large = [this](const std::string& name, std::uintmax_t size) {
    write(name, "");
    std::filesystem::resize_file(folder_ / name, size);
  };
  Loader loader([](const base::Path& path) { return path.filename().string(); });
  make_large("policy.sentinel", (16 << 20) + 1);
  EXPECT_EQ(base::to_text(loader.policy(folder_ / "policy.sentinel")->errors.at(0)),
            "cannot read `" + (folder_ / "policy.sentinel").string() +
                "`: it has 16777217 bytes, more than 16777216\n");
  make_large("mock.sentinel", (128 << 20) + 1);
  EXPECT_EQ(base::to_text(loader.mock(folder_ / "mock.sentinel")->errors.at(0)),
            "cannot read `" + (folder_ / "mock.sentinel").string() +
                "`: it is not only data, or too much of it, and has 134217729 bytes, more than the "
                "134217728 that code may have\n");
}

TEST_F(Suite, PrintedTextOfAllCasesTogetherIsBounded) {
  write("p.sentinel", "print(\"" + std::string(100, 'x') + "\")\nmain = rule { false }");
  for (int i = 0; i < 3; ++i)
    write("test/p/" + std::to_string(i) + ".hcl", "");
  options_.most_printed = 250;
  const auto results = run();
  ASSERT_EQ(results.size(), 1U);
  std::vector<std::string> kept;
  for (const CaseResult& one : results[0].cases)
    kept.push_back(one.outcome.value().prints.at(0));
  const std::string text(100, 'x');
  EXPECT_EQ(kept,
            (std::vector<std::string>{
                text, text, "100 bytes of printed text are left out: other cases printed much"}));
}

TEST_F(Suite, ThreadsShareTheCasesOfOnePolicy) {
  write("p.sentinel", "main = rule { true }");
  for (int i = 0; i < 50; ++i)
    write("test/p/" + std::to_string(i) + ".hcl", "");
  const auto results = run({}, 8);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].status, PolicyResult::Status::Pass);
  ASSERT_EQ(results[0].cases.size(), 50U);
}

}  // namespace
}  // namespace sentinel
