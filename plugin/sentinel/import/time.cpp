// The `time` import. Documentation: Sentinel, imports/time, and configuration/index for `timezone`,
// commands/config (0.15) for `fixed_time`.
// Times, their text form and durations are as in Go's package time.

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <date/date.h>
#include <date/tz.h>

#include "plugin/sentinel/import/call.h"
#include "plugin/sentinel/import/rows.h"
#include "plugin/sentinel/import/type.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

constexpr std::int64_t kNano = 1'000'000'000;
/// Seconds from 1970 to the end of what the calendar below can say, some 30,000 years.
constexpr std::int64_t kMostSeconds = 900'000'000'000;

constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};

/// A timespace of the documentation.
struct Time : Object {
  std::int64_t seconds;         // since 1970, UTC
  std::int64_t nanos;           // of the second, 0 to 999,999,999
  const date::time_zone* zone;  // null: `offset` says all
  std::int64_t offset;          // seconds east of UTC
};

const Time& as_time(const Object& object) {
  return static_cast<const Time&>(object);
}

/// Reads exactly `digits` digits.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  int number = 0;
  if (text.size() < digits) return std::nullopt;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

struct Instant {
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;
  std::int64_t offset = 0;
};

/// `2006-01-02T15:04:05Z`, `…+07:00`, with or without fractions of a second.
std::optional<Instant> parse_rfc3339(std::string_view text) {
  Instant out;
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || !take(text, 'T')) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || !take(text, ':')) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second) return std::nullopt;
  const date::year_month_day calendar{date::year(*year), date::month(static_cast<unsigned>(*month)),
                                      date::day(static_cast<unsigned>(*day))};
  if (!calendar.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  if (text.starts_with('.') || text.starts_with(',')) {
    text.remove_prefix(1);
    std::int64_t unit = kNano / 10;
    bool any = false;
    for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), unit /= 10) {
      out.nanos += unit * (text[0] - '0');
      any = true;
    }
    if (!any) return std::nullopt;
  }
  if (!take(text, 'Z')) {
    const bool west = text.starts_with('-');
    if (!take(text, west ? '-' : '+')) return std::nullopt;
    const auto hours = take_number(text, 2);
    if (!hours || *hours > 24 || !take(text, ':')) return std::nullopt;
    const auto minutes = take_number(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    out.offset = (std::int64_t{*hours} * 60 + *minutes) * 60 * (west ? -1 : 1);
  }
  if (!text.empty()) return std::nullopt;
  const std::int64_t days = date::sys_days(calendar).time_since_epoch().count();
  out.seconds = ((days * 24 + *hour) * 60 + *minute) * 60 + *second - out.offset;
  return out;
}

/// What an evaluation remembers of this import.
struct Memory {
  std::optional<Instant> now;   // what it was when it was first asked for
  const date::time_zone* zone;  // configured; null: UTC
};

/// What `fixed_time` says, the documentation's reference time.
std::optional<Instant> fixed_time(const Value& value) {
  if (value.is(Kind::String)) return parse_rfc3339(value.as_string());
  if (value.is(Kind::Int)) return Instant{.seconds = value.as_int()};
  if (value.is(Kind::Float) && std::fabs(value.as_float()) < kMostSeconds)
    return Instant{.seconds = static_cast<std::int64_t>(value.as_float())};
  return std::nullopt;
}

Memory& memory(Machine& machine) {
  ImportState& state = machine.state(kTime);
  if (state.memory == nullptr) {
    auto* fresh = machine.arena().make<Memory>();
    if (state.configuration.is(Kind::Map)) {
      if (const Value* zone = state.configuration.as_map()->find("timezone")) {
        if (!zone->is(Kind::String)) {
          machine.fail("`timezone` in the configuration of import `time` has type " +
                       std::string(kind_name(zone->kind())) +
                       ", not a string such as \"Australia/Brisbane\"");
        }
        try {
          fresh->zone = date::locate_zone(std::string(zone->as_string()));
        } catch (const std::runtime_error&) {
          machine.fail("time zone `" + std::string(zone->as_string()) +
                       "` in the configuration of import `time` is not known on this machine");
        }
      }
      if (const Value* fixed = state.configuration.as_map()->find("fixed_time")) {
        fresh->now = fixed_time(*fixed);
        if (!fresh->now) {
          machine.fail(
              "`fixed_time` in the configuration of import `time` is neither a number of seconds "
              "since 1970 nor an RFC 3339 string, such as \"2019-11-16T01:20:30Z\"");
        }
      }
    }
    state.memory = fresh;
  }
  return *static_cast<Memory*>(state.memory);
}

