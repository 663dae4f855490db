#include <chrono>
#include <string_view>

#include <gtest/gtest.h>

#include "plugin/sentinel/import/rows.h"
#include "tests/plugin/sentinel/import/fake_machine.h"

namespace sentinel {
namespace {

TEST(Time, Load) {
  constexpr CallCase kCases[] = {
      {"a day", R"(time.load("2019-11-16T01:20:30Z").day)", "16"},
      {"an hour", R"(time.load("2019-11-16T01:20:30Z").hour)", "1"},
      {"a minute", R"(time.load("2019-11-16T01:20:30Z").minute)", "20"},
      {"a second", R"(time.load("2019-11-16T01:20:30Z").second)", "30"},
      {"a month", R"(time.load("2019-11-16T01:20:30Z").month)", "11"},
      {"its name", R"(time.load("2019-11-16T01:20:30Z").month_name)", R"("November")"},
      {"a weekday", R"(time.load("2019-11-16T01:20:30Z").weekday)", "6"},
      {"its name", R"(time.load("2019-11-16T01:20:30Z").weekday_name)", R"("Saturday")"},
      {"Sunday is 0", R"(time.load("2019-11-17T00:00:00Z").weekday)", "0"},
      {"a year", R"(time.load("2019-11-16T01:20:30Z").year)", "2019"},
      {"unix", R"(time.load("2019-11-16T01:20:30Z").unix)", "1573867230"},
      {"unix_nano", R"(time.load("2019-11-16T01:20:30Z").unix_nano)", "1573867230000000000"},
      {"fractions", R"(time.load("2019-11-16T01:20:30.123456789Z").unix_nano)",
       "1573867230123456789"},
      {"zone", R"(time.load("2019-11-16T01:20:30-08:00").zone)", "-28800"},
      {"zone_string", R"(time.load("2019-11-16T01:20:30-08:00").zone_string)", R"("-08:00")"},
      {"UTC", R"(time.load("2019-11-16T01:20:30Z").zone_string)", R"("+00:00")"},
      {"fields are those of the zone", R"(time.load("2019-11-16T01:20:30-08:00").hour)", "1"},
      {"unix is not", R"(time.load("2019-11-16T01:20:30-08:00").unix)", "1573896030"},
      {"half an hour", R"(time.load("2019-11-16T01:20:30+05:30").zone)", "19800"},
      {"seconds since 1970", "time.load(1573867230).hour", "1"},
      {"before 1970", "time.load(-1).year", "1969"},
      {"a float is cut", "time.load(1573867230.9).second", "30"},
      {"a leap day", R"(time.load("2024-02-29T00:00:00Z").day)", "29"},
      {"a time", R"(time.load(time.load("2019-11-16T01:20:30-08:00")).zone)", "-28800"},
      {"no such field", "time.load(0).nanosecond", "undefined"},
      {"prints as a map", R"([time.load("2019-11-16T01:20:30Z")])",
       R"([{"day": 16 "hour": 1 "minute": 20 "month": 11 "month_name": "November" "second": 30 "unix": 1573867230 "unix_nano": 1573867230000000000 "weekday": 6 "weekday_name": "Saturday" "year": 2019 "zone": 0 "zone_string": "+00:00"}])"},
      {"no leap day", R"(time.load("2023-02-29T00:00:00Z"))",
       "error: `2023-02-29T00:00:00Z` given to `time.load` is not a time in the form of RFC 3339, "
       "such as `2019-11-16T01:20:30Z`"},
      {"no zone", R"(time.load("2019-11-16T01:20:30"))",
       "error: `2019-11-16T01:20:30` given to `time.load` is not a time in the form of RFC 3339, "
       "such as `2019-11-16T01:20:30Z`"},
      {"a date", R"(time.load("2019-11-16"))",
       "error: `2019-11-16` given to `time.load` is not a time in the form of RFC 3339, such as "
       "`2019-11-16T01:20:30Z`"},
      {"hour 24", R"(time.load("2019-11-16T24:00:00Z"))",
       "error: `2019-11-16T24:00:00Z` given to `time.load` is not a time in the form of RFC 3339, "
       "such as `2019-11-16T01:20:30Z`"},
      {"more behind it", R"(time.load("2019-11-16T01:20:30Zx"))",
       "error: `2019-11-16T01:20:30Zx` given to `time.load` is not a time in the form of RFC 3339, "
       "such as `2019-11-16T01:20:30Z`"},
      {"out of the calendar", "time.load(9000000000000000000)",
       "error: a time 9000000000000000000 s from 1970 is out of range"},
      {"no number at all", "time.load(1e300)",
       "error: `time.load` got 1e+300, which no int has room for"},
      {"another object", "time.load(decimal.nan)",
       "error: `time.load` got a decimal, not a time, a number of seconds or an RFC 3339 string"},
      {"undefined in, undefined out", "time.load(undefined)", "undefined"},
      {"null is refused", "time.load(null)", "error: wrong kind of argument 1"},
      {"one argument", "time.load()", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Time, Units) {
  constexpr CallCase kCases[] = {
      {"nanosecond", "time.nanosecond", "1"},
      {"microsecond", "time.microsecond", "1000"},
      {"millisecond", "time.millisecond", "1000000"},
      {"second", "time.second", "1000000000"},
      {"minute", "time.minute", "60000000000"},
      {"hour", "time.hour", "3600000000000"},
      {"no day", "time.day", "undefined"},
  };
  expect_results(kCases);
}

TEST(Time, Compares) {
  constexpr CallCase kCases[] = {
      {"before", R"(time.load("2019-11-16T01:20:30Z").before("2019-11-15T01:20:30Z"))", "false"},
      {"after", R"(time.load("2019-11-16T01:20:30Z").after("2019-11-15T01:20:30Z"))", "true"},
      {"equal", R"(time.load("2019-11-16T01:20:30Z").equal("2019-11-15T01:20:30Z"))", "false"},
      {"equal in other zones",
       R"(time.load("2019-11-16T01:20:30Z").equal("2019-11-15T17:20:30-08:00"))", "true"},
      {"to seconds", R"(time.load("2019-11-16T01:20:30Z").equal(1573867230))", "true"},
      {"to a time", R"(time.load(1).before(time.load(2)))", "true"},
      {"fractions count", R"(time.load("2019-11-16T01:20:30.1Z").after("2019-11-16T01:20:30Z"))",
       "true"},
      {"undefined in, undefined out", "time.load(1).before(undefined)", "undefined"},
      {"not a time", R"(time.load(1).after("soon"))",
       "error: `soon` given to `after` is not a time in the form of RFC 3339, such as "
       "`2019-11-16T01:20:30Z`"},
      {"null is refused", "time.load(1).equal(null)", "error: wrong kind of argument 1"},
      {"one argument", "time.load(1).equal()", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Time, AddAndSub) {
  constexpr CallCase kCases[] = {
      {"an hour", R"(time.load("2019-11-16T01:20:30Z").add(3600000000000).hour)", "2"},
      {"a nanosecond", R"(time.load("2019-11-16T01:20:30Z").add(1).unix_nano)",
       "1573867230000000001"},
      {"less", R"(time.load("2019-11-16T00:00:00Z").add(-1).day)", "15"},
      {"a float is cut", R"(time.load(0).add(1.9).unix_nano)", "1"},
      {"the zone stays", R"(time.load("2019-11-16T01:20:30-08:00").add(0).zone)", "-28800"},
      {"add undefined", "time.load(0).add(undefined)", "undefined"},
      {"add a string", R"(time.load(0).add("1h"))", "error: wrong kind of argument 1"},
      {"add, one argument", "time.load(0).add()", "error: wrong number of arguments"},
      {"sub", R"(time.load("2019-11-16T01:20:30Z").sub("2019-11-16T04:20:30Z"))",
       "-10800000000000"},
      {"sub, back",
       R"(time.load("2019-11-16T04:20:30Z").add(time.load("2019-11-16T01:20:30Z").sub("2019-11-16T04:20:30Z")).hour)",
       "1"},
      {"sub stops at the largest int", R"(time.load("9999-01-01T00:00:00Z").sub(0))",
       "9223372036854775807"},
      {"sub stops at the smallest int", R"(time.load(0).sub("9999-01-01T00:00:00Z"))",
       "-9223372036854775808"},
      {"sub undefined", "time.load(0).sub(undefined)", "undefined"},
      {"sub, one argument", "time.load(0).sub(1, 2)", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST(Time, NowStaysTheSame) {
  FakeMachine machine;
  EXPECT_EQ(machine.evaluate("time.now.unix"), "1573867230");
  machine.clock->wall += std::chrono::seconds(5);
  EXPECT_EQ(machine.evaluate("time.now.unix"), "1573867230");
  EXPECT_EQ(machine.evaluate("time.now.zone_string"), R"("+00:00")");
}

class Zone : public ::testing::Test {
 protected:
  void configure(std::string_view configuration) {
    machine.states[&kTime] = {.configuration = machine.value(configuration)};
  }
  FakeMachine machine;
};

TEST_F(Zone, OfTheConfiguration) {
  configure(R"({"timezone": "Australia/Brisbane"})");
  EXPECT_EQ(machine.evaluate("time.now.zone_string"), R"("+10:00")");
  EXPECT_EQ(machine.evaluate("time.now.hour"), "11");
  EXPECT_EQ(machine.evaluate("time.load(0).hour"), "10");
  EXPECT_EQ(machine.evaluate(R"(time.load("2019-11-16T01:20:30Z").zone)"), "0");
}

TEST_F(Zone, KnowsDaylightSaving) {
  configure(R"({"timezone": "Europe/Berlin"})");
  EXPECT_EQ(machine.evaluate("time.now.zone"), "3600");
  // 2020-07-01, half a year later.
  EXPECT_EQ(machine.evaluate("time.load(1593561600).zone"), "7200");
  EXPECT_EQ(machine.evaluate("time.now.add(19694370000000000).zone"), "7200");
}

TEST_F(Zone, ThatIsUnknown) {
  configure(R"({"timezone": "Mars/Olympus"})");
  EXPECT_EQ(machine.evaluate("time.now"),
            "error: time zone `Mars/Olympus` in the configuration of import `time` is not known on "
            "this machine");
}

TEST_F(Zone, ThatIsNoString) {
  configure(R"({"timezone": 10})");
  EXPECT_EQ(
      machine.evaluate("time.load(0)"),
      "error: `timezone` in the configuration of import `time` has type int, not a string such as "
      "\"Australia/Brisbane\"");
}

TEST_F(Zone, FixedTimeIsNow) {
  struct Row {
    const char* configuration;
    const char* now;
  };
  constexpr Row kRows[] = {
      {R"({"fixed_time": 1504155600})", "1504155600000000000"},
      {R"({"fixed_time": 1504155600.0})", "1504155600000000000"},
      {R"({"fixed_time": "2017-08-31T05:00:00.5Z"})", "1504155600500000000"},
      {R"({"fixed_time": "2017-08-31T07:00:00+02:00"})", "1504155600000000000"},
  };
  for (const Row& row : kRows) {
    configure(row.configuration);
    EXPECT_EQ(machine.evaluate("time.now.unix_nano"), row.now) << row.configuration;
  }
  configure(R"({"fixed_time": 1504155600, "timezone": "Europe/Berlin"})");
  EXPECT_EQ(machine.evaluate("time.now.hour"), "7");
}

TEST_F(Zone, FixedTimeThatIsNone) {
  for (const char* const wrong : {"\"yesterday\"", "true", "[]", "1e30"}) {
    configure("{\"fixed_time\": " + std::string(wrong) + "}");
    EXPECT_EQ(machine.evaluate("time.now"),
              "error: `fixed_time` in the configuration of import `time` is neither a number of "
              "seconds since 1970 nor an RFC 3339 string, such as \"2019-11-16T01:20:30Z\"");
  }
  configure(R"({"fixed_time": 9000000000000})");
  EXPECT_EQ(machine.evaluate("time.now"),
            "error: a time 9000000000000 s from 1970 is out of range");
}

}  // namespace
}  // namespace sentinel
