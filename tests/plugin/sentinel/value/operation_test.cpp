#include "plugin/sentinel/value/operation.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plugin/sentinel/value/native.h"

namespace sentinel {
namespace {

struct Made {
  Arena arena;

  Value list(std::initializer_list<Value> items) {
    List* out = make_list(arena);
    for (const Value& item : items)
      out->append(arena, item);
    return Value::list(out);
  }
  Value map(std::initializer_list<MapEntry> entries) {
    Map* out = make_map(arena);
    for (const MapEntry& entry : entries)
      out->set(arena, entry.key, entry.value);
    return Value::map(out);
  }
  /// A list in a list in a list …
  Value nested(int levels) {
    Value out = list({});
    for (int i = 0; i < levels; ++i)
      out = list({out});
    return out;
  }
};

Value i(std::int64_t number) {
  return Value::integer(number);
}
Value f(double number) {
  return Value::number(number);
}
Value s(const char* text) {
  return Value::string(text);
}

TEST(Equal, ComparesByValue) {
  Made m;
  const std::vector<std::pair<Value, Value>> same = {
      {i(1), i(1)},
      {i(1), f(1.0)},
      {f(0.0), f(-0.0)},
      {s("a"), s("a")},
      {Value::null(), Value::null()},
      {m.list({i(1), f(2)}), m.list({f(1), i(2)})},
      {m.list({}), m.list({})},
      {m.map({{i(1), s("a")}}), m.map({{f(1.0), s("a")}})},
      {m.map({{s("a"), i(1)}, {s("b"), i(2)}}), m.map({{s("b"), i(2)}, {s("a"), i(1)}})},
  };
  for (const auto& [a, b] : same) {
    EXPECT_TRUE(equal(a, b)) << to_text(a) << " and " << to_text(b);
    EXPECT_TRUE(equal(b, a)) << to_text(b) << " and " << to_text(a);
  }
  const std::vector<std::pair<Value, Value>> different = {
      {i(1), i(2)},
      {i(1), f(1.5)},
      {i(1), s("1")},
      {i(1), Value::boolean(true)},
      {i(0), Value::null()},
      {s(""), Value::null()},
      {m.list({}), m.map({})},
      {m.list({i(1)}), m.list({i(1), i(1)})},
      {m.list({i(1), i(2)}), m.list({i(2), i(1)})},
      {m.map({{s("a"), i(1)}}), m.map({{s("a"), i(2)}})},
      {m.map({{s("a"), i(1)}}), m.map({{s("b"), i(1)}})},
      {f(std::nan("")), f(std::nan(""))},
  };
  for (const auto& [a, b] : different) {
    EXPECT_FALSE(equal(a, b)) << to_text(a) << " and " << to_text(b);
    EXPECT_FALSE(equal(b, a)) << to_text(b) << " and " << to_text(a);
  }
}

TEST(Order, IsOfNumbersAndOfStrings) {
  EXPECT_EQ(order(i(1), i(2)), std::partial_ordering::less);
  EXPECT_EQ(order(i(INT64_MAX), i(INT64_MAX - 1)), std::partial_ordering::greater);
  EXPECT_EQ(order(i(1), f(1.0)), std::partial_ordering::equivalent);
  EXPECT_EQ(order(f(0.5), i(1)), std::partial_ordering::less);
  EXPECT_EQ(order(s("a"), s("b")), std::partial_ordering::less);
  EXPECT_EQ(order(s("\xC3\xA4"), s("z")), std::partial_ordering::greater);
  EXPECT_EQ(order(s("1"), i(1)), std::partial_ordering::unordered);
  EXPECT_EQ(order(f(std::nan("")), f(1)), std::partial_ordering::unordered);
  EXPECT_EQ(order(Value::boolean(false), Value::boolean(true)), std::partial_ordering::unordered);
}

TEST(Walking, StopsInsteadOfRunningForEver) {
  Made m;
  List* ring = make_list(m.arena);
  ring->append(m.arena, Value::list(ring));
  List* other = make_list(m.arena);
  other->append(m.arena, Value::list(other));
  for (const Value& deep : {Value::list(ring), m.nested(2000)}) {
    EXPECT_THROW(to_text(deep), ValueTooLarge);
    EXPECT_THROW(to_json(deep, true), ValueTooLarge);
    EXPECT_THROW(to_trace_text(deep, 0), ValueTooLarge);
    EXPECT_THROW(deep_copy(m.arena, deep), ValueTooLarge);
    EXPECT_THROW(equal(deep, Value::list(other)), ValueTooLarge);
  }
  Value a = m.list({i(1)});
  Value b = m.list({i(1)});
  for (int level = 0; level < 60; ++level) {
    a = m.list({a, a});
    b = m.list({b, b});
  }
  EXPECT_THROW(equal(a, b), ValueTooLarge);
  Value text = m.list({m.arena.string(std::string(1'000'000, 'x'))});
  for (int level = 0; level < 60; ++level)
    text = m.list({text, text});
  EXPECT_THROW(to_text(text), ValueTooLarge);
  EXPECT_NO_THROW(to_text(m.nested(900)));
}

TEST(Text, IsWhatPrintShows) {
  Made m;
  const std::vector<std::pair<Value, std::string>> rows = {
      {Value(), "undefined"},
      {Value::null(), "null"},
      {Value::boolean(true), "true"},
      {i(-7), "-7"},
      {f(7), "7.000000"},
      {f(0.1), "0.100000"},
      {f(INFINITY), "+Inf"},
      {s("a \"b\"\n"), "a \"b\"\n"},
      {m.list({}), "[]"},
      {m.list({s("a"), s("b\n")}), R"(["a" "b\n"])"},
      {m.map({}), "{}"},
      {m.map({{s("references"), m.list({s("aws_subnet.main.id"), s("aws_subnet.main")})}}),
       R"({"references": ["aws_subnet.main.id" "aws_subnet.main"]})"},
      {m.map({{s("b"), i(2)},
              {s("a"), f(1)},
              {i(3), Value::null()},
              {Value::boolean(true), Value()}}),
       R"({true: undefined 3: null "a": 1.000000 "b": 2})"},
  };
  for (const auto& [value, text] : rows)
    EXPECT_EQ(to_text(value), text);
}

TEST(Trace, PutsOneElementOnALine) {
  Made m;
  EXPECT_EQ(to_trace_text(Value::boolean(false), 4), "    false");
  EXPECT_EQ(to_trace_text(s("a"), 0), "\"a\"");
  EXPECT_EQ(to_trace_text(m.list({m.map({{s("weekday"), s("Sunday")}, {s("weather"), s("clouds")}}),
                                  m.list({})}),
                          2),
            "  [\n"
            "    {\n"
            "      \"weekday\": \"Sunday\"\n"
            "      \"weather\": \"clouds\"\n"
            "    }\n"
            "    []\n"
            "  ]");
}

TEST(Floats, ArePrintedAsGoDoes) {
  const std::vector<std::pair<double, std::string>> shortest = {{0, "0"},
                                                                {1.5, "1.5"},
                                                                {1e20, "100000000000000000000"},
                                                                {1e21, "1e+21"},
                                                                {1e-4, "0.0001"},
                                                                {1e-5, "1e-05"},
                                                                {-2.25, "-2.25"},
                                                                {1.0 / 3, "0.3333333333333333"},
                                                                {NAN, "NaN"},
                                                                {-INFINITY, "-Inf"},
                                                                {1e100, "1e+100"}};
  for (const auto& [number, text] : shortest)
    EXPECT_EQ(shortest_float(number), text);
  EXPECT_EQ(fixed_float(1.5), "1.500000");
  EXPECT_EQ(fixed_float(-0.0000004), "-0.000000");
  EXPECT_EQ(fixed_float(std::numeric_limits<double>::max()).size(), 316U);
}

TEST(Quote, EscapesWhatALiteralCannotHold) {
  EXPECT_EQ(quote("plain \xC3\xA4"), "\"plain \xC3\xA4\"");
  EXPECT_EQ(quote("\"\\\n\t\r\a\b\f\v"), R"("\"\\\n\t\r\a\b\f\v")");
  EXPECT_EQ(quote(std::string_view("\0\x1F\x7F\xFF", 4)), R"("\x00\x1f\x7f\xff")");
  EXPECT_EQ(quote("\xED\xA0\x80"), R"("\xed\xa0\x80")");  // a surrogate half
}

TEST(Json, IsWhatGoWrites) {
  Made m;
  const Value value =
      m.map({{s("b"), m.list({i(1), f(1.0), f(1e-7), f(2.5), Value(), Value::null()})},
             {i(2), s("<a>&\"\\\n\x01\xFF\xE2\x80\xA8")},
             {s("a"), m.map({})},
             {s("c"), m.list({})}});
  EXPECT_EQ(
      to_json(value, false),
      R"({"2":"\u003ca\u003e\u0026\"\\\n\u0001\ufffd\u2028","a":{},"b":[1,1,1e-7,2.5,null,null],"c":[]})");
  EXPECT_EQ(to_json(m.map({{s("a"), m.list({i(1), i(2)})}}), true),
            "{\n  \"a\": [\n    1,\n    2\n  ]\n}");
}

TEST(Names, AreThoseOfTheLanguage) {
  EXPECT_EQ(kind_name(Kind::Undefined), "undefined");
  EXPECT_EQ(kind_name(Kind::Int), "int");
  EXPECT_EQ(kind_name(Kind::Map), "map");
}

}  // namespace
}  // namespace sentinel
