#include <algorithm>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "harness/test_directory/test_directory.h"
#include "plugin/sentinel/config/configuration.h"
#include "plugin/sentinel/config/value.h"
#include "plugin/sentinel/value/operation.h"
#include "tests/golden.h"
#include "tests/harness/temporary_repository.h"

namespace harness {
namespace {

using harness_test::TemporaryRepository;

base::Path in_place(const NamedPath& file) {
  return file.written;
}

Manifest read(const TemporaryRepository& repository, std::string_view text) {
  repository.write("tests.yaml", text);
  std::vector<base::Diagnostic> problems;
  auto out = read_manifest(repository.root() / "tests.yaml",
                           {.working_directory = repository.root()}, problems);
  for (const base::Diagnostic& problem : problems)
    ADD_FAILURE() << base::to_text(problem);
  return out ? std::move(*out) : Manifest();
}

sentinel::Configuration configuration(const std::string& text) {
  std::vector<base::Diagnostic> errors;
  auto out =
      sentinel::read_configuration(std::make_shared<const base::Source>("case.hcl", text), errors);
  for (const base::Diagnostic& error : errors)
    ADD_FAILURE() << base::to_text(error) << text;
  return out;
}

TEST(CaseText, HasEverythingACaseNeeds) {
  const TemporaryRepository repository;
  repository.write("policies/p.sentinel", "");
  repository.write("common/f.sentinel", "");
  repository.write("data/d.json", "{}");
  repository.write("fixtures/time.sentinel", "");
  const Manifest manifest = read(repository, R"(version: 1
tests:
  - policy: policies/p.sentinel
    modules: { f: common/f.sentinel }
    static: { d: data/d.json }
    extra-mocks: { time: fixtures/time.sentinel, company/data: { a: [1, null, true], "${b}": { } } }
    params: { n: 7, h: 0x1F, x: 1.50, big: 12345678901234567890, s: "say \"${no}\" %{if} \\ \n\t", l: [], m: { k: v } }
    globals: { g: -0.5 }
    cases: [{ name: all of it, expect: { rules: { main: false, ports: [22] } } }]
)");
  const std::string text =
      case_text(manifest.cases.at(0), "policies/test/p",
                {{"tfplan/v2", "mocks/network/mock-tfplan-v2.sentinel"}}, in_place);
  golden::expect_golden("case", text);
  // What the values mean has survived.
  const sentinel::Configuration read_back = configuration(text);
  EXPECT_EQ(read_back.mocks.size(), 3U);
  EXPECT_EQ(read_back.imports.size(), 2U);
  ASSERT_EQ(read_back.params.size(), 7U);
  EXPECT_EQ(read_back.params[4].value.text, "say \"${no}\" %{if} \\ \n\t");
  sentinel::Arena arena;
  EXPECT_EQ(sentinel::to_text(sentinel::to_value(arena, read_back.params[0].value)),
            sentinel::to_text(sentinel::Value::number(7.0)));
}

// A name that ended its comment or its string would go on as configuration: an `import "plugin"`
// that nobody allowed.
TEST(CaseText, ANameStaysWhereItIsWritten) {
  const std::string plugin = "import \"plugin\" \"p\" { source = \"./evil\" }";
  for (const std::string end :
       {"\n", "\r", "\r\n", "\u0085", "\u2028", "\u2029", "\"\n", "\\\"\n"}) {
    const std::string hostile = "x" + end + plugin + end + "#";
    const NamedPath path{.path = "/r/" + hostile, .written = hostile};
    base::ConfigNode value;
    value.kind = base::ConfigNode::Kind::String;
    value.text = hostile;
    Case one;
    one.policy = path;
    one.name = one.full_name = hostile;
    one.where = {.file = hostile, .line = 3, .column = 1};
    one.modules = {{hostile + "m", path}};
    one.statics = {{hostile + "s", path}};
    one.extra_mocks = {{hostile + "e", path, {}}};
    one.params = {{"p", value, {}}};
    one.globals = {{"g", value, {}}};
    one.expect.rules = {{"main", value, {}}};
    const std::string text =
        case_text(one, "test/" + hostile, {{hostile + "i", "mocks/" + hostile}}, in_place);
    EXPECT_EQ(text.find("\n" + plugin), std::string::npos) << text;
    EXPECT_EQ(text.find(std::string_view("\r")), std::string::npos) << text;
    const sentinel::Configuration read_back = configuration(text);
    EXPECT_EQ(read_back.mocks.size(), 2U);
    ASSERT_EQ(read_back.imports.size(), 2U);
    for (const sentinel::ConfiguredImport& import : read_back.imports)
      EXPECT_NE(import.kind, sentinel::ImportKind::Plugin);
    ASSERT_EQ(read_back.params.size(), 1U);
    EXPECT_EQ(read_back.params[0].value.text, hostile);
  }
}

struct Row {
  const char* expect;
  const char* test;  // the `test` block; empty: none
};

TEST(CaseText, AssertsWhatTheCliCanAssert) {
  const Row rows[] = {
      {"pass", ""},
      {"{ result: pass }", ""},
      {"fail", "test {\n  rules = {\n    main = false\n  }\n}\n"},
      {"undefined", "test {\n  rules = {}\n}\n"},
      {"error", "test {\n  rules = {}\n}\n"},
      {"{ prints: { contains: x } }", "test {\n  rules = {}\n}\n"},
      {"{ result: fail, prints: { contains: x } }", "test {\n  rules = {}\n}\n"},
      {"{ rules: { a: [1] } }", "test {\n  rules = {\n    a = [\n      1,\n    ]\n  }\n}\n"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.expect);
    const TemporaryRepository repository;
    repository.write("p.sentinel", "");
    const Manifest manifest = read(
        repository, "version: 1\ntests:\n  - policy: p.sentinel\n    cases: [{ name: a, expect: " +
                        std::string(row.expect) + " }]\n");
    std::string text = case_text(manifest.cases.at(0), "test/p", {}, in_place);
    EXPECT_EQ(text.find("# p/a\n# made from tests.yaml:4:21\n"), 0U) << text;
    text.erase(0, text.find('\n', text.find('\n') + 1) + 1);
    if (text.starts_with('\n')) text.erase(0, 1);
    EXPECT_EQ(text, row.test);
    EXPECT_EQ(configuration(text).expected_rules.has_value(), *row.test != '\0');
  }
}

TEST(CaseText, NamesFilesAfterCases) {
  EXPECT_EQ(file_name_of("private ingress is allowed"), "private-ingress-is-allowed");
  EXPECT_EQ(file_name_of("  A/B: ../c!  "), "a-b-c");
  EXPECT_EQ(file_name_of("größe"), "gr-e");
  EXPECT_EQ(file_name_of("…"), "case");
  EXPECT_LE(file_name_of(std::string(500, 'x')).size(), 100U);
}

}  // namespace
}  // namespace harness
