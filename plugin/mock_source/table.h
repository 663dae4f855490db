// The kinds of mock source there are. The manifest's messages, `--help` and the documentation take
// their words from here.
#pragma once

#include <span>
#include <string_view>

namespace mock_source {

struct KindRow {
  std::string_view name;   // the key in the manifest
  std::string_view value;  // what stands behind it
  bool recorded = false;   // its files are kept under `fixtures` and in the lock
  std::string_view help;
};

std::span<const KindRow> kinds();

/// Null where there is none of that name.
const KindRow* find_kind(std::string_view name);

}  // namespace mock_source
