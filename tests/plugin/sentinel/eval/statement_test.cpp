// Statements. Sections: Sentinel specification, "Statements".
#include <gtest/gtest.h>

#include "tests/plugin/sentinel/eval/evaluated.h"

namespace sentinel {
namespace {

TEST(Assignment, BindsChangesAndShares) {
  constexpr PolicyCase kCases[] = {
      {"operators", "x = 7\nx += 1\nx *= 2\nx -= 2\nx /= 2\nx %= 4\nprint(x)\nmain = true",
       "3\npass: true"},
      {"the right side is one operand", "x = 2\nx *= 3 + 4\nprint(x)\nmain = true",
       "14\npass: true"},
      {"lists are shared", "a = [1]\nb = a\nappend(b, 2)\nprint(a)\nmain = true",
       "[1 2]\npass: true"},
      {"+= makes a new list", "a = [1]\nb = a\nb += [2]\nprint(a, b)\nmain = true",
       "[1] [1 2]\npass: true"},
      {"maps are shared", "a = {}\nb = a\nb[\"k\"] = 1\nprint(a)\nmain = true",
       "{\"k\": 1}\npass: true"},
      {"an element of an element", "a = {\"l\": [1, 2]}\na[\"l\"][0] = 9\nprint(a)\nmain = true",
       "{\"l\": [9 2]}\npass: true"},
      {"the last element", "a = [1, 2]\na[-1] = 9\nprint(a)\nmain = true", "[1 9]\npass: true"},
      {"an operator on an element", "a = {\"n\": 1}\na[\"n\"] += 4\nprint(a)\nmain = true",
       "{\"n\": 5}\npass: true"},
      {"outside a list", "a = [1]\na[1] = 2\nmain = true",
       "error: 2:3: list index 1 is out of range, the list has 1 element"},
      {"before a list", "a = [1]\na[-2] = 2\nmain = true",
       "error: 2:3: list index -2 is out of range, the list has 1 element"},
      {"of undefined", "a = undefined\na[\"x\"] = 2\nmain = true",
       "error: 2:1: cannot assign to an element of undefined"},
      {"a key that is no key", "a = {}\na[null] = 2\nmain = true",
       "error: 2:3: map key must be a string, number or boolean, got null"},
      {"the right side comes first", "a = {}\na[error(\"index\")] = error(\"value\")\nmain = true",
       "error: 2:21: value"},
      {"a parameter's name does not reach the caller",
       "f = func(x) { x = 2; return x }\ny = 1\nprint(f(y), y)\nmain = true", "2 1\npass: true"},
  };
  check(kCases);
}

TEST(Conditions, AreTakenInOrder) {
  constexpr PolicyCase kCases[] = {
      {"else if",
       "f = func(n) {\n if n is 1 { return \"one\" } else if n is 2 { return \"two\" } else { "
       "return "
       "\"many\" }\n}\nprint(f(1), f(2), f(3))\nmain = true",
       "one two many\npass: true"},
      {"no scope of its own", "if true { x = 1 }\nprint(x)\nmain = true", "1\npass: true"},
      {"case with a subject",
       "f = func(n) {\n case n {\n when 1, 2:\n  return \"few\"\n when \"x\":\n  return \"text\"\n "
       "else:\n  return \"other\"\n }\n}\nprint(f(2), f(\"x\"), f(9))\nmain = true",
       "few text other\npass: true"},
      {"case without one",
       "x = 5\ncase {\nwhen x > 10:\n y = \"big\"\nwhen x > 3:\n y = \"middle\"\nwhen x > 1:\n y = "
       "\"small\"\n}\nprint(y)\nmain = true",
       "middle\npass: true"},
      {"case that nothing fits", "case 1 {\nwhen 2:\n print(\"no\")\n}\nmain = true", "pass: true"},
  };
  check(kCases);
}

TEST(Loop, RunsOverListsAndMaps) {
  constexpr PolicyCase kCases[] = {
      {"the keys of one map look up others",
       "a = {\"x\": 1, \"y\": 2, \"z\": 3}\n"
       "b = {\"z\": 30, \"x\": 10, \"w\": 0}\n"
       "for a as k, v { for [a, b] as m { print(k, m[k]) } }\n"
       "main = true",
       "x 1\nx 10\ny 2\ny undefined\nz 3\nz 30\npass: true"},
      {"one name of a list: the value", "for [5, 6] as x { print(x) }\nmain = true",
       "5\n6\npass: true"},
      {"two names of a list", "for [5, 6] as i, x { print(i, x) }\nmain = true",
       "0 5\n1 6\npass: true"},
      {"one name of a map: the key", "for {\"a\": 1} as k { print(k) }\nmain = true",
       "a\npass: true"},
      {"two names of a map", "for {\"b\": 1, \"a\": 2} as k, v { print(k, v) }\nmain = true",
       "b 1\na 2\npass: true"},
      {"break and continue",
       "for range(9) as i {\n if i is 1 { continue }\n if i is 3 { break }\n print(i)\n}\nmain = "
       "true",
       "0\n2\npass: true"},
      {"return leaves the function",
       "f = func() {\n for [1, 2] as x {\n  for [3] as y { return x + y }\n }\n return 0\n}\n"
       "print(f())\nmain = true",
       "4\npass: true"},
      {"what is appended meanwhile is not visited",
       "l = [1, 2]\nfor l as x { append(l, x) }\nprint(l)\nmain = true", "[1 2 1 2]\npass: true"},
      {"what is deleted meanwhile is visited all the same",
       "m = {\"a\": 1, \"b\": 2, \"c\": 3}\nn = 0\nfor m as k, v {\n delete(m, k)\n n += v\n}\n"
       "print(n, m)\nmain = true",
       "6 {}\npass: true"},
      {"a map that grows meanwhile",
       "m = {\"a\": 1}\nfor m as k, v { m[k + \"x\"] = v }\nprint(m)\nmain = true",
       "{\"a\": 1 \"ax\": 1}\npass: true"},
      {"over a range", "for range(5, 0, -2) as i, v { print(i, v) }\nmain = true",
       "0 5\n1 3\n2 1\npass: true"},
      {"over a range of whole floats", "for range(2.0) as v { print(v) }\nmain = true",
       "0\n1\npass: true"},
      {"over an undefined range", "for range(undefined) as v { }\nmain = true",
       "error: 1:5: unsupported type for looping: undefined"},
      {"over a range without steps", "for range(0, 1, 0) as v { }\nmain = true",
       "error: 1:5: range: step must not be 0"},
      {"over a range that ends with a return",
       "f = func() {\n for range(9) as i { if i is 3 { return i } }\n return -1\n}\nprint(f())\n"
       "main = true",
       "3\npass: true"},
      {"over a function called range",
       "range = func(n) { return [n, n] }\nfor range(7) as v { print(v) }\nmain = true",
       "7\n7\npass: true"},
      {"null", "for null as x { }\nmain = true", "error: 1:5: unsupported type for looping: null"},
  };
  check(kCases);
}

TEST(Function, RecursCloseAndReturn) {
  constexpr PolicyCase kCases[] = {
      {"recursion",
       "func fib(n) {\n if n < 2 { return n }\n return fib(n - 1) + fib(n - 2)\n}\nprint(fib(15))\n"
       "main = true",
       "610\npass: true"},
      {"functions that call each other",
       "func even(n) {\n if n is 0 { return true }\n return odd(n - 1)\n}\nfunc odd(n) {\n if n is "
       "0 { return false }\n return even(n - 1)\n}\nmain = even(10)",
       "pass: true"},
      {"a closure keeps its variables",
       "counter = func() {\n n = 0\n return func() { n += 1; return n }\n}\na = counter()\nb = "
       "counter()\na()\na()\nprint(a(), b())\nmain = true",
       "3 1\npass: true"},
      {"a closure two levels deep",
       "f = func(a) { return func(b) { return func(c) { return a + b + c } } }\n"
       "print(f(1)(2)(3))\nmain = true",
       "6\npass: true"},
      {"as an argument",
       "twice = func(f, x) { return f(f(x)) }\n"
       "print(twice(func(n) { return n * 3 }, 2))\nmain = true",
       "18\npass: true"},
      {"no value without return", "func f() {\n if false { return 1 }\n}\nf()\nmain = true",
       "error: 1:1: function \"f\" ended without `return`"},
      {"many variables",
       "f = func(a, b, c, d, e, g, h) { return [a, b, c, d, e, g, h] }\n"
       "print(f(1, 2, 3, 4, 5, 6, 7))\nmain = true",
       "[1 2 3 4 5 6 7]\npass: true"},
      {"print takes any number", "print(1, 2, 3, 4, 5, 6, 7, 8)\nprint()\nmain = true",
       "1 2 3 4 5 6 7 8\n\npass: true"},
  };
  check(kCases);
}

}  // namespace
}  // namespace sentinel