/// A time of a zone at an instant; fails when it is out of the calendar's range.
Value make_time(Machine& machine, std::int64_t seconds, std::int64_t nanos,
                const date::time_zone* zone, std::int64_t offset) {
  if (seconds > kMostSeconds || seconds < -kMostSeconds)
    machine.fail("a time " + std::to_string(seconds) + " s from 1970 is out of range");
  if (zone != nullptr) {
    offset = zone->get_info(date::sys_seconds(std::chrono::seconds(seconds))).offset.count();
  }
  return Value::object(
      machine.arena().make<Time>(Object{&kTimeType}, seconds, nanos, zone, offset));
}

/// `seconds` and `nanos` moved by `nanoseconds`, normalised.
Value moved(Machine& machine, const Time& from, std::int64_t nanoseconds) {
  std::int64_t seconds = from.seconds + nanoseconds / kNano;
  std::int64_t nanos = from.nanos + nanoseconds % kNano;
  if (nanos < 0) {
    nanos += kNano;
    --seconds;
  } else if (nanos >= kNano) {
    nanos -= kNano;
    ++seconds;
  }
  return make_time(machine, seconds, nanos, from.zone, from.offset);
}

/// A float's whole part, where an int has room for it.
std::int64_t whole_part(Machine& machine, const Value& number, std::string_view function) {
  if (number.is(Kind::Int)) return number.as_int();
  const double d = number.as_float();
  if (!(std::fabs(d) < 9.2e18)) {
    machine.fail("`" + std::string(function) + "` got " + shortest_float(d) +
                 ", which no int has room for");
  }
  return static_cast<std::int64_t>(d);
}

/// The time that argument 0 is or says.
const Time& operand(NativeCall& call, std::string_view function) {
  const Value& value = call.at(0);
  Machine& machine = call.machine;
  if (value.is(Kind::Object)) {
    if (value.as_object()->type != &kTimeType) {
      machine.fail("`" + std::string(function) + "` got a " +
                   std::string(value.as_object()->type->name) +
                   ", not a time, a number of seconds or an RFC 3339 string");
    }
    return as_time(*value.as_object());
  }
  if (value.is_number()) {
    const Value made =
        make_time(machine, whole_part(machine, value, function), 0, memory(machine).zone, 0);
    return as_time(*made.as_object());
  }
  const std::optional<Instant> instant = parse_rfc3339(value.as_string());
  if (!instant) {
    machine.fail("`" + std::string(value.as_string().substr(0, 80)) + "` given to `" +
                 std::string(function) +
                 "` is not a time in the form of RFC 3339, such as `2019-11-16T01:20:30Z`");
  }
  const Value made = make_time(machine, instant->seconds, instant->nanos, nullptr, instant->offset);
  return as_time(*made.as_object());
}

std::string zone_text(std::int64_t offset) {
  const std::int64_t minutes = std::abs(offset) / 60;
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return (offset < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60);
}

constexpr std::array<std::string_view, 13> kFields{
    "day",       "hour",    "minute",       "month", "month_name", "second",     "unix",
    "unix_nano", "weekday", "weekday_name", "year",  "zone",       "zone_string"};

Value field_in(Arena& arena, const Time& time, std::string_view name) {
  const date::sys_seconds local(std::chrono::seconds(time.seconds + time.offset));
  const auto days = date::floor<date::days>(local);
  const date::year_month_day calendar(days);
  const date::hh_mm_ss<std::chrono::seconds> clock(local - days);
  const auto month = static_cast<unsigned>(calendar.month());
  const unsigned weekday = date::weekday(days).c_encoding();
  if (name == "hour") return Value::integer(clock.hours().count());
  if (name == "minute") return Value::integer(clock.minutes().count());
  if (name == "second") return Value::integer(clock.seconds().count());
  if (name == "day") return Value::integer(static_cast<unsigned>(calendar.day()));
  if (name == "month") return Value::integer(month);
  if (name == "month_name") return Value::string(kMonths.at(month - 1));
  if (name == "weekday") return Value::integer(weekday);
  if (name == "weekday_name") return Value::string(kWeekdays.at(weekday));
  if (name == "year") return Value::integer(static_cast<int>(calendar.year()));
  if (name == "unix") return Value::integer(time.seconds);
  if (name == "unix_nano") {
    // Wraps beyond the year 2262, as Go's does.
    const auto nanos = static_cast<std::uint64_t>(time.seconds) * std::uint64_t{kNano} +
                       static_cast<std::uint64_t>(time.nanos);
    return Value::integer(static_cast<std::int64_t>(nanos));
  }
  if (name == "zone") return Value::integer(time.offset);
  if (name == "zone_string") return arena.string(zone_text(time.offset));
  return {};
}

