#include <gtest/gtest.h>

#include "tests/plugin/sentinel/config/printed.h"

namespace sentinel {
namespace {

struct Case {
  const char* name;
  std::string text;
  std::string result;
};

std::string read_tree(std::string text) {
  std::vector<base::Diagnostic> errors;
  const auto tree =
      read_json(std::make_shared<const base::Source>("x.json", std::move(text)), errors);
  return tree ? printed(*tree) : printed(errors);
}

std::string read_blocks(std::string text) {
  std::vector<base::Diagnostic> errors;
  const Document document = read_json_configuration(
      std::make_shared<const base::Source>("x.json", std::move(text)), errors);
  return errors.empty() ? printed(document) : printed(errors);
}

TEST(Json, ReadsValues) {
  const Case kCases[] = {
      {"scalars", R"([null, true, false, 0, -1, 1.5, 1e3, "a"])",
       "[null, true, false, int 0, int -1, float 1.500000, float 1000.000000, 'a']"},
      {"escapes", R"(["\"\\\/\b\f\n\r\t\u0041\ud83d\ude00\ud800"])",
       "['\"\\/\b\f\\n\r\tA\xF0\x9F\x98\x80\xEF\xBF\xBD']"},
      {"nothing in collections", " [ { } , [ ] ] ", "[{}, []]"},
      {"keys stay in order, twice too", R"({"b":1,"a":2,"b":3})", "{b: int 1, a: int 2, b: int 3}"},
      {"a whole number beyond 64 bits", "9223372036854775808", "float 9223372036854775808.000000"},
      {"no UTF-8 becomes the replacement character", "[\"a\xFFz\"]", "['a\xEF\xBF\xBDz']"},
      {"too small is zero", "1e-999", "float 0.000000"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(read_tree(c.text), c.result);
  }
}

TEST(Json, SaysWhatIsWrongAndWhere) {
  const Case kCases[] = {
      {"empty", "", "x.json:1:1: the file is empty\n"},
      {"trailing", "{} x",
       "x.json:1:4: found `x` behind the end of the document\n     1 | {} x\n       |    ^\n"},
      {"a comma too many", "[1,]",
       "x.json:1:4: found `]`, expected a value\n     1 | [1,]\n       |    ^\n"},
      {"open", "{\"a\": 1",
       "x.json:1:8: found the end of the file, expected `,` or `}`\n     1 | {\"a\": 1\n       |   "
       "     ^\n"},
      {"a bare key", "{a: 1}",
       "x.json:1:2: found `a`, expected a key in quotes\n     1 | {a: 1}\n       |  ^\n"},
      {"octal", "[01]",
       "x.json:1:2: a number may not begin with `0`\n     1 | [01]\n       |  ^\n"},
      {"a control character", "\"a\tb\"",
       "x.json:1:3: found a control character in a text, expected an escape\n     1 | \"a b\"\n    "
       "   |   ^\n"},
      {"UTF-16", "\xFF\xFE{", "x.json: the text is UTF-16\n    save the file as UTF-8 text\n"},
      {"too large", "1e999",
       "x.json:1:1: the number is too large\n     1 | 1e999\n       | ^~~~~\n"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(read_tree(c.text), c.result);
  }
}

TEST(Json, BoundsNesting) {
  const std::string error = read_tree(std::string(100'000, '['));
  EXPECT_NE(error.find("values are nested more than 200 levels deep"), std::string::npos) << error;
}

TEST(JsonConfiguration, NestsLabelsAsHclDoes) {
  EXPECT_EQ(
      read_blocks(R"({
        "mock": { "tfplan/v2": { "module": { "source": "m.sentinel" } }, "time": { "data": { "hour": 9 } } },
        "import": { "static": { "cities": { "source": "c.json", "format": "json" } } },
        "module": { "old": { "source": "o.sentinel" } },
        "policy": [ { "p": { "source": "p.sentinel" } }, { "q": {} } ],
        "param": { "x": { "value": 1 } },
        "sentinel": { "features": { "terraform": true } },
        "test": { "rules": { "main": false } } })"),
      "mock(tfplan/v2){module: {source: 'm.sentinel'}} mock(time){data: {hour: int 9}} "
      "import(static)(cities){source: 'c.json', format: 'json'} module(old){source: 'o.sentinel'} "
      "policy(p){source: 'p.sentinel'} policy(q){} param(x){value: int 1} "
      "sentinel{features: {terraform: true}} test{rules: {main: false}}");
}

TEST(JsonConfiguration, ReadsWhatHclAllowsInJson) {
  const Case kCases[] = {
      {"comments at every level",
       R"({"//": "a", "mock": {"//": "b", "m": {"//": "c", "module": {"source": "m"}}}})",
       "mock(m){//: 'c', module: {source: 'm'}}"},
      {"lists stand for blocks",
       R"({"mock": [{"m": [{"module": [{"source": "m"}]}]}], "test": [{"rules": {"main": true}}]})",
       "mock(m){module: {source: 'm'}} test{rules: {main: true}}"},
      {"null stands for no block", R"({"test": null, "mock": null, "policy": {"p": null}})", ""},
      {"settings in lists", R"({"param": {"n": [{"value": 1}]}})", "param(n){value: int 1}"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(read_blocks(c.text), c.result);
  }
}

TEST(JsonConfiguration, BringsTheLegacyDialectIntoTodaysForm) {
  const Case kCases[] = {
      {"mocks", R"({"mock": {"time": {"hour": 9}, "tfplan": "../m.sentinel"}})",
       "legacy mock(time){data: {hour: int 9}} mock(tfplan){module: {source: '../m.sentinel'}}"},
      {"modules", R"({"modules": {"f": {"path": "f.sentinel"}}})",
       "legacy module(f){source: 'f.sentinel'}"},
      {"imports", R"({"imports": {"p": {"path": "./p", "args": [], "config": {"a": 1}}}})",
       "legacy import(p){path: './p', args: [], config: {a: int 1}}"},
      {"settings", R"({"global": {"day": "monday"}, "param": {"n": 3}})",
       "legacy global(day){value: 'monday'} param(n){value: int 3}"},
      {"of equal keys the last counts",
       R"({"mock": {"a": {"x": 1}, "a": {"x": 2}}, "mock": {"b": {}, "a": {"x": 3}}})",
       "legacy mock(a){data: {x: int 3}} mock(b){data: {}}"},
      {"expectations", R"({"test": {"main": true}})", "legacy test{rules: {main: true}}"},
      {"keys of the record in any case, as Go reads them",
       R"({"Mock": {"a": "a.sentinel"}, "TEST": {"main": true}})",
       "legacy mock(a){module: {source: 'a.sentinel'}} test{rules: {main: true}}"},
      {"comments", R"({"mock": {"//": "old", "a": "a.sentinel"}})",
       "legacy mock(a){module: {source: 'a.sentinel'}}"},
      {"one old part makes all of it old",
       R"({"mock": {"a": "a.sentinel"}, "global": {"v": {"value": 1}}})",
       "legacy mock(a){module: {source: 'a.sentinel'}} global(v){value: {value: int 1}}"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(read_blocks(c.text), c.result);
  }
}

TEST(JsonConfiguration, TheLegacyDialectPassesOverUnknownKeys) {
  std::vector<base::Diagnostic> errors;
  const Document document = read_json_configuration(
      std::make_shared<const base::Source>(
          "x.json", R"({"name": "a case", "mocks": {}, "test": {"main": true}})"),
      errors);
  EXPECT_EQ(printed(errors), "");
  EXPECT_EQ(printed(document), "legacy test{rules: {main: true}}");
  EXPECT_EQ(document.warnings,
            (std::vector<std::string>{"x.json:1:2: unknown key `name` is ignored",
                                      "x.json:1:20: unknown key `mocks` is ignored"}));
}

TEST(JsonConfiguration, RefusesWhatIsNoObject) {
  EXPECT_EQ(read_blocks("[]"),
            "x.json:1:1: the file holds a list, expected an object\n     1 | []\n       | ^~\n");
  EXPECT_EQ(read_blocks(R"({"mock": 1})"),
            "x.json:1:10: `mock` is a whole number, expected an object\n"
            "     1 | {\"mock\": 1}\n       |          ^\n");
}

}  // namespace
}  // namespace sentinel
