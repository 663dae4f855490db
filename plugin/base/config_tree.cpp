#include "plugin/base/config_tree.h"

namespace base {

const ConfigNode* ConfigNode::find(std::string_view key) const {
  for (const ConfigEntry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::string_view kind_name(ConfigNode::Kind kind) {
  switch (kind) {
  case ConfigNode::Kind::Null:
    return "nothing";
  case ConfigNode::Kind::Bool:
    return "true or false";
  case ConfigNode::Kind::Int:
    return "a whole number";
  case ConfigNode::Kind::Float:
    return "a number";
  case ConfigNode::Kind::String:
    return "text";
  case ConfigNode::Kind::List:
    return "a list";
  case ConfigNode::Kind::Map:
    return "a map";
  }
  return "";
}

}  // namespace base
