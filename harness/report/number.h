// Numbers as text, the same in every locale.
#pragma once

#include <string>

namespace harness {

/// With exactly `decimals` digits behind the point.
std::string fixed(double value, int decimals);

}  // namespace harness
