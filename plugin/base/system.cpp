#include "plugin/base/system.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <system_error>

#include <sys/ioctl.h>
#include <unistd.h>  // environ, too

namespace base {
namespace {

class RealClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::now();
  }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::now();
  }
  bool sleep(std::chrono::milliseconds time, const CancelToken& cancel) const override {
    return cancel.sleep(time);
  }
};

Terminal look_at(int descriptor, const Environment& environment) {
  Terminal out;
  out.interactive = ::isatty(descriptor) == 1;
  out.colour = out.interactive && get(environment, "TERM") != "dumb";
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = get(environment, name);
    if (value.empty()) continue;
    out.utf8 = value.find("UTF-8") != std::string_view::npos ||
               value.find("utf8") != std::string_view::npos ||
               value.find("UTF8") != std::string_view::npos;
    break;
  }
  winsize size{};
  if (out.interactive && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    out.width = size.ws_col;
  }
  return out;
}

}  // namespace

std::shared_ptr<Clock> real_clock() {
  return std::make_shared<RealClock>();
}

std::string_view get(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string_view() : std::string_view(found->second);
}

System real_system() {
  System out;
  out.clock = real_clock();
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    out.environment.insert_or_assign(std::string(text.substr(0, equals)),
                                     std::string(text.substr(equals + 1)));
  }
  out.out = look_at(STDOUT_FILENO, out.environment);
  out.err = look_at(STDERR_FILENO, out.environment);
  out.interactive_input = ::isatty(STDIN_FILENO) == 1;
  std::error_code ignored;
  out.working_directory = std::filesystem::current_path(ignored);
  return out;
}

std::string to_rfc3339(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(seconds - day);
  std::array<char, 64> out{};
  const int size = std::snprintf(
      out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {out.data(), static_cast<std::size_t>(size)};
}

std::optional<std::chrono::system_clock::time_point> from_rfc3339(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t size) -> int {
    int value = -1;
    if (at + size > text.size()) return -1;
    const auto end = text.data() + at + size;
    const auto [stop, error] = std::from_chars(text.data() + at, end, value);
    return error == std::errc() && stop == end && text[at] != '-' ? value : -1;
  };
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  const int hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
  if (year < 0 || month < 1 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 60) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  std::size_t at = 19;
  std::int64_t nanoseconds = 0;
  if (text[at] == '.') {
    ++at;
    std::int64_t unit = 100'000'000;
    const std::size_t first = at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      nanoseconds += unit * (text[at] - '0');
      unit /= 10;
    }
    if (at == first) return std::nullopt;
  }
  std::chrono::seconds offset{0};
  if (at < text.size() && (text[at] == 'Z' || text[at] == 'z')) {
    ++at;
  } else if (at + 6 == text.size() && (text[at] == '+' || text[at] == '-') && text[at + 3] == ':') {
    const int hours = number(at + 1, 2), minutes = number(at + 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    if (text[at] == '-') offset = -offset;
    at += 6;
  } else {
    return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  const auto seconds = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                       std::chrono::minutes(minute) + std::chrono::seconds(second) - offset;
  return std::chrono::time_point_cast<std::chrono::system_clock::duration>(
      seconds + std::chrono::nanoseconds(nanoseconds));
}

}  // namespace base
