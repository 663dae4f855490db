#include <gtest/gtest.h>

#include "tests/plugin/sentinel/import/fake_machine.h"

namespace sentinel {
namespace {

TEST(Json, Unmarshal) {
  constexpr CallCase kCases[] = {
      {"an object", R"(json.unmarshal("{\"foo\": 42}"))", R"({"foo": 42})"},
      {"whole numbers are ints", R"(json.unmarshal("[1, 1.5, 1e2, -7]"))",
       "[1 1.500000 100.000000 -7]"},
      {"a number for itself", R"(json.unmarshal("1"))", "1"},
      {"all kinds", R"(json.unmarshal("[null, true, \"a\\u00e4\", {}, []]"))",
       R"([null true "aä" {} []])"},
      {"a missing key", R"(json.unmarshal("{\"foo\": 42}").bar)", "undefined"},
      {"undefined in, undefined out", "json.unmarshal(undefined)", "undefined"},
      {"a map is no text", "json.unmarshal({})", "error: wrong kind of argument 1"},
      {"one argument", "json.unmarshal()", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Json, UnmarshalSaysWhereItStops) {
  const std::string result = evaluate(R"(json.unmarshal("{\"foo\": }"))");
  EXPECT_TRUE(result.starts_with("error: the argument of json.unmarshal:1:9: ")) << result;
}

TEST(Json, Marshal) {
  constexpr CallCase kCases[] = {
      {"keys are sorted", R"(json.marshal({"b": 1, "a": [1.5, null, true]}))",
       R"("{\"a\":[1.5,null,true],\"b\":1}")"},
      {"empty maps at any depth", R"(json.marshal({"a": {}, "b": [{}]}))",
       R"("{\"a\":{},\"b\":[{}]}")"},
      {"undefined members are left out",
       R"(json.marshal({"a": undefined, "b": [1, undefined, 2]}))", R"("{\"b\":[1,2]}")"},
      {"a scalar", R"(json.marshal("a\n"))", R"("\"a\\n\"")"},
      {"keys that are no strings", R"(json.marshal({1: "a"}))", R"("{\"1\":\"a\"}")"},
      {"undefined in, undefined out", "json.marshal(undefined)", "undefined"},
      {"functions have no JSON", "json.marshal([even])",
       "error: `json.marshal` cannot write a value of type function: JSON has null, bools, "
       "numbers, strings, "
       "lists and maps"},
      {"one argument", "json.marshal(1, 2)", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Json, Valid) {
  constexpr CallCase kCases[] = {
      {"JSON", R"(json.valid("{ \"foo\": 42 }"))", "true"},
      {"not JSON", R"(json.valid("{foo}"))", "false"},
      {"nothing", R"(json.valid(""))", "false"},
      {"more than one document", R"(json.valid("1 2"))", "false"},
      {"undefined in, undefined out", "json.valid(undefined)", "undefined"},
      {"a list is no text", "json.valid([])", "error: wrong kind of argument 1"},
      {"one argument", "json.valid()", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

}  // namespace
}  // namespace sentinel
