#include <gtest/gtest.h>

#include "tests/plugin/sentinel/import/fake_machine.h"

namespace sentinel {
namespace {

TEST(Lists, Concat) {
  constexpr CallCase kCases[] = {
      {"two", "lists.concat([1], [2, 3])", "[1 2 3]"},
      {"more", "lists.concat([1, 2], [10, 20], [100], [], [7], [8], [9], [10])",
       "[1 2 10 20 100 7 8 9 10]"},
      {"undefined in, undefined out", "lists.concat([1], undefined)", "undefined"},
      {"a string is no list", R"(lists.concat([1], "a"))", "error: wrong kind of argument 2"},
      {"the seventh is a list too", "lists.concat([], [], [], [], [], [], 7)",
       "error: wrong kind of argument 7"},
      {"two at least", "lists.concat([1])", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Lists, Difference) {
  constexpr CallCase kCases[] = {
      {"two", "lists.difference([1, 2], [2, 3])", "[1]"},
      {"many", "lists.difference([1, 2, 3, 4, 5], [2, 5], [1])", "[3 4]"},
      {"of one alone", "lists.difference([1, 1])", "[1 1]"},
      {"numbers by value", "lists.difference([1, 2], [1.0])", "[2]"},
      {"maps and lists", R"(lists.difference([{"a": 1}, [1]], [[1]]))", R"([{"a": 1}])"},
      {"the alias", "lists.diff([1, 2], [2])", "[1]"},
      {"undefined in, undefined out", "lists.difference(undefined, [1])", "undefined"},
      {"a map is no list", "lists.difference({}, [1])", "error: wrong kind of argument 1"},
      {"one at least", "lists.difference()", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Lists, Intersection) {
  constexpr CallCase kCases[] = {
      {"three", "lists.intersection([1, 2], [2, 3], [3, 2])", "[2]"},
      {"values once", "lists.intersection([2, 2, 1], [2, 1])", "[2 1]"},
      {"nothing in common", "lists.intersection([1], [2])", "[]"},
      {"of one alone", "lists.intersection([1, 1, 2])", "[1 2]"},
      {"maps", R"(lists.intersection([{"a": 1}], [{"a": 1.0}]))", R"([{"a": 1}])"},
      {"undefined in, undefined out", "lists.intersection([1], undefined)", "undefined"},
      {"null is no list", "lists.intersection([1], null)", "error: wrong kind of argument 2"},
      {"one at least", "lists.intersection()", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Lists, Union) {
  constexpr CallCase kCases[] = {
      {"in the order first seen", "lists.union([1, 3], [2, 3, 5], [6, 2, 1])", "[1 3 2 5 6]"},
      {"of one alone", "lists.union([1, 1])", "[1]"},
      {"other kinds differ", R"(lists.union([1, "1", true, null], [null, 1.0]))",
       R"([1 "1" true null])"},
      {"undefined in, undefined out", "lists.union(undefined)", "undefined"},
      {"a number is no list", "lists.union(1)", "error: wrong kind of argument 1"},
      {"one at least", "lists.union()", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Lists, Sort) {
  constexpr CallCase kCases[] = {
      {"words", R"(lists.sort(["zebra", "bat", "horse"], ascending))",
       R"(["bat" "horse" "zebra"])"},
      {"by a member", R"(lists.sort([{"n": 8}, {"n": 4}, {"n": 100}], by_n))",
       R"([{"n": 4} {"n": 8} {"n": 100}])"},
      {"equal ones keep their order",
       R"(lists.sort([{"n": 1, "x": 1}, {"n": 0}, {"n": 1, "x": 2}, {"n": 1, "x": 3}], by_n))",
       R"([{"n": 0} {"n": 1 "x": 1} {"n": 1 "x": 2} {"n": 1 "x": 3}])"},
      {"nothing", "lists.sort([], ascending)", "[]"},
      {"a function that contradicts itself", "lists.sort([3, 1, 2], greater)", "[2 1 3]"},
      {"the function must say", "lists.sort([1, 2], always)",
       "error: sort function must return int value, got bool"},
      {"undefined in, undefined out", "lists.sort(undefined, ascending)", "undefined"},
      {"a map is no list", "lists.sort({}, ascending)", "error: wrong kind of argument 1"},
      {"two arguments", "lists.sort([])", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Lists, SortLeavesItsArgument) {
  FakeMachine machine;
  const Value list = machine.value("[3, 1, 2]");
  const Value sorted = machine.value("lists.sort([3, 1, 2], ascending)");
  EXPECT_EQ(sorted.as_list()->items[0].as_int(), 1);
  EXPECT_EQ(list.as_list()->items[0].as_int(), 3);
}

TEST(Lists, Sum) {
  constexpr CallCase kCases[] = {
      {"always a float", "lists.sum([2, 5, 10, 500])", "517.000000"},
      {"mixed", "lists.sum([1, 0.5])", "1.500000"},
      {"nothing", "lists.sum([])", "0.000000"},
      {"only numbers", R"(lists.sum([1, "2"]))",
       "error: `lists.sum` found a string in its list, which may hold only ints and floats"},
      {"an undefined element", "lists.sum([1, undefined])", "undefined"},
      {"undefined in, undefined out", "lists.sum(undefined)", "undefined"},
      {"a map is no list", "lists.sum({})", "error: wrong kind of argument 1"},
      {"one argument", "lists.sum([], [])", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

}  // namespace
}  // namespace sentinel
