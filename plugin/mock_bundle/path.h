// Paths into the data of a mock, as patches and messages write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/sentinel/value/value.h"

namespace mock_bundle {

/// One selector: `.name` and `["name"]` are a key, `[3]` and `[-1]` an index, `[*]` and `.*` each
/// of them.
struct Step {
  enum class Kind { Key, Index, Each };

  Kind kind = Kind::Key;
  std::string key;
  std::int64_t index = 0;

  bool operator==(const Step&) const = default;
};

/// What is wrong with a path's text, and where in it.
struct PathError {
  std::size_t offset = 0;  // bytes
  std::string what;        // "a `]` is missing"
};

/// `resource_changes["aws_instance.web"].change.actions` → five steps. Nullopt: see `error`.
std::optional<std::vector<Step>> parse_path(std::string_view text, PathError& error);

/// The text of the first `count` steps; names that are no words stand in brackets and quotes.
std::string path_text(const std::vector<Step>& steps, std::size_t count);

}  // namespace mock_bundle
