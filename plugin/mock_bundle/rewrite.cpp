#include "plugin/mock_bundle/rewrite.h"

#include "plugin/sentinel/value/operation.h"

namespace mock_bundle {

using sentinel::Arena;
using sentinel::Kind;
using sentinel::List;
using sentinel::Map;
using sentinel::MapEntry;
using sentinel::Value;

bool is_same(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
  case Kind::List:
    return a.as_list() == b.as_list();
  case Kind::Map:
    return a.as_map() == b.as_map();
  case Kind::String:
    return a.as_string() == b.as_string();
  case Kind::Bool:
  case Kind::Int:
  case Kind::Float:
    return sentinel::equal(a, b);
  default:
    return true;
  }
}

namespace {

std::string key_text(const Value& key) {
  return key.is(Kind::String) ? std::string(key.as_string()) : sentinel::to_text(key);
}

}  // namespace

Value rewrite(Arena& arena, const Value& value, Trail& trail, const Rewriter& change) {
  if (value.is(Kind::List)) {
    const List& list = *value.as_list();
    List* changed = nullptr;
    for (std::uint32_t i = 0; i < list.size; ++i) {
      trail.push_back('[' + std::to_string(i) + ']');
      const Value below = rewrite(arena, list.items[i], trail, change);
      const std::optional<Value> item = change(below, trail);
      trail.pop_back();
      if (changed == nullptr && item && is_same(*item, list.items[i])) continue;
      if (changed == nullptr) {
        changed = sentinel::make_list(arena, list.size);
        for (std::uint32_t before = 0; before < i; ++before)
          changed->append(arena, list.items[before]);
      }
      if (item) changed->append(arena, *item);
    }
    return changed == nullptr ? value : Value::list(changed);
  }
  if (value.is(Kind::Map)) {
    const Map& map = *value.as_map();
    Map* changed = nullptr;
    for (std::uint32_t i = 0; i < map.size; ++i) {
      const MapEntry& entry = map.entries[i];
      trail.push_back(key_text(entry.key));
      const Value below = rewrite(arena, entry.value, trail, change);
      const std::optional<Value> item = change(below, trail);
      trail.pop_back();
      if (changed == nullptr && item && is_same(*item, entry.value)) continue;
      if (changed == nullptr) {
        changed = sentinel::make_map(arena, map.size);
        for (std::uint32_t before = 0; before < i; ++before) {
          changed->set(arena, map.entries[before].key, map.entries[before].value);
        }
      }
      if (item) changed->set(arena, entry.key, *item);
    }
    return changed == nullptr ? value : Value::map(changed);
  }
  return value;
}

void rewrite(MockFile& file, const Rewriter& change) {
  const std::vector<MockFile::Name> names = file.names();
  for (const MockFile::Name& name : names) {
    if (!name.data) continue;
    Trail trail{name.name};
    const Value below = rewrite(file.arena(), name.value, trail, change);
    const Value value = change(below, trail).value_or(below);
    if (!is_same(value, name.value)) file.set(name.name, value);
  }
}

void visit_scalars(const Value& value, Trail& trail, const Visitor& visit) {
  if (value.is(Kind::List)) {
    const List& list = *value.as_list();
    for (std::uint32_t i = 0; i < list.size; ++i) {
      trail.push_back('[' + std::to_string(i) + ']');
      visit_scalars(list.items[i], trail, visit);
      trail.pop_back();
    }
  } else if (value.is(Kind::Map)) {
    for (const MapEntry& entry : *value.as_map()) {
      trail.push_back(key_text(entry.key));
      visit_scalars(entry.value, trail, visit);
      trail.pop_back();
    }
  } else {
    visit(value, trail);
  }
}

const Value* member(const Value* value, std::string_view key) {
  return value != nullptr && value->is(Kind::Map) ? value->as_map()->find(key) : nullptr;
}

std::string_view member_text(const Value* value, std::string_view key) {
  const Value* found = member(value, key);
  return found != nullptr && found->is(Kind::String) ? found->as_string() : std::string_view();
}

}  // namespace mock_bundle
