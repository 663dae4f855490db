#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plugin/sentinel/data/json.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

std::string read(std::string_view text) {
  Arena arena;
  const auto value = read_json(arena, text, "data.json");
  if (!value) return base::to_text(value.error());
  std::string out;
  append_text(out, *value, true);
  return out;
}

TEST(JsonReader, ReadsEveryKindOfValue) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"null", "null"},
      {" true ", "true"},
      {"-12", "-12"},
      {"\"a\\u00e4\\n\\ud83d\\ude00\"", "\"a\xC3\xA4\\n\xF0\x9F\x98\x80\""},
      {"[]", "[]"},
      {"{}", "{}"},
      {"[1, 1.0, 1e2, 9223372036854775807, -9223372036854775808]",
       "[1 1.000000 100.000000 9223372036854775807 -9223372036854775808]"},
      {"[9223372036854775808, 123456789012345678901234567890]",
       "[9223372036854775808.000000 123456789012345677877719597056.000000]"},
      {"{\"b\": [{\"c\": null}], \"a\": false}", "{\"a\": false \"b\": [{\"c\": null}]}"},
      {"{\"a\": 1, \"a\": 2}", "{\"a\": 2}"},
      {"[\"\\u0000\"]", "[\"\\x00\"]"},
  };
  for (const auto& [text, value] : rows)
    EXPECT_EQ(read(text), value) << text;
}

TEST(JsonReader, SaysWhatIsWrongAndWhere) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"", "data.json:1:1: invalid JSON: the text is empty\n"},
      {"{\"a\": 1,\n \"b\" 2}",
       "data.json:2:6: invalid JSON: a value, `,`, `:` or closing bracket was "
       "expected here\n     2 |  \"b\" 2}\n       |      ^\n"},
      {"{\"a\": \"x}",
       "data.json:1:10: invalid JSON: a string is not closed\n"
       "     1 | {\"a\": \"x}\n       |          ^\n"},
      {"[1] 2",
       "data.json:1:5: invalid JSON: something follows the document\n"
       "     1 | [1] 2\n       |     ^\n"},
      {"[\n  01]",
       "data.json:2:3: invalid JSON: a number is malformed\n"
       "     2 |   01]\n       |   ^\n"},
      {"[\"a\xFF\"]",
       "data.json:1:4: invalid JSON: the text is not UTF-8\n"
       "     1 | [\"a\xFF\"]\n       |    ^\n"},
  };
  for (const auto& [text, message] : rows)
    EXPECT_EQ(read(text), message) << text;
}

// What PowerShell's `>` and `Out-File` make of `terraform show -json`.
TEST(JsonReader, OfAFileTakesAByteOrderMarkAndSaysWhatItsEncodingIs) {
  const auto read_file = [](std::string text) {
    std::string out;
    for (const bool is_large : {false, true}) {
      auto document =
          is_large ? read_frozen_json("data.json", text)
                   : read_frozen_json(std::make_shared<const base::Source>("data.json", text));
      std::string one;
      if (document) {
        append_text(one, document->value, true);
      } else {
        one = base::to_text(document.error());
      }
      EXPECT_TRUE(out.empty() || out == one) << one;
      out = one;
    }
    return out;
  };
  using namespace std::string_literals;
  EXPECT_EQ(read_file("\xEF\xBB\xBF[1]"), "[1]");
  EXPECT_EQ(read_file("\xEF\xBB\xBF[1] 2"),
            "data.json:1:5: invalid JSON: something follows the document\n"
            "     1 | [1] 2\n       |     ^\n");
  for (const std::string& text : {"\xFF\xFE[\0]\0"s, "\xFE\xFF\0[\0]"s, "[\0]\0"s, "\0[\0]"s}) {
    EXPECT_EQ(read_file(text),
              "data.json: invalid JSON: the text is UTF-16\n    save the file as UTF-8 text\n");
  }
  EXPECT_EQ(read_file("[\"\xFF\"]"),
            "data.json:1:3: invalid JSON: the text is not UTF-8\n"
            "     1 | [\"\xFF\"]\n       |   ^ save the file as UTF-8 text\n");
}

TEST(JsonReader, ReplacesHalvesOfSurrogatePairs) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {R"("\ud800")", R"("�")"},
      {R"("\udc00x")", R"("�x")"},
      {R"("\ud800\u0041")", R"("�A")"},
      {R"("\ud800\ud83d\ude00")", R"("�😀")"},
      {R"("\\ud800 \uDFFF")", R"("\\ud800 �")"},
      {R"({"\ud800": 1})", R"({"�": 1})"},
  };
  for (const auto& [text, value] : rows)
    EXPECT_EQ(read(text), value) << text;
}

TEST(JsonReader, RefusesWhatIsNoJson) {
  Arena arena;
  for (const char* text : {"",        " ",          "[",
                           "]",       "{",          "}",
                           "[1",      "[1,]",       "[1 2]",
                           "{\"a\"}", "{\"a\":}",   "{\"a\":1,}",
                           "{a:1}",   "{1:1}",      "[01]",
                           "[1.]",    "[.5]",       "[+1]",
                           "[1e400]", "tru",        "[nul]",
                           "\"a",     "\"\\q\"",    "\"\\ud80\"",
                           "\"\n\"",  "1 2",        "[] []",
                           "{}x",     "[\"\xFF\"]", "[--1]",
                           "nan",     "[1,,2]",     "\xEF\xBB\xBF[]",
                           "[}",      "{]",         "truex",
                           "[truex]", "-",          "[-]"})
    EXPECT_FALSE(read_json(arena, text, "data.json")) << text;
}

TEST(JsonReader, IsNotCrashedByDepth) {
  Arena arena;
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  EXPECT_TRUE(read_json(arena, nested(1000), "data.json"));
  for (const std::size_t levels : {1001U, 1100U, 100'000U})
    EXPECT_FALSE(read_json(arena, nested(levels), "data.json")) << levels;
  EXPECT_FALSE(read_json(arena, std::string(1'000'000, '['), "data.json"));
}

TEST(JsonReader, FreezesWhatIsShared) {
  const auto document = read_frozen_json(std::make_shared<const base::Source>(
      "data.json", "{\"b\": [1], \"a\": {\"x\": 1, \"y\": 2}}"));
  ASSERT_TRUE(document);
  const Map& root = *document->value.as_map();
  EXPECT_TRUE(root.frozen);
  EXPECT_FALSE(root.sorted);
  EXPECT_TRUE(root.find("b")->as_list()->frozen);
  EXPECT_TRUE(root.find("a")->as_map()->frozen);
  EXPECT_TRUE(root.find("a")->as_map()->sorted);
}

}  // namespace
}  // namespace sentinel
