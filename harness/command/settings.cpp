#include "harness/command/settings.h"

#include <charconv>
#include <cmath>

namespace harness {
namespace {

base::Diagnostic wrong(const Arguments& arguments, std::string_view option,
                       const std::string& expected) {
  return {.what = arguments.origin(option) + " is `" + arguments.value(option) + "`, expected " +
                  expected};
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_time(std::string_view text) {
  if (text.empty()) return std::nullopt;
  double total = 0;
  const bool bare = text.find_first_not_of("0123456789.") == std::string_view::npos;
  while (!text.empty()) {
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc() || number < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const std::size_t letters = std::min(text.find_first_of("0123456789."), text.size());
    const std::string_view unit = text.substr(0, letters);
    text.remove_prefix(letters);
    if (unit == "ms") {
      total += number;
    } else if (unit == "s" || bare) {
      total += number * 1'000;
    } else if (unit == "m") {
      total += number * 60'000;
    } else if (unit == "h") {
      total += number * 3'600'000;
    } else {
      return std::nullopt;
    }
  }
  if (total < 1 || total > 1e12) return std::nullopt;
  return std::chrono::milliseconds(std::llround(total));
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number == 0) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  unsigned shift = 0;
  if (unit == "K" || unit == "KiB")
    shift = 10;
  else if (unit == "M" || unit == "MiB")
    shift = 20;
  else if (unit == "G" || unit == "GiB")
    shift = 30;
  else if (!unit.empty())
    return std::nullopt;
  if (number > UINT64_MAX >> (shift + 1)) return std::nullopt;
  return number << shift;
}

base::Result<std::optional<std::chrono::milliseconds>> time_option(const Arguments& arguments,
                                                                   std::string_view option) {
  if (!arguments.has(option)) return std::optional<std::chrono::milliseconds>();
  const auto out = parse_time(arguments.value(option));
  if (!out) return wrong(arguments, option, "a time such as 90s or 1m30s");
  return out;
}

base::Result<std::optional<std::uint64_t>> size_option(const Arguments& arguments,
                                                       std::string_view option) {
  if (!arguments.has(option)) return std::optional<std::uint64_t>();
  const auto out = parse_size(arguments.value(option));
  if (!out) return wrong(arguments, option, "a size such as 512M or 4G");
  return out;
}

base::Result<std::optional<std::uint64_t>> number_option(const Arguments& arguments,
                                                         std::string_view option,
                                                         std::uint64_t least) {
  if (!arguments.has(option)) return std::optional<std::uint64_t>();
  const std::string text = arguments.value(option);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least)
    return wrong(arguments, option, "a whole number from " + std::to_string(least));
  return std::optional(number);
}

}  // namespace harness
