#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plugin/sentinel/data/frozen_data.h"
#include "plugin/sentinel/data/mock_writer.h"
#include "plugin/sentinel/value/operation.h"
#include "tests/plugin/sentinel/data/literal.h"

namespace sentinel {
namespace {

base::SourcePtr source(std::string text) {
  return std::make_shared<const base::Source>("mock.sentinel", std::move(text));
}

/// `{"name": value …}` in the order of the file; "not data".
std::string read(std::string text) {
  const auto data = read_data(source(std::move(text)));
  if (!data) return "not data";
  std::string out;
  for (const MapEntry& entry : *(*data)->root) {
    out += out.empty() ? "" : "; ";
    out += entry.key.as_string();
    out += "=";
    append_text(out, entry.value, true);
  }
  return out;
}

TEST(MockReader, TakesTheDataThatATextBeginsWith) {
  struct Case {
    const char* text;
    const char* taken;  // the texts of the assignments, a `|` between
    const char* rest;
  };
  constexpr Case kCases[] = {
      {"", "", ""},
      {"a = 1\nb = [2]\n", "a = 1|b = [2]", ""},
      {"a = 1\na = {\n\t\"k\": 2,\n}", "a = 1|a = {\n\t\"k\": 2,\n}", ""},
      {"a = 1\nf = func() { return a }\nb = 2\n", "a = 1", "f = func() { return a }\nb = 2\n"},
      {"import \"strings\"\na = 1\nb = strings.x\n", "a = 1", "b = strings.x\n"},
      {"import \"other\"\na = 1\n", "", "import \"other\"\na = 1\n"},
      {"a = 1\nimport \"strings\"\n", "a = 1", "import \"strings\"\n"},
      {"// c\na = 1 // d\n\n// e\nprint(a)\n", "a = 1", "print(a)\n"},
      {"a = 1\nb = 1 + 2\n", "a = 1", "b = 1 + 2\n"},
      {"a = 1\nb = [1,\n", "a = 1", "b = [1,\n"},
      {"a = 1\nb = 2 /* no end", "a = 1", "b = 2 /* no end"},
      {"a = 1\nb = \"\xFF\"\n", "", "a = 1\nb = \"\xFF\"\n"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.text);
    const std::string text = c.text;
    const DataBeginning beginning = read_data_beginning(source(text));
    std::string taken;
    for (const DataAssignment& one : beginning.assignments) {
      taken += taken.empty() ? "" : "|";
      taken += text.substr(one.span.begin, one.span.end - one.span.begin);
      EXPECT_EQ(one.name, text.substr(one.span.begin, one.name.size()));
      EXPECT_FALSE(one.value.is_undefined());
    }
    EXPECT_EQ(taken, c.taken);
    EXPECT_EQ(text.substr(beginning.end), c.rest);
  }
}

TEST(MockReader, ReadsEveryLiteral) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"", ""},
      {"// NOTE: AUTO-GENERATED OFF OF NO DATA", ""},
      {"a = 1", "a=1"},
      {"a = 1\n", "a=1"},
      {"a=1;b=2", "a=1; b=2"},
      {"a = 1 // why\nb = 2 # how\n", "a=1; b=2"},
      {"a = /* c */ 1", "not data"},
      {"a = -1\nb = 0\nc = 9223372036854775807", "a=-1; b=0; c=9223372036854775807"},
      {"a = 0600\nb = 0x1F\nc = -0x10\nd = 0", "a=384; b=31; c=-16; d=0"},
      {"a = 1.5\nb = 1e3\nc = 072.40\nd = -0.25",
       "a=1.500000; b=1000.000000; c=72.400000; d=-0.250000"},
      {"a = true\nb = false\nc = null\nd = undefined", "a=true; b=false; c=null; d=undefined"},
      {"a = \"x\\n\\\"\\\\\\t\\x41\\101\\u00e4\\U0001F600\"",
       "a=\"x\\n\\\"\\\\\\tAA\xC3\xA4\xF0\x9F\x98\x80\""},
      {"a = \"tab\there\"", "a=\"tab\\there\""},
      {"a = `raw \\n\n\"line\"`", "a=\"raw \\\\n\\n\\\"line\\\"\""},
      {"a = []\nb = {}\nc = [\n]\nd = {\n\t// none\n}", "a=[]; b={}; c=[]; d={}"},
      {"a = [1, 2]\nb = [\n\t1,\n\t[2,],\n]", "a=[1 2]; b=[1 [2]]"},
      {"a = {\n\t\"k\":   1, // one\n\t/* two */\n\t\"l\": {\"m\": [{}]},\n}",
       "a={\"k\": 1 \"l\": {\"m\": [{}]}}"},
      {"a = {1: 2, true: 3, 1.0: 4, \"x\": 5}", "a={true: 3 1: 4 \"x\": 5}"},
      {"a = {\"k\": 1, \"k\": 2}", "a={\"k\": 2}"},
      {"a = 1\nb = 2\na = 3", "a=3; b=2"},
      {"import \"strings\"\nimport \"collection/maps\"\n\na = 1", "a=1"},
      {"a = 1\r\nb = {\r\n\t\"k\": 1,\r\n}\r\n", "a=1; b={\"k\": 1}"},
      {"a = {\"k\" : 1 , \"l\" :2 }", "a={\"k\": 1 \"l\": 2}"},
  };
  for (const auto& [text, values] : rows)
    EXPECT_EQ(read(text), values) << text;
}

