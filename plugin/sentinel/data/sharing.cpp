#include "plugin/sentinel/data/sharing.h"

#include <bit>
#include <cstring>
#include <functional>

namespace sentinel {
namespace {

std::uint64_t mixed(std::uint64_t hash, std::uint64_t with) {
  hash = (hash ^ with) * 0x9E3779B97F4A7C15U;
  return hash ^ (hash >> 29U);
}

/// What equal values have in common; what tells values of a kind apart but for strings, once
/// collections are made only once.
std::uint64_t identity(const Value& value) {
  switch (value.kind()) {
  case Kind::Bool:
    return value.as_bool() ? 1 : 0;
  case Kind::Int:
    return static_cast<std::uint64_t>(value.as_int());
  case Kind::Float:
    return std::bit_cast<std::uint64_t>(value.as_float());
  case Kind::String:
    return std::hash<std::string_view>()(value.as_string());
  case Kind::List:
    return reinterpret_cast<std::uintptr_t>(value.as_list());
  case Kind::Map:
    return reinterpret_cast<std::uintptr_t>(value.as_map());
  default:
    return 0;
  }
}

bool same(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  return a.is(Kind::String) ? a.as_string() == b.as_string() : identity(a) == identity(b);
}

std::uint32_t hash_of(std::span<const Value> items) {
  std::uint64_t hash = items.size();
  for (const Value& item : items)
    hash = mixed(hash, identity(item) + static_cast<std::uint64_t>(item.kind()));
  return static_cast<std::uint32_t>(hash);
}

}  // namespace

/// The slot of what is `same`, or a free one, which counts as used from now on.
template <class Same>
Sharing::Slot& Sharing::find(Table& table, std::uint32_t hash, const Same& same) {
  const auto place = [&table](std::size_t of) { return of & (table.slots.size() - 1); };
  if (table.used * 4 >= table.slots.size() * 3) {
    std::vector<Slot> before(table.slots.empty() ? 1024 : table.slots.size() * 2);
    before.swap(table.slots);
    for (const Slot& slot : before) {
      if (slot.at == nullptr) continue;
      std::size_t at = place(slot.hash);
      while (table.slots[at].at != nullptr)
        at = place(at + 1);
      table.slots[at] = slot;
    }
  }
  std::size_t at = place(hash);
  for (; table.slots[at].at != nullptr; at = place(at + 1)) {
    if (table.slots[at].hash == hash && same(table.slots[at])) return table.slots[at];
  }
  ++table.used;
  return table.slots[at];
}

Value Sharing::string(std::string_view text) {
  if (text.empty()) return Value::string("");
  const auto hash = static_cast<std::uint32_t>(std::hash<std::string_view>()(text));
  Slot& slot = find(strings_, hash, [&](const Slot& known) {
    return known.size == text.size() && std::memcmp(known.at, text.data(), text.size()) == 0;
  });
  if (slot.at == nullptr) {
    char* bytes = arena_.array<char>(text.size());
    std::memcpy(bytes, text.data(), text.size());
    slot = {bytes, static_cast<std::uint32_t>(text.size()), hash};
  }
  return Value::string({static_cast<const char*>(slot.at), slot.size});
}

Value Sharing::list(std::span<const Value> items) {
  const std::uint32_t hash = hash_of(items);
  Slot& slot = find(lists_, hash, [&](const Slot& known) {
    const List& list = *static_cast<const List*>(known.at);
    if (list.size != items.size()) return false;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!same(list.items[i], items[i])) return false;
    }
    return true;
  });
  if (slot.at == nullptr) {
    List* list = make_list(arena_, items.size());
    list->size = list->capacity;
    list->frozen = true;
    if (!items.empty())
      std::memcpy(static_cast<void*>(list->items), items.data(), items.size_bytes());
    slot = {list, 0, hash};
  }
  // Nothing is changed through it: it is frozen.
  return Value::list(const_cast<List*>(static_cast<const List*>(slot.at)));
}

Value Sharing::map(std::span<const Value> items, bool sorted) {
  const std::size_t count = items.size() / 2;
  const std::uint32_t hash = hash_of(items);
  Slot& slot = find(maps_, hash, [&](const Slot& known) {
    const Map& map = *static_cast<const Map*>(known.at);
    if (map.size != count) return false;
    for (std::size_t i = 0; i < count; ++i) {
      if (!same(map.entries[i].key, items[2 * i]) || !same(map.entries[i].value, items[2 * i + 1]))
        return false;
    }
    return true;
  });
  if (slot.at != nullptr) return Value::map(const_cast<Map*>(static_cast<const Map*>(slot.at)));
  Map* map = make_map(arena_, count);
  map->sorted = sorted;
  for (std::size_t i = 0; i < items.size(); i += 2)
    map->set(arena_, items[i], items[i + 1]);
  map->frozen = true;
  if (map->size == count) {
    slot = {map, 0, hash};
  } else {
    --maps_.used;  // it would never be found, only lie in the way of its like
  }
  return Value::map(map);
}

}  // namespace sentinel
