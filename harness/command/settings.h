// Values of options that are more than a word: times, sizes, numbers.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/command/options.h"
#include "plugin/base/result.h"

namespace harness {

/// `90s`, `1m30s`, `500ms`, `2h`. Without a unit: seconds.
std::optional<std::chrono::milliseconds> parse_time(std::string_view text);
/// `2G`, `512M`, `64K`, `1000`.
std::optional<std::uint64_t> parse_size(std::string_view text);

// The value of an option, or nothing where it was not given. Errors say what was expected.
base::Result<std::optional<std::chrono::milliseconds>> time_option(const Arguments& arguments,
                                                                   std::string_view option);
base::Result<std::optional<std::uint64_t>> size_option(const Arguments& arguments,
                                                       std::string_view option);
base::Result<std::optional<std::uint64_t>> number_option(const Arguments& arguments,
                                                         std::string_view option,
                                                         std::uint64_t least = 1);

}  // namespace harness
