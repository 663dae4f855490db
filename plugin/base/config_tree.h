// A tree of settings with the position of every key and value: what the readers of YAML, HCL and
// JSON make, and what the checks that know the keys take.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "plugin/base/source.h"

namespace base {

struct ConfigNode;

/// One entry of a map, in source order. Duplicate keys are kept: the reader decides what they mean.
struct ConfigEntry;

struct ConfigNode {
  enum class Kind { Null, Bool, Int, Float, String, List, Map };

  Kind kind = Kind::Null;
  bool boolean = false;
  std::int64_t integer = 0;
  double number = 0;                 // also set for Int
  std::string text;                  // String: the value; Int and Float: as written
  std::vector<ConfigNode> items;     // List
  std::vector<ConfigEntry> entries;  // Map
  Span span;                         // of the whole value

  /// The first entry of that name in a map; null where there is none.
  const ConfigNode* find(std::string_view key) const;
};

struct ConfigEntry {
  std::string key;
  Span key_span;
  ConfigNode value;
};

/// "text", "a number", "a list" …, for messages.
std::string_view kind_name(ConfigNode::Kind kind);

}  // namespace base
