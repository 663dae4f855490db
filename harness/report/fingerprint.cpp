#include "harness/report/fingerprint.h"

#include <cstdint>

namespace harness {

std::string fingerprint(const CaseReport& item) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const std::string_view part :
       {std::string_view(item.policy), std::string_view("\n"), std::string_view(item.full_name)}) {
    for (const char c : part) {
      hash ^= static_cast<unsigned char>(c);
      hash *= 0x100000001b3ULL;
    }
  }
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4)
    out += "0123456789abcdef"[hash >> static_cast<unsigned>(shift) & 15U];
  return out;
}

}  // namespace harness
