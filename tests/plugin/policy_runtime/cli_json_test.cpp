#include "plugin/policy_runtime/sentinel_cli/cli_json.h"

#include <gtest/gtest.h>

namespace policy_runtime {
namespace {

using Result = Outcome::Result;

/// The document of the documentation for 0.17.
constexpr const char* kPass = R"({
  "policies": { "policy.sentinel": { "path": "policy.sentinel", "status": "PASS", "errors": null,
      "cases": { "test/policy/pass.hcl": { "path": "test/policy/pass.hcl", "status": "PASS", "errors": null,
          "trace": { "description": "...", "error": null, "print": "", "result": true, "rules": {} },
          "rule_detail": {}, "config_warnings": null, "config_legacy": false } } } } }
)";

base::Result<std::vector<Outcome>> read(std::string_view text,
                                        std::vector<base::Path> cases = {"test/policy/pass.hcl"}) {
  return read_test_json(text, "policy.sentinel", cases);
}

std::string one_case(const std::string& members) {
  return R"({"policies": {"policy.sentinel": {"cases": {"test/policy/pass.hcl": {)" + members +
         "}}}}}";
}

TEST(CliJson, ReadsAPassingCase) {
  const auto outcomes = read(kPass);
  ASSERT_TRUE(outcomes) << to_text(outcomes.error());
  ASSERT_EQ(outcomes->size(), 1U);
  EXPECT_EQ((*outcomes)[0].result, Result::Pass);
  EXPECT_TRUE((*outcomes)[0].result_known);
}

TEST(CliJson, PassesOverChatter) {
  const std::string text = "Installing modules...\n  - Module {x} marked\n\n" + std::string(kPass) +
                           "\nupdate available {0.41.0}\n";
  EXPECT_TRUE(read(text));
}

TEST(CliJson, ReadsANewerShapeWithDuration) {
  const std::string text =
      R"({"duration": 12, "policies": {"policy.sentinel": {"status": "PASS", "duration": 1,
          "cases": {"test/policy/pass.hcl": {"status": "PASS", "duration": 0.5,
          "trace": {"result": true, "print": "a\nb\n", "rules": {"main": {"value": true,
          "position": {"filename": "policy.sentinel", "line": 3, "column": 1}}}}}}}}})";
  const auto outcomes = read(text);
  ASSERT_TRUE(outcomes) << to_text(outcomes.error());
  const Outcome& outcome = (*outcomes)[0];
  EXPECT_EQ(outcome.prints, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(outcome.rules.size(), 1U);
  EXPECT_EQ(outcome.rules[0].value.json, "true");
  EXPECT_EQ(to_text(outcome.rules[0].where), "policy.sentinel:3:1");
}

TEST(CliJson, TellsResultsApart) {
  struct Case {
    const char* name;
    const char* trace;
    Result result;
    bool known;
  };
  const Case cases[] = {
      {"true", R"({"result": true, "rules": {}})", Result::Pass, true},
      {"a false main", R"({"result": false, "rules": {"main": {"value": false}}})", Result::Fail,
       true},
      {"false without main", R"({"result": false, "rules": {}})", Result::Fail, false},
      {"null", R"({"result": null, "rules": {}})", Result::Fail, false},
      {"no result", R"({"rules": {}})", Result::Fail, false},
      {"an empty list", R"({"result": [], "rules": {}})", Result::Pass, true},
      {"a full list", R"({"result": [1], "rules": {}})", Result::Fail, true},
      {"zero", R"({"result": 0, "rules": {}})", Result::Pass, true},
      {"main that is null", R"({"result": false, "rules": {"main": {"value": null}}})",
       Result::Fail, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto outcomes = read(one_case(R"("status": "FAIL", "trace": )" + std::string(c.trace)));
    ASSERT_TRUE(outcomes) << to_text(outcomes.error());
    EXPECT_EQ((*outcomes)[0].result, c.result);
    EXPECT_EQ((*outcomes)[0].result_known, c.known);
  }
}

TEST(CliJson, ReadsLanguageErrors) {
  const auto outcomes = read(one_case(
      R"("status": "ERROR", "errors": ["Error: policy.sentinel:7:30: Import \"x\" is not available"],
         "trace": null)"));
  ASSERT_TRUE(outcomes) << to_text(outcomes.error());
  const Outcome& outcome = (*outcomes)[0];
  EXPECT_EQ(outcome.result, Result::Error);
  EXPECT_FALSE(outcome.parse_error);
  EXPECT_EQ(outcome.error->message, "Import \"x\" is not available");
  EXPECT_EQ(to_text(*outcome.error->where), "policy.sentinel:7:30");
}

TEST(CliJson, ReadsAPolicyThatDoesNotParse) {
  const auto outcomes = read(R"({"policies": {"policy.sentinel": {"status": "ERROR", "cases": null,
              "errors": ["policy.sentinel:1:8: expected ';', found 'EOF'"]}}})");
  ASSERT_TRUE(outcomes) << to_text(outcomes.error());
  EXPECT_TRUE((*outcomes)[0].parse_error);
  EXPECT_EQ((*outcomes)[0].error->message, "expected ';', found 'EOF'");
}

TEST(CliJson, FindsPathsByTheirLastPart) {
  const auto outcomes =
      read_test_json(kPass, "policies/policy.sentinel", {"policies/test/policy/pass.hcl"});
  EXPECT_TRUE(outcomes);
}

TEST(CliJson, NamesWhatIsNoAnswer) {
  struct Case {
    const char* text;
    const char* why;
  };
  const Case cases[] = {
      {"", "it is empty"},
      {"\n <html>`no`</html>\n", "it is no JSON document, it begins ` <html> no </html>`"},
      {R"({"policies": {"policy.sentinel": {"status": )", "the JSON document ends too early"},
      {R"({"result": true})", "it is no JSON document, it begins `{\"result\": true}`"},
      {R"({"policies": {}})", "it says nothing of policy `policy.sentinel`"},
      {R"({"policies": {"policy.sentinel": {"cases": {}}}})",
       "it says nothing of case `test/policy/pass.hcl`"},
      {R"({"policies": {"policy.sentinel": {"cases": {"pass.hcl": {"path": "pass.hcl"}}}}})",
       "it has no trace of case `pass.hcl`"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto outcomes = read(c.text);
    ASSERT_FALSE(outcomes);
    EXPECT_EQ(outcomes.error().what, "the output of `sentinel test -json` cannot be understood");
    EXPECT_EQ(outcomes.error().why, c.why);
  }
}

}  // namespace
}  // namespace policy_runtime
