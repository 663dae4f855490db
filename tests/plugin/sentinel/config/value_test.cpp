#include "plugin/sentinel/config/value.h"

#include <gtest/gtest.h>

#include "plugin/sentinel/value/operation.h"
#include "tests/plugin/sentinel/config/printed.h"

namespace sentinel {
namespace {

TEST(ConfigurationValue, NumbersBecomeFloats) {
  std::vector<base::Diagnostic> errors;
  const auto tree = read_json(std::make_shared<const base::Source>(
                                  "x.json", R"({"a": [7, "s", null, true], "b": 1, "b": 2})"),
                              errors);
  ASSERT_TRUE(tree);
  Arena arena;
  const Value value = to_value(arena, *tree);
  EXPECT_EQ(to_json(value, false), R"({"a":[7,"s",null,true],"b":2})");
  EXPECT_TRUE(value.as_map()->frozen);
  EXPECT_EQ(value.as_map()->find("a")->as_list()->items[0].kind(), Kind::Float);
}

TEST(ConfigurationValue, SettingsOnACommandLineAreJsonOrText) {
  struct Case {
    const char* text;
    Kind kind;
    const char* printed;
  };
  constexpr Case kCases[] = {
      {"42", Kind::Float, "42.000000"},
      {"-0e17", Kind::Float, "0.000000"},
      {"\"42\"", Kind::String, "42"},
      {"true", Kind::String, "true"},
      {"null", Kind::String, "null"},
      {"[1, \"a\"]", Kind::List, nullptr},
      {"{\"a\": 1}", Kind::Map, nullptr},
      {"[1", Kind::String, "[1"},
      {"", Kind::String, ""},
      {"plain text", Kind::String, "plain text"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.text);
    Arena arena;
    const Value value = to_setting_value(arena, c.text);
    EXPECT_EQ(value.kind(), c.kind);
    if (c.printed != nullptr) {
      EXPECT_EQ(to_text(value), c.printed);
    }
  }
}

}  // namespace
}  // namespace sentinel