TEST(MockReader, LeavesTheRestToTheParser) {
  for (const char* text : {
           "main = rule { true }",
           "a = b",
           "a = 1 + 2",
           "a = [1] + [2]",
           "a = func() { return 1 }",
           "param a",
           "a = length([1])",
           "a = 1 b = 2",
           "a = 1\rb = 2",
           "a = {\"k\": 1\n}",
           "a = [1\n]",
           "a = [,]",
           "a = [1,,2]",
           "a = {,}",
           "a = {\"k\"\n: 1}",
           "a\n= 1",
           "a = \"x",
           "a = \"x\ny\"",
           "a = \"\\q\"",
           "a = \"\\ud800\"",
           "a = \"\\U00110000\"",
           "a = \"\\400\"",
           "a = `x",
           "a = 9223372036854775808",
           "a = 99999999999999999999",
           "a = 09",
           "a = 0x",
           "a = 1abc",
           "a = 1e400",
           "a = 1.2.3",
           "a = - 1",
           "a = --1",
           "a = +1",
           "a = {null: 1}",
           "a = {undefined: 1}",
           "a = {[]: 1}",
           "a = {b: 1}",
           "true = 1",
           "map = {}",
           "length = 1",
           "a.b = 1",
           "a[0] = 1",
           "a += 1",
           "import \"tfplan\"\na = 1",
           "import \"strings\" as s",
           "import \"strings\"\nstrings = 1",
           "a = 1\nimport \"strings\"",
           "a = {",
           "a = [",
           "a =",
           "a",
           "{",
           "/* open",
           "a = 1 /* x */ b = 2",
           "\xEF\xBB\xBF"
           "a = 1",
           "\xC3\xA4 = 1",
           "a = truex",
           "a = \"\xFF\"",
           "a = \"x\" \"y\"",
           "a = {\"k\": }",
           "a = {\"k\"}",
           "a = {\"k\": 1 \"l\": 2}",
       })
    EXPECT_EQ(read(text), "not data") << text;
  EXPECT_EQ(read(std::string("a = 1\0", 6)), "not data");
  EXPECT_EQ(read(std::string("a = \"\0\"", 7)), "not data");
  std::string deep = "a = ";
  deep.append(100'000, '[');
  EXPECT_EQ(read(deep), "not data");
  deep.append(100'000, ']');
  EXPECT_EQ(read(deep), "not data");
}

TEST(MockReader, SeesWhenNeighboursAreNotAlike) {
  // Maps of one shape, then with a key more, a key less, other order, other spelling.
  const std::string text =
      "a = [\n"
      "\t{\"a\": 1, \"b\": 2, \"c\": {\"x\": 1}},\n"
      "\t{\"a\": 3, \"b\": 4, \"c\": {\"x\": 2}},\n"
      "\t{\"a\": 3, \"b\": 4, \"c\": {\"y\": 2}, \"d\": 5},\n"
      "\t{\"a\": 3, \"b\": 4},\n"
      "\t{\"b\": 3, \"a\": 4},\n"
      "\t{\"b\": 3, \"a\": 4, \"A\": 1},\n"
      "\t{\"\\x62\": 3, \"a\": 4},\n"
      "\t{\"a\\\\t\": 1},\n"
      "\t{\"a\\t\": 1},\n"
      "\t{`a\\t`: 1},\n"
      "\t{\"a\\t\": 1, `a\"`: 2},\n"
      "\t{1: 1},\n"
      "\t{\"1\": 1},\n"
      "\t{\"a\": 1, \"a\": 2},\n"
      "\t{\"a\": 1, \"a\": 2},\n"
      "]\n";
  EXPECT_EQ(read(text),
            R"(a=[{"a": 1 "b": 2 "c": {"x": 1}} {"a": 3 "b": 4 "c": {"x": 2}} )"
            R"({"a": 3 "b": 4 "c": {"y": 2} "d": 5} {"a": 3 "b": 4} {"a": 4 "b": 3} )"
            R"({"A": 1 "a": 4 "b": 3} {"a": 4 "b": 3} {"a\\t": 1} {"a\t": 1} {"a\\t": 1} )"
            R"({"a\t": 1 "a\"": 2} {1: 1} {"1": 1} {"a": 2} {"a": 2}])");
}

