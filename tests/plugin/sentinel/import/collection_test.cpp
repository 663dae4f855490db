#include <gtest/gtest.h>

#include "tests/plugin/sentinel/import/fake_machine.h"

namespace sentinel {
namespace {

TEST(Collection, Filter) {
  constexpr CallCase kCases[] = {
      {"a list", "collection.filter([2, 3, 4, 5], even)", "[2 4]"},
      {"a map gives its values", R"(collection.filter({"a": 2, "b": 4, "c": 5}, even))", "[2 4]"},
      {"by index", R"(collection.filter(["x", "y"], first))", R"(["x"])"},
      {"by key", R"(collection.filter({"a": 1, "b": 2}, key_is_b))", "[2]"},
      {"a predicate without parameters", "collection.filter([1, 2], always)", "[1 2]"},
      {"a predicate with too many", "collection.filter([1], three)",
       "error: wrong number of arguments"},
      {"nothing", "collection.filter([], even)", "[]"},
      {"the predicate must say", "collection.filter([1], nothing)",
       "error: filter predicate must return boolean value, got undefined"},
      {"an undefined collection", "collection.filter(undefined, even)", "undefined"},
      {"null is no collection", "collection.filter(null, even)", "error: wrong kind of argument 1"},
      {"two arguments", "collection.filter([])", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Collection, Reject) {
  constexpr CallCase kCases[] = {
      {"a list", "collection.reject([2, 3, 4, 5], even)", "[3 5]"},
      {"a map gives its values", R"(collection.reject({"a": 2, "b": 5}, even))", "[5]"},
      {"the predicate must say", "collection.reject([1], itself)",
       "error: reject predicate must return boolean value, got int"},
      {"an undefined collection", "collection.reject(undefined, even)", "undefined"},
      {"a string is no collection", R"(collection.reject("ab", even))",
       "error: wrong kind of argument 1"},
      {"two arguments", "collection.reject([], even, 1)", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Collection, Find) {
  constexpr CallCase kCases[] = {
      {"the first", "collection.find([1, 2, 4], even)", "2"},
      {"by key, the value", R"(collection.find({"a": 2, "b": 4}, key_is_b))", "4"},
      {"none", "collection.find([1, 3], even)", "undefined"},
      {"nothing to look in", "collection.find({}, even)", "undefined"},
      {"the predicate must say", "collection.find([1], nothing)",
       "error: find predicate must return boolean value, got undefined"},
      {"an error of the predicate", "collection.find([1], fails)", "error: the callback failed"},
      {"an undefined collection", "collection.find(undefined, even)", "undefined"},
      {"a predicate is a function", "collection.find([1], true)",
       "error: wrong kind of argument 2"},
      {"two arguments", "collection.find([1])", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Collection, FindStopsAtTheFirst) {
  FakeMachine machine;
  EXPECT_EQ(machine.evaluate("collection.find([1, 2, 4, 6], even)"), "2");
  EXPECT_EQ(machine.calls, 2);
}

TEST(Collection, Matches) {
  constexpr CallCase kCases[] = {
      {"a nested map",
       R"(collection.matches([{"foo": {"bar": "wip", "x": 1}, "baz": "qux"}, {"foo": "bar"}], {"foo": {"bar": "wip"}}))",
       R"([{"baz": "qux" "foo": {"bar": "wip" "x": 1}}])"},
      {"numbers by value", R"(collection.matches([{"a": 1}], {"a": 1.0}))", R"([{"a": 1}])"},
      {"lists must be equal", R"(collection.matches([{"a": [1, 2]}], {"a": [1]}))", "[]"},
      {"null is a value", R"(collection.matches([{"a": null}, {}], {"a": null}))",
       R"([{"a": null}])"},
      {"no entries: every map", R"(collection.matches([{}, {"a": 1}, 5], {}))", R"([{} {"a": 1}])"},
      {"the values of a map", R"(collection.matches({"x": {"a": 1}, "y": {"a": 2}}, {"a": 2}))",
       R"([{"a": 2}])"},
      {"nothing matches", R"(collection.matches([{"a": 1}], {"b": 1}))", "[]"},
      {"an undefined collection", R"(collection.matches(undefined, {}))", "undefined"},
      {"the partial is a map", R"(collection.matches([], []))", "error: wrong kind of argument 2"},
      {"two arguments", R"(collection.matches([]))", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Collection, Reduce) {
  constexpr CallCase kCases[] = {
      {"from an initial value", "collection.reduce([1, 2, 3], plus, 10)", "16"},
      {"from the first element", "collection.reduce([1, 2, 3], plus)", "6"},
      {"with the index", "collection.reduce([5, 6], plus_index, 0)", "6"},
      {"the values of a map", R"(collection.reduce({"a": 1, "b": 2}, plus))", "3"},
      {"one element, no initial value", "collection.reduce([7], plus)", "7"},
      {"nothing, no initial value", "collection.reduce([], plus)", "undefined"},
      {"nothing, an initial value", "collection.reduce([], plus, 4)", "4"},
      {"an undefined initial value is one", "collection.reduce([], plus, undefined)", "undefined"},
      {"an undefined collection", "collection.reduce(undefined, plus)", "undefined"},
      {"a number is no collection", "collection.reduce(1, plus)",
       "error: wrong kind of argument 1"},
      {"two or three arguments", "collection.reduce([])", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

}  // namespace
}  // namespace sentinel
