#include "plugin/sentinel/data/sharing.h"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plugin/sentinel/data/json.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

std::string text_of(const Value& value) {
  std::string out;
  append_text(out, value, true);
  return out;
}

/// Of a document with the members `a` and `b`, whether they are one value.
bool one_value(const FrozenDocument& document) {
  const Value& a = *document.value.as_map()->find("a");
  const Value& b = *document.value.as_map()->find("b");
  if (a.kind() != b.kind()) return false;
  if (a.is(Kind::String)) return a.as_string().data() == b.as_string().data();
  if (a.is(Kind::List)) return a.as_list() == b.as_list();
  return a.as_map() == b.as_map();
}

TEST(Sharing, WhatIsEqualIsOneValueAndNothingElse) {
  struct Case {
    const char* a;
    const char* b;
    bool shared;
  };
  constexpr Case kCases[] = {
      {R"("text")", R"("text")", true},
      {R"("text")", R"("te\u0078t")", true},
      {R"("text")", R"("texts")", false},
      {R"("")", R"("")", true},
      {R"([])", R"([])", true},
      {R"({})", R"({})", true},
      {R"([])", R"({})", false},
      {R"([1, "x", null])", R"([1, "x", null])", true},
      {R"([1])", R"([1.0])", false},
      {R"([0.0])", R"([-0.0])", false},
      {R"([true])", R"([1])", false},
      {R"([false])", R"([null])", false},
      {R"([1, 2])", R"([2, 1])", false},
      {R"([1])", R"([1, 1])", false},
      {R"([[]])", R"([{}])", false},
      {R"(["1"])", R"([1])", false},
      {R"({"x": [1, {"y": "z"}]})", R"({"x": [1, {"y": "z"}]})", true},
      {R"({"x": [1, {"y": "z"}]})", R"({"x": [1, {"y": "Z"}]})", false},
      {R"({"x": 1, "y": 2})", R"({"y": 2, "x": 1})", false},
      {R"({"x": 1})", R"({"x": 1, "y": 2})", false},
      {R"({"x": null})", R"({"y": null})", false},
      // Of a repeated key the last counts.
      {R"({"x": 1, "x": 2})", R"({"x": 1, "x": 2})", false},
      {R"({"x": 1, "x": 2})", R"({"x": 2})", false},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(std::string(c.a) + " " + c.b);
    const std::string json = std::string(R"({"a": )") + c.a + R"(, "b": )" + c.b + "}";
    const auto document = read_frozen_json("data.json", json);
    ASSERT_TRUE(document) << base::to_text(document.error());
    EXPECT_EQ(one_value(*document), c.shared);
    const auto plain =
        read_frozen_json(std::make_shared<const base::Source>("data.json", std::string(json)));
    ASSERT_TRUE(plain);
    EXPECT_EQ(text_of(document->value), text_of(plain->value));
    EXPECT_FALSE(one_value(*plain) && !plain->value.as_map()->find("a")->is(Kind::String))
        << "what an evaluation gets is not shared";
  }
}

TEST(Sharing, AnEmptyTextIsNotTheTextBesideIt) {
  Arena arena;
  Sharing sharing(arena);
  // Strings lie side by side in the arena, and an empty one takes no room.
  const Value first = sharing.string("first");
  const Value empty = sharing.string("");
  const Value second = sharing.string("second");
  std::vector<const List*> seen;
  for (const Value& text : {first, empty, second}) {
    const Value list = sharing.list({&text, 1});
    EXPECT_EQ(list.as_list()->items[0].as_string(), text.as_string());
    for (const List* other : seen)
      EXPECT_NE(list.as_list(), other) << text.as_string();
    seen.push_back(list.as_list());
  }
}

TEST(Sharing, FindsEachOfManyAgain) {
  Arena arena;
  Sharing sharing(arena);
  constexpr int kMany = 20'000;
  const auto make = [&](int i) {
    const Value text = sharing.string("text " + std::to_string(i));
    const Value list = sharing.list(std::vector<Value>{text, Value::integer(i)});
    return sharing.map(std::vector<Value>{sharing.string("key"), list}, true);
  };
  std::vector<const Map*> maps;
  for (int i = 0; i < kMany; ++i)
    maps.push_back(make(i).as_map());
  const std::size_t used = arena.used();
  for (int i = 0; i < kMany; ++i) {
    ASSERT_EQ(make(i).as_map(), maps[static_cast<std::size_t>(i)]) << i;
    ASSERT_EQ(maps[static_cast<std::size_t>(i)]->find("key")->as_list()->items[1].as_int(), i);
  }
  EXPECT_EQ(arena.used(), used);
  EXPECT_TRUE(maps[0]->frozen && maps[0]->sorted);
}

TEST(Sharing, MapsWithRepeatedKeysDoNotLieInEachOthersWay) {
  std::string json = "[";
  for (int i = 0; i < 200'000; ++i)
    json += R"({"x": 1, "x": 2},)";
  json += "[]]";
  const auto before = std::chrono::steady_clock::now();
  const auto document = read_frozen_json("data.json", json);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->value.as_list()->size, 200'001U);
  EXPECT_EQ(text_of(document->value.as_list()->items[199'999]), "{\"x\": 2}");
  // One chain of all would be 20,000,000,000 steps.
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(20));
}

}  // namespace
}  // namespace sentinel
