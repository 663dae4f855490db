#include "plugin/sentinel/cli/flags.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace sentinel {
namespace {

std::optional<bool> parse_go_bool(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

struct Unit {
  std::string_view name;
  double nanoseconds;
};
constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                         {"us", 1e3},
                                         {"\xC2\xB5s", 1e3},
                                         {"\xCE\xBCs", 1e3},
                                         {"ms", 1e6},
                                         {"s", 1e9},
                                         {"m", 60e9},
                                         {"h", 3600e9}}};

/// `value / 10^digits` without trailing zeros.
std::string decimal(std::uint64_t value, int digits) {
  std::string fraction;
  for (int i = 0; i < digits; ++i) {
    fraction += static_cast<char>('0' + value % 10);
    value /= 10;
  }
  std::reverse(fraction.begin(), fraction.end());
  while (!fraction.empty() && fraction.back() == '0')
    fraction.pop_back();
  return std::to_string(value) + (fraction.empty() ? "" : "." + fraction);
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_go_duration(std::string_view text) {
  bool negative = false;
  if (text.starts_with('-') || text.starts_with('+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text == "0") return std::chrono::nanoseconds(0);
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
    double number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + end, number);
    if (end == 0 || error != std::errc() || stop != text.data() + end) return std::nullopt;
    text.remove_prefix(end);
    const std::size_t unit_end = std::min(text.find_first_of("0123456789."), text.size());
    const auto* unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& known) {
      return known.name == text.substr(0, unit_end);
    });
    if (unit == kUnits.end()) return std::nullopt;
    total += number * unit->nanoseconds;
    text.remove_prefix(unit_end);
  }
  if (total > 9.2e18) return std::nullopt;
  const auto count = static_cast<std::int64_t>(std::llround(total));
  return std::chrono::nanoseconds(negative ? -count : count);
}

std::string to_go_duration(std::chrono::nanoseconds time) {
  const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
  if (count == 0) return "0s";
  if (count < 1'000) return std::to_string(count) + "ns";
  if (count < 1'000'000) return decimal(count, 3) + "\xC2\xB5s";
  if (count < 1'000'000'000) return decimal(count, 6) + "ms";
  const std::uint64_t minutes = count / 60'000'000'000;
  std::string out;
  if (minutes >= 60) out += std::to_string(minutes / 60) + "h";
  if (minutes > 0) out += std::to_string(minutes % 60) + "m";
  return out + decimal(count % 60'000'000'000, 9) + "s";
}

void Flags::add(std::string_view name, bool* target) {
  flags_.push_back(
      {std::string(name), true, [target](const std::string& text) -> std::optional<std::string> {
         const auto value = parse_go_bool(text);
         if (!value) return "parse error";
         *target = *value;
         return std::nullopt;
       }});
}

void Flags::add(std::string_view name, std::optional<bool>* target) {
  flags_.push_back(
      {std::string(name), true, [target](const std::string& text) -> std::optional<std::string> {
         const auto value = parse_go_bool(text);
         if (!value) return "parse error";
         *target = *value;
         return std::nullopt;
       }});
}

void Flags::add(std::string_view name, std::string* target) {
  flags_.push_back(
      {std::string(name), false, [target](const std::string& text) -> std::optional<std::string> {
         *target = text;
         return std::nullopt;
       }});
}

void Flags::add(std::string_view name, std::size_t* target) {
  flags_.push_back(
      {std::string(name), false, [target](const std::string& text) -> std::optional<std::string> {
         const char* end = text.data() + text.size();
         const auto [stop, error] = std::from_chars(text.data(), end, *target);
         if (error == std::errc::result_out_of_range) return "value out of range";
         if (error != std::errc() || stop != end) return "parse error";
         return std::nullopt;
       }});
}

void Flags::add(std::string_view name, std::optional<std::chrono::nanoseconds>* target) {
  flags_.push_back(
      {std::string(name), false, [target](const std::string& text) -> std::optional<std::string> {
         const auto value = parse_go_duration(text);
         if (!value) return "parse error";
         *target = *value;
         return std::nullopt;
       }});
}

void Flags::add(std::string_view name, std::vector<std::string>* target) {
  flags_.push_back(
      {std::string(name), false, [target](const std::string& text) -> std::optional<std::string> {
         target->push_back(text);
         return std::nullopt;
       }});
}

const Flags::Flag* Flags::find(std::string_view name) const {
  for (const Flag& flag : flags_) {
    if (flag.name == name) return &flag;
  }
  return nullptr;
}

std::optional<std::string> Flags::parse(const std::vector<std::string>& arguments) {
  std::size_t i = 0;
  for (; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word.size() < 2 || word[0] != '-') break;
    std::string_view name = std::string_view(word).substr(1);
    if (name.starts_with('-')) name.remove_prefix(1);
    if (name.empty()) {  // `--` ends the flags
      ++i;
      break;
    }
    if (name.starts_with('-') || name.starts_with('=')) return "bad flag syntax: " + word;
    std::optional<std::string> value;
    if (const std::size_t equals = name.find('='); equals != std::string_view::npos) {
      value = std::string(name.substr(equals + 1));
      name = name.substr(0, equals);
    }
    const Flag* flag = find(name);
    if (flag == nullptr) return "flag provided but not defined: -" + std::string(name);
    if (!value) {
      if (flag->is_switch) {
        value = "true";
      } else if (i + 1 < arguments.size()) {
        value = arguments[++i];
      } else {
        return "flag needs an argument: -" + std::string(name);
      }
    }
    if (const auto refused = flag->set(*value)) {
      return flag->is_switch ? "invalid boolean value \"" + *value + "\" for -" +
                                   std::string(name) + ": " + *refused
                             : "invalid value \"" + *value + "\" for flag -" + std::string(name) +
                                   ": " + *refused;
    }
  }
  rest_.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
  return std::nullopt;
}

}  // namespace sentinel
