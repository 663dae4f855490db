#include "plugin/sentinel/config/value.h"

#include <memory>
#include <string>

#include "plugin/sentinel/config/document.h"
#include "plugin/sentinel/value/collection.h"

namespace sentinel {

using base::ConfigEntry;
using base::ConfigNode;

Value to_value(Arena& arena, const ConfigNode& node) {
  switch (node.kind) {
  case ConfigNode::Kind::Null:
    return Value::null();
  case ConfigNode::Kind::Bool:
    return Value::boolean(node.boolean);
  case ConfigNode::Kind::Int:
  case ConfigNode::Kind::Float:
    return Value::number(node.number == 0 ? 0 : node.number);  // a zero has no sign
  case ConfigNode::Kind::String:
    return arena.string(node.text);
  case ConfigNode::Kind::List: {
    List* list = make_list(arena, node.items.size());
    for (const ConfigNode& item : node.items)
      list->append(arena, to_value(arena, item));
    list->frozen = true;
    return Value::list(list);
  }
  case ConfigNode::Kind::Map: {
    Map* map = make_map(arena, node.entries.size());
    for (const ConfigEntry& entry : node.entries) {
      map->set(arena, arena.string(entry.key), to_value(arena, entry.value));
    }
    map->frozen = true;
    return Value::map(map);
  }
  }
  return {};
}

Value to_setting_value(Arena& arena, std::string_view text) {
  std::vector<base::Diagnostic> errors;
  const auto node =
      read_json(std::make_shared<const base::Source>(std::string(), std::string(text)), errors);
  if (!node || node->kind == ConfigNode::Kind::Bool || node->kind == ConfigNode::Kind::Null) {
    return arena.string(text);
  }
  return to_value(arena, *node);
}

}  // namespace sentinel
