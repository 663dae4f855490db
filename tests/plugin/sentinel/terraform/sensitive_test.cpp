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

TEST(HideElsewhere, LeavesNoneOfThemInAnyImport) {
  auto imports = read_plan("plan.json", std::string(kPlan));
  ASSERT_TRUE(imports) << base::to_text(imports.error());
  EXPECT_NE(configuration_mock(*imports).find("after-text"), std::string::npos);
  hide_elsewhere(*imports);
  const std::string all = plan_mock(*imports) + configuration_mock(*imports) + state_mock(*imports);
  for (const char* text : {"after-text", "before-text", "default-text", "drift-text", "list-text",
                           "output-text", "state-text", "variable-text"}) {
    EXPECT_EQ(all.find(text), std::string::npos) << text << "\n" << all;
  }
  for (const char* text : {"plain", "kept-in-list", "open", "url://REDACTED_SENSITIVE@host"})
    EXPECT_NE(all.find(text), std::string::npos) << text << "\n" << all;
}

TEST(Mocks, InPiecesAreTheSame) {
  auto imports = read_plan("plan.json", std::string(kPlan));
  ASSERT_TRUE(imports);
  const auto pieces = [&](void (*write)(const PlanImports&, const TextSink&)) {
    std::string out;
    write(*imports, [&](std::string_view piece) { out += piece; });
    return out;
  };
  EXPECT_EQ(pieces(plan_mock), plan_mock(*imports));
  EXPECT_EQ(pieces(configuration_mock), configuration_mock(*imports));
  EXPECT_EQ(pieces(state_mock), state_mock(*imports));
}

TEST(Mocks, OfManyMegabytesComeInManyPieces) {
  std::string json = R"({ "format_version": "1.2", "variables": {)";
  for (int i = 0; i < 20'000; ++i) {
    json += (i == 0 ? "" : ",");
    json += "\"v" + std::to_string(i) + R"(": { "value": ")" + std::string(60, 'x') + "\" }";
  }
  auto imports = read_plan("plan.json", json + "} }");
  ASSERT_TRUE(imports) << base::to_text(imports.error());
  std::string out;
  std::size_t longest = 0;
  plan_mock(*imports, [&](std::string_view piece) {
    out += piece;
    longest = std::max(longest, piece.size());
  });
  EXPECT_EQ(out, plan_mock(*imports));
  EXPECT_GT(out.size(), std::size_t{3} << 20U);
  EXPECT_LT(longest, std::size_t{2} << 20U);
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