Value field(Machine& machine, const Object& object, std::string_view name) {
  return field_in(machine.arena(), as_time(object), name);
}

/// As the map of its fields, which is what HashiCorp's imports hand out.
std::string print(const Object& object) {
  Arena arena;
  Map* map = make_map(arena, kFields.size());
  for (const std::string_view name : kFields)
    map->set(arena, Value::string(name), field_in(arena, as_time(object), name));
  return to_text(Value::map(map));
}

bool equals_object(const Object& a, const Object& b) {
  const Time& x = as_time(a);
  const Time& y = as_time(b);
  return x.seconds == y.seconds && x.nanos == y.nanos && x.offset == y.offset;
}

const Time& self_of(const NativeCall& call) {
  return as_time(*call.self.as_object());
}

/// Below, equal to or above 0: `self` is before, at or after the argument.
int order(NativeCall& call, std::string_view function) {
  const Time& a = self_of(call);
  const Time& b = operand(call, function);
  if (a.seconds != b.seconds) return a.seconds < b.seconds ? -1 : 1;
  return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
}

Value before(NativeCall& call) {
  return Value::boolean(order(call, "before") < 0);
}
Value after(NativeCall& call) {
  return Value::boolean(order(call, "after") > 0);
}
Value equal_to(NativeCall& call) {
  return Value::boolean(order(call, "equal") == 0);
}

Value add(NativeCall& call) {
  return moved(call.machine, self_of(call), whole_part(call.machine, call.at(0), "add"));
}

/// Stops at the ends of what an int holds, some 292 years, as Go's does.
Value sub(NativeCall& call) {
  const Time& a = self_of(call);
  const Time& b = operand(call, "sub");
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const std::int64_t seconds = a.seconds - b.seconds;
  if (seconds > kMost / kNano - 1) return Value::integer(kMost);
  if (seconds < -(kMost / kNano) + 1)
    return Value::integer(std::numeric_limits<std::int64_t>::min());
  return Value::integer(seconds * kNano + (a.nanos - b.nanos));
}

Value load(NativeCall& call) {
  const Time& time = operand(call, "time.load");
  return make_time(call.machine, time.seconds, time.nanos, time.zone, time.offset);
}

Value member(Machine& machine, std::string_view name) {
  if (name == "now") {
    Memory& known = memory(machine);
    if (!known.now) {
      const std::int64_t now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                                   machine.system().clock->now().time_since_epoch())
                                   .count();
      const std::int64_t nanos = (now % kNano + kNano) % kNano;
      known.now = Instant{.seconds = (now - nanos) / kNano, .nanos = nanos};
    }
    return make_time(machine, known.now->seconds, known.now->nanos, known.zone, 0);
  }
  if (name == "nanosecond") return Value::integer(1);
  if (name == "microsecond") return Value::integer(1'000);
  if (name == "millisecond") return Value::integer(1'000'000);
  if (name == "second") return Value::integer(kNano);
  if (name == "minute") return Value::integer(60 * kNano);
  if (name == "hour") return Value::integer(3600 * kNano);
  return {};
}

constexpr std::uint16_t kTimeish = kNumber | kString | kObject;

constexpr FunctionRow kMethods[] = {
    {"before", 1, 1, {kTimeish}, before, "whether the time is before another"},
    {"after", 1, 1, {kTimeish}, after, "whether the time is after another"},
    {"equal", 1, 1, {kTimeish}, equal_to, "whether the time is the same instant as another"},
    {"add", 1, 1, {kNumber}, add, "the time some nanoseconds later"},
    {"sub", 1, 1, {kTimeish}, sub, "the nanoseconds from another time to this one"},
};

constexpr FunctionRow kFunctions[] = {
    {"load", 1, 1, {kTimeish}, load, "the time that seconds since 1970 or an RFC 3339 text say"},
};

}  // namespace

constinit const ObjectType kTimeType{"timespace", kMethods, field, print, equals_object, kFields};

constinit const ImportRow kTime{"time", kFunctions, member,
                                "the time of the evaluation, and other times"};

}  // namespace sentinel
