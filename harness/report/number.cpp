#include "harness/report/number.h"

#include <array>
#include <charconv>
#include <cmath>

namespace harness {

std::string fixed(double value, int decimals) {
  std::array<char, 400> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), std::isfinite(value) ? value : 0,
                    std::chars_format::fixed, decimals);
  return error == std::errc() ? std::string(text.data(), end) : "0";
}

}  // namespace harness
