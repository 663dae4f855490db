// Certificates for tests: an authority of our own, and what it issues, right and wrong.
#pragma once

#include <string>
#include <vector>

namespace emulator {

struct Certificate {
  std::string certificate;  // PEM
  std::string key;          // PEM
};

/// `names`: DNS names and IP addresses. Days count from now; `from_days` may be negative.
Certificate make_authority(const std::string& name);
Certificate issue(const Certificate& authority, const std::vector<std::string>& names,
                  int from_days = -1, int to_days = 30);

}  // namespace emulator
