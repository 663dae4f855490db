#include <gtest/gtest.h>

#include "tests/plugin/sentinel/import/fake_machine.h"

namespace sentinel {
namespace {

TEST(Maps, Get) {
  constexpr CallCase kCases[] = {
      {"a key", R"(maps.get({"foo": "bar"}, "foo"))", R"("bar")"},
      {"through lists", R"(maps.get({"foo": [{"bar": {"baz": 4}}]}, "foo.0.bar.baz"))", "4"},
      {"every element", R"(maps.get({"foo": [{"bar": 4}, {"bar": 8}, {"bar": 45}]}, "foo.*.bar"))",
       "[4 8 45]"},
      {"every element that has it", R"(maps.get({"foo": [{"bar": 4}, {}, 3]}, "foo.*.bar"))",
       "[4]"},
      {"the elements themselves", R"(maps.get({"foo": [1, 2]}, "foo.*"))", "[1 2]"},
      {"every element of every element",
       R"(maps.get({"a": [{"b": [1, 2]}, {"b": [3]}]}, "a.*.b.*"))", "[[1 2] [3]]"},
      {"missing, with a default", R"(maps.get({}, "foo", "bar"))", R"("bar")"},
      {"missing, without", R"(maps.get({}, "foo"))", "undefined"},
      {"missing further down", R"(maps.get({"a": {"b": 1}}, "a.b.c", 0))", "0"},
      {"undefined there, with a default", R"(maps.get({"a": undefined}, "a", 1))", "1"},
      {"null there is a value", R"(maps.get({"a": null}, "a", 1))", "null"},
      {"an index out of range", R"(maps.get({"a": [1]}, "a.1", "x"))", R"("x")"},
      {"no negative index", R"(maps.get({"a": [1]}, "a.-1", "x"))", R"("x")"},
      {"a number as a key", R"(maps.get({1: "a"}, "1"))", R"("a")"},
      {"a star as a key", R"(maps.get({"*": 2}, "*"))", "2"},
      {"a list of a mock", R"(maps.get([{"a": 1}], "0.a"))", "1"},
      {"no object, with a default", R"(maps.get(undefined, "a", 1))", "1"},
      {"no object, without", R"(maps.get(undefined, "a"))", "undefined"},
      {"null as the object", R"(maps.get(null, "a", 1))", "1"},
      {"an undefined path", R"(maps.get({}, undefined, 1))", "undefined"},
      {"a string is no object", R"(maps.get("a", "a"))", "error: wrong kind of argument 1"},
      {"two or three arguments", R"(maps.get({}))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Maps, Has) {
  constexpr CallCase kCases[] = {
      {"a key", R"(maps.has({"foo": "bar"}, "foo"))", "true"},
      {"no key", R"(maps.has({}, "foo"))", "false"},
      {"null is there", R"(maps.has({"a": null}, "a"))", "true"},
      {"further down", R"(maps.has({"a": [{"b": 1}]}, "a.0.b"))", "true"},
      {"in any element", R"(maps.has({"a": [{}, {"b": 1}]}, "a.*.b"))", "true"},
      {"in no element", R"(maps.has({"a": [{}]}, "a.*.b"))", "false"},
      {"undefined in, undefined out", R"(maps.has(undefined, "a"))", "undefined"},
      {"a number is no object", R"(maps.has(1, "a"))", "error: wrong kind of argument 1"},
      {"two arguments", R"(maps.has({}))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Maps, Omit) {
  constexpr CallCase kCases[] = {
      {"one", R"(maps.omit({"foo": "bar"}, ["foo"]))", "{}"},
      {"more", R"(maps.omit({"foo": "bar", "baz": "qux", "nit": "nat"}, ["foo", "baz"]))",
       R"({"nit": "nat"})"},
      {"what becomes empty goes too",
       R"(maps.omit({"foo": "bar", "baz": [{"qux": 4}, {"qux": 10}], "nit": {"nat": "pak"}}, ["baz.1.qux", "nit.nat"]))",
       R"({"baz": [{"qux": 4}] "foo": "bar"})"},
      {"what was empty stays", R"(maps.omit({"a": {}, "b": 1}, ["a.x"]))", R"({"a": {} "b": 1})"},
      {"from every element", R"(maps.omit({"a": [{"b": 1, "c": 2}, {"b": 3, "c": 4}]}, ["a.*.b"]))",
       R"({"a": [{"c": 2} {"c": 4}]})"},
      {"from every element and one more",
       R"(maps.omit({"a": [{"b": 1, "c": 2}, {"b": 3, "c": 4}]}, ["a.*.b", "a.0.c"]))",
       R"({"a": [{"c": 4}]})"},
      {"missing", R"(maps.omit({"a": 1}, ["b", "a.b", "c.0"]))", R"({"a": 1})"},
      {"undefined in, undefined out", R"(maps.omit({}, undefined))", "undefined"},
      {"paths are strings", R"(maps.omit({}, [1]))",
       "error: int among the paths of `maps.omit`, which must be strings"},
      {"paths are a list", R"(maps.omit({}, "a"))", "error: wrong kind of argument 2"},
      {"two arguments", R"(maps.omit({}))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Maps, Pick) {
  constexpr CallCase kCases[] = {
      {"one", R"(maps.pick({"foo": "bar", "a": 1}, ["foo"]))", R"({"foo": "bar"})"},
      {"deep; lists close up",
       R"(maps.pick({"foo": "bar", "baz": [{"qux": 4}, {"qux": 10}], "nit": {"nat": "pak"}}, ["baz.1.qux", "nit.nat"]))",
       R"({"baz": [{"qux": 10}] "nit": {"nat": "pak"}})"},
      {"from every element", R"(maps.pick({"a": [{"b": 1, "c": 2}, {"b": 3}]}, ["a.*.b"]))",
       R"({"a": [{"b": 1} {"b": 3}]})"},
      {"missing", R"(maps.pick({"a": {}}, ["b", "a.x"]))", "{}"},
      {"a whole and a part of it", R"(maps.pick({"a": {"b": 1, "c": 2}}, ["a.b", "a"]))",
       R"({"a": {"b": 1 "c": 2}})"},
      {"undefined in, undefined out", R"(maps.pick(undefined, []))", "undefined"},
      {"a list is no map", R"(maps.pick([], []))", "error: wrong kind of argument 1"},
      {"two arguments", R"(maps.pick({}))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Maps, Set) {
  constexpr CallCase kCases[] = {
      {"a key", R"(maps.set({"foo": "bar"}, "foo", "qux"))", R"({"foo": "qux"})"},
      {"maps on the way", R"(maps.set({}, "foo.bar.baz", 10))", R"({"foo": {"bar": {"baz": 10}}})"},
      {"an index", R"(maps.set({"foo": [2, 5]}, "foo.0", 10))", R"({"foo": [10 5]})"},
      {"the next index", R"(maps.set({"foo": [2]}, "foo.1", 10))", R"({"foo": [2 10]})"},
      {"every element", R"(maps.set({"foo": [{"bar": true}, {"bar": false}]}, "foo.*.bar", true))",
       R"({"foo": [{"bar": true} {"bar": true}]})"},
      {"a scalar makes room", R"(maps.set({"a": 1}, "a.b", 2))", R"({"a": {"b": 2}})"},
      {"out of range", R"(maps.set({"a": [1]}, "a.5", 2))",
       "error: `maps.set` cannot set `5` in a list of 1: it takes `*` or an index from 0 to 1"},
      {"undefined in, undefined out", R"(maps.set(undefined, "a", 1))", "undefined"},
      {"an undefined value is one", R"(maps.set({}, "a", undefined))", R"({"a": undefined})"},
      {"a list is no map", R"(maps.set([], "a", 1))", "error: wrong kind of argument 1"},
      {"three arguments", R"(maps.set({}, "a"))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Maps, Unset) {
  constexpr CallCase kCases[] = {
      {"a key", R"(maps.unset({"foo": "bar"}, "foo"))", "{}"},
      {"deep", R"(maps.unset({"foo": {"bar": {"baz": 10, "qux": 15}}}, "foo.bar.baz"))",
       R"({"foo": {"bar": {"qux": 15}}})"},
      {"what becomes empty stays", R"(maps.unset({"a": {"b": 1}}, "a.b"))", R"({"a": {}})"},
      {"an index", R"(maps.unset({"foo": [2, 5]}, "foo.0"))", R"({"foo": [5]})"},
      {"every element", R"(maps.unset({"foo": [{"bar": true}, {"bar": false}]}, "foo.*", true))",
       R"({"foo": []})"},
      {"in every element", R"(maps.unset({"a": [{"b": 1, "c": 2}]}, "a.*.b"))",
       R"({"a": [{"c": 2}]})"},
      {"missing", R"(maps.unset({"a": [1]}, "a.7"))", R"({"a": [1]})"},
      {"undefined in, undefined out", R"(maps.unset({}, undefined))", "undefined"},
      {"null is no map", R"(maps.unset(null, "a"))", "error: wrong kind of argument 1"},
      {"two or three arguments", R"(maps.unset({}))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Maps, APathHasAnEnd) {
  std::string path = "a";
  for (int i = 0; i < 600; ++i)
    path += ".a";
  EXPECT_EQ(evaluate("maps.get({}, \"" + path + "\")"),
            "error: a path of 601 parts given to `maps.get`, which takes at most 512");
}

}  // namespace
}  // namespace sentinel