TEST(MockReader, KeepsTheOrderOfTheFile) {
  const auto data = read_data(source("z = 1\na = {\"q\": 1, \"b\": 2, \"r\": 3}\n"));
  ASSERT_TRUE(data);
  EXPECT_EQ((*data)->root->entries[0].key.as_string(), "z");
  const Map& map = *(*data)->root->entries[1].value.as_map();
  EXPECT_EQ(map.entries[0].key.as_string(), "q");
  EXPECT_FALSE(map.sorted);
  EXPECT_TRUE(map.frozen);
  EXPECT_EQ(map.find("b")->as_int(), 2);
}

TEST(MockReader, FindsEveryKeyOfALargeMap) {
  for (const bool descending : {false, true}) {
    std::string text = "a = {\n";
    for (int i = 0; i < 1000; ++i)
      text += "\t\"k" + std::to_string(descending ? 1999 - i : 1000 + i) +
              "\": " + std::to_string(i) + ",\n";
    text += "}\n";
    const auto data = read_data(source(text));
    ASSERT_TRUE(data);
    const Map& map = *(*data)->root->entries[0].value.as_map();
    EXPECT_EQ(map.sorted, !descending);
    ASSERT_EQ(map.size, 1000U);
    for (const MapEntry& entry : map)
      ASSERT_EQ(map.find(entry.key), &entry.value);
  }
}

TEST(MockReader, AgreesWithTheParser) {
  // Every text cut short at every byte, and with every byte replaced: whatever is still data must
  // be the same data.
  const std::string texts[] = {
      "import \"strings\"\n\n# c\na = {\n\t\"k\": [1, -2.5, 0x1F, 010],\n\t\"l\":  "
      "`r`,\n\n\t\"m\": "
      "{\"x\\u00e4\\n\": null,},\n}\n\nb = undefined\nc = \"\"; d = true // e\n",
      "r = {\n\t\"a\": {\"p\": 1, \"q\": {}},\n\t\"b\": {\"p\": 2, \"q\": []},\n\t1: "
      "\"\\\\\",\n}\n",
  };
  const std::string replacements = "\"\\\n {}[],:=0ax#/`-.;";
  int accepted = 0;
  const auto check = [&accepted](const std::string& text) {
    const base::SourcePtr from = source(text);
    const auto data = read_data(from);
    if (!data) return;
    ++accepted;
    Arena arena;
    const auto expected = read_long_way(arena, from);
    ASSERT_TRUE(expected) << text;
    ASSERT_EQ(to_text(Value::map((*data)->root)), to_text(*expected)) << text;
    ASSERT_TRUE(equal(Value::map((*data)->root), *expected)) << text;
  };
  for (const std::string& text : texts) {
    check(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
      check(text.substr(0, i));
      check(text.substr(0, i) + text.substr(i + 1));
      for (const char c : replacements) {
        std::string changed = text;
        changed[i] = c;
        check(changed);
        check(text.substr(0, i) + c + text.substr(i));
      }
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace sentinel
