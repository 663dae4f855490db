#include "plugin/sentinel/terraform/sensitive.h"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "plugin/sentinel/data/json.h"
#include "plugin/sentinel/terraform/plan.h"

namespace sentinel {
namespace {

constexpr const char* kPlan = R"({
  "format_version": "1.2",
  "variables": { "db": { "value": "variable-text" } },
  "planned_values": { "outputs": { "o": { "sensitive": true, "value": { "deep": ["output-text"] } } } },
  "resource_changes": [ { "address": "a.b", "type": "a", "name": "b", "mode": "managed", "change": {
    "actions": ["update"],
    "before": { "x": "before-text", "y": "plain", "z": ["list-text", "kept-in-list"] },
    "before_sensitive": { "x": true, "z": [true] },
    "after": { "x": "after-text", "y": "plain", "n": 5, "short": "12345" },
    "after_sensitive": { "x": true, "n": true, "short": true } } } ],
  "resource_drift": [ { "address": "c.d", "type": "c", "name": "d", "mode": "managed", "change": {
    "actions": ["update"], "before": null, "after": { "x": "drift-text" },
    "after_sensitive": true } } ],
  "prior_state": { "values": { "root_module": { "resources": [ { "address": "data.e.f",
    "type": "e", "name": "f", "mode": "data", "values": { "x": "state-text", "y": "open" },
    "sensitive_values": { "x": true } } ] } } },
  "configuration": { "root_module": {
    "variables": { "db": { "sensitive": true, "default": "default-text" } },
    "resources": [ { "address": "a.b", "type": "a", "name": "b", "mode": "managed",
      "expressions": { "x": { "constant_value": "url://after-text@host" } } } ] } }
})";

TEST(SensitiveTexts, AreThoseThatThePlanMarks) {
  const auto document = read_frozen_json("plan.json", std::string(kPlan));
  ASSERT_TRUE(document);
  EXPECT_EQ(sensitive_texts(document->value),
            (std::set<std::string>{"after-text", "before-text", "default-text", "drift-text",
                                   "list-text", "output-text", "state-text", "variable-text"}));
}

std::string pieces(const PlanMocks& mocks, void (PlanMocks::*write)(const TextSink& sink) const) {
  std::string out;
  (mocks.*write)([&](std::string_view piece) { out += piece; });
  return out;
}

TEST(PlanMocks, HideSensitiveTextsInEveryImport) {
  auto imports = read_plan(std::make_shared<const base::Source>("plan.json", std::string(kPlan)));
  ASSERT_TRUE(imports) << base::to_text(imports.error());
  EXPECT_NE(configuration_mock(*imports).find("after-text"), std::string::npos);
  auto mocks = PlanMocks::read("plan.json", std::string(kPlan));
  ASSERT_TRUE(mocks) << base::to_text(mocks.error());
  const std::string all = pieces(*mocks, &PlanMocks::plan) +
                          pieces(*mocks, &PlanMocks::configuration) +
                          pieces(*mocks, &PlanMocks::state);
  for (const char* text : {"after-text", "before-text", "default-text", "drift-text", "list-text",
                           "output-text", "state-text", "variable-text"}) {
    EXPECT_EQ(all.find(text), std::string::npos) << text << "\n" << all;
  }
  for (const char* text : {"plain", "kept-in-list", "open", "url://REDACTED_SENSITIVE@host"})
    EXPECT_NE(all.find(text), std::string::npos) << text << "\n" << all;
}

TEST(PlanMocks, OfManyMegabytesComeInManyPiecesAndAreTheSame) {
  // Equal parts, keys out of order and one that is repeated.
  std::string json = R"({ "format_version": "1.2", "variables": {)";
  for (int i = 0; i < 20'000; ++i) {
    json += (i == 0 ? "" : ",");
    json += "\"v" + std::to_string(i) + R"(": { "value": {"z": [1, 1.5, true], "a": ")" +
            std::string(60, 'x') + R"(", "z": [1, 1.5, false]} })";
  }
  json += "} }";
  auto imports = read_plan(std::make_shared<const base::Source>("plan.json", json));
  auto mocks = PlanMocks::read("plan.json", json);
  ASSERT_TRUE(imports && mocks);
  std::string out;
  std::size_t longest = 0;
  mocks->plan([&](std::string_view piece) {
    out += piece;
    longest = std::max(longest, piece.size());
  });
  EXPECT_TRUE(out == plan_mock(*imports));
  EXPECT_GT(out.size(), std::size_t{3} << 20U);
  EXPECT_LT(longest, std::size_t{2} << 20U);
  EXPECT_TRUE(pieces(*mocks, &PlanMocks::configuration) == configuration_mock(*imports));
  EXPECT_TRUE(pieces(*mocks, &PlanMocks::state) == state_mock(*imports));
}

TEST(PlanMocks, SayWhatIsNoPlan) {
  auto mocks = PlanMocks::read("plan.json", "[]");
  ASSERT_FALSE(mocks);
  EXPECT_EQ(base::to_text(mocks.error()),
            "`plan.json` is no Terraform plan: the document is no object\n"
            "    make it with `terraform show -json PLANFILE`\n");
}

TEST(TextHider, TakesTheLongestOfSeveral) {
  const TextHider hider({"secret", "secret-and-more", "caf\xc3\xa9-au-lait", "a.b*c(d"});
  std::string text = "secret-and-more, secret, a.b*c(d, caf\xc3\xa9-au-lait";
  EXPECT_TRUE(hider.hide(text));
  EXPECT_EQ(text, "REDACTED_SENSITIVE, REDACTED_SENSITIVE, REDACTED_SENSITIVE, REDACTED_SENSITIVE");
  std::string other = "axbbc(d secre";
  EXPECT_FALSE(hider.hide(other));
  EXPECT_EQ(other, "axbbc(d secre");
  EXPECT_TRUE(TextHider({}).empty());
  EXPECT_FALSE(TextHider({}).holds("anything at all"));
}

TEST(TextHider, HidesManyTexts) {
  std::set<std::string> texts;
  for (int i = 0; i < 5'000; ++i)
    texts.insert("password-number-" + std::to_string(i) + "!");
  const TextHider hider(texts);
  std::string text = "x password-number-4999! y password-number-0! password-number-5000!";
  EXPECT_TRUE(hider.hide(text));
  EXPECT_EQ(text, "x REDACTED_SENSITIVE y REDACTED_SENSITIVE password-number-5000!");
}

}  // namespace
}  // namespace sentinel
