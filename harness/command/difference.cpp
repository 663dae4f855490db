#include "harness/command/difference.h"

#include <sstream>

#include "harness/report/clean.h"

namespace harness {
namespace {

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kPlain = "\x1b[0m";

/// By the sign in front of a place; attributes stand further in.
std::string_view colour_of(std::string_view line) {
  if (!line.starts_with(' ')) return kBold;
  if (line.starts_with("  +")) return kGreen;
  if (line.starts_with("  -")) return kRed;
  if (line.starts_with("  ~")) return kYellow;
  return "";
}

}  // namespace

std::string difference_text(const std::vector<mock_bundle::Difference>& differences, bool colour,
                            std::string_view indent) {
  std::istringstream lines(mock_bundle::to_text(differences));
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    out += indent;
    const std::string_view start = colour ? colour_of(line) : std::string_view();
    out += start;
    out += clean_for_ci(line);
    if (!start.empty()) out += kPlain;
    out += '\n';
  }
  return out;
}

}  // namespace harness
