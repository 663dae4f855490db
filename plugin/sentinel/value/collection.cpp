#include "plugin/sentinel/value/collection.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

constexpr std::uint32_t kFewEntries = 8;                   // searched one by one
constexpr std::size_t kMostItems = std::size_t{1} << 30U;  // of a list or map
constexpr std::uint32_t kFirstItems = 4;

/// Twice as much, at least `least`.
std::uint32_t larger(const Arena& arena, std::uint32_t capacity, std::size_t least) {
  if (least > kMostItems) throw MemoryExceeded{arena.limit()};
  const std::size_t twice = std::max<std::size_t>(capacity * std::size_t{2}, kFirstItems);
  return static_cast<std::uint32_t>(std::max(std::min(twice, kMostItems), least));
}

/// One key: NaN is the same key as NaN, or a map could be filled with keys nobody finds.
bool same_key(const Value& a, const Value& b) {
  switch (a.kind()) {
  case Kind::Bool:
    return b.is(Kind::Bool) && a.as_bool() == b.as_bool();
  case Kind::Int:
    if (b.is(Kind::Int)) return a.as_int() == b.as_int();
    return b.is(Kind::Float) && a.to_double() == b.as_float();
  case Kind::Float:
    if (!b.is_number()) return false;
    return a.as_float() == b.to_double() || (std::isnan(a.as_float()) && std::isnan(b.to_double()));
  case Kind::String:
    return b.is(Kind::String) && a.as_string() == b.as_string();
  default:
    return false;
  }
}

void copy_items(Value* to, const Value* from, std::size_t count) {
  if (count != 0) std::memcpy(static_cast<void*>(to), from, count * sizeof(Value));
}

Value deep_copy(Arena& arena, const Value& value, std::size_t depth) {
  if (depth > kMostNesting) throw ValueTooLarge{"value nested deeper than 1000 levels"};
  if (value.is(Kind::String)) return arena.string(value.as_string());
  if (value.is(Kind::List)) {
    const List& from = *value.as_list();
    List* to = make_list(arena, from.size);
    for (std::uint32_t i = 0; i < from.size; ++i)
      to->items[to->size++] = deep_copy(arena, from.items[i], depth + 1);
    return Value::list(to);
  }
  if (value.is(Kind::Map)) {
    Map* to = copy(arena, *value.as_map());
    for (std::uint32_t i = 0; i < to->size; ++i) {
      MapEntry& entry = to->entries[i];
      entry.key = deep_copy(arena, entry.key, depth + 1);
      entry.value = deep_copy(arena, entry.value, depth + 1);
    }
    return Value::map(to);
  }
  return value;
}

}  // namespace

void List::append(Arena& arena, Value value) {
  assert(!frozen);
  if (size == capacity) {
    const std::uint32_t room = larger(arena, capacity, std::size_t{size} + 1);
    Value* moved = arena.array<Value>(room);
    copy_items(moved, items, size);
    items = moved;
    capacity = room;
    shared = false;
  }
  items[size++] = value;
}

Value* List::writable(Arena& arena) {
  assert(!frozen);
  if (shared) {
    Value* own = arena.array<Value>(size);
    copy_items(own, items, size);
    items = own;
    capacity = size;
    shared = false;
  }
  return items;
}

List* make_list(Arena& arena, std::size_t capacity) {
  if (capacity > kMostItems) throw MemoryExceeded{arena.limit()};
  List* list = arena.make<List>();
  if (capacity != 0) list->items = arena.array<Value>(capacity);
  list->capacity = static_cast<std::uint32_t>(capacity);
  return list;
}

List* concatenate(Arena& arena, List& a, const List& b) {
  const std::size_t size = std::size_t{a.size} + b.size;
  if (size > kMostItems) throw MemoryExceeded{arena.limit()};
  List* out = arena.make<List>();
  if (!a.frozen && b.size != 0 && a.size != 0 && a.capacity >= size) {
    out->items = a.items;
    out->capacity = a.capacity;
    out->shared = a.shared = true;
    a.capacity = a.size;
  } else {
    // Spare room only once somebody adds to what was added to: `a` then has none left.
    out->capacity = a.size >= kFewEntries && a.capacity == a.size && !a.frozen
                        ? larger(arena, a.capacity, size)
                        : static_cast<std::uint32_t>(size);
    out->items = arena.array<Value>(out->capacity);
    copy_items(out->items, a.items, a.size);
  }
  copy_items(out->items + a.size, b.items, b.size);
  out->size = static_cast<std::uint32_t>(size);
  return out;
}

Value concatenate(Arena& arena, const Value& a, const Value& b) {
  // What stands before the bytes of an extensible string. The string that ends at `used` may be
  // extended; shorter ones with the same beginning may not, any more.
  struct Header {
    std::uint32_t used;
    std::uint32_t capacity;
  };
  const std::string_view x = a.as_string();
  const std::string_view y = b.as_string();
  if (y.empty()) return a;
  if (x.empty()) return b;
  const std::size_t size = x.size() + y.size();
  if (size > UINT32_MAX) throw MemoryExceeded{arena.limit()};
  std::size_t capacity = size;
  if (a.is_extensible()) {
    char* bytes = const_cast<char*>(x.data());
    auto* header = reinterpret_cast<Header*>(bytes - sizeof(Header));
    if (header->used == x.size() && header->capacity - header->used >= y.size()) {
      std::memcpy(bytes + x.size(), y.data(), y.size());
      header->used = static_cast<std::uint32_t>(size);
      return Value::extensible_string({bytes, size});
    }
    capacity = std::min<std::size_t>(size * 2, UINT32_MAX);
  }
  char* memory = static_cast<char*>(arena.allocate(sizeof(Header) + capacity, alignof(Header)));
  new (memory) Header{static_cast<std::uint32_t>(size), static_cast<std::uint32_t>(capacity)};
  char* bytes = memory + sizeof(Header);
  std::memcpy(bytes, x.data(), x.size());
  std::memcpy(bytes + x.size(), y.data(), y.size());
  return Value::extensible_string({bytes, size});
}

Map* make_map(Arena& arena, std::size_t capacity) {
  if (capacity > kMostItems) throw MemoryExceeded{arena.limit()};
  Map* map = arena.make<Map>();
  if (capacity != 0) map->entries = arena.array<MapEntry>(capacity);
  map->capacity = static_cast<std::uint32_t>(capacity);
  return map;
}

MapEntry* Map::entry(std::string_view key) const {
  if (sorted) {
    MapEntry* found = std::lower_bound(
        entries, entries + size, key,
        [](const MapEntry& entry, std::string_view k) { return entry.key.as_string() < k; });
    return found != entries + size && found->key.as_string() == key ? found : nullptr;
  }
  return entry(Value::string(key));
}

MapEntry* Map::entry(const Value& key) const {
  if (sorted) return key.is(Kind::String) ? entry(key.as_string()) : nullptr;
  if (index == nullptr) {
    for (std::uint32_t i = 0; i < size; ++i) {
      if (same_key(entries[i].key, key)) return &entries[i];
    }
    return nullptr;
  }
  if (!key.is(Kind::String) && !key.is_number() && !key.is(Kind::Bool)) return nullptr;
  return indexed_entry(key, static_cast<std::uint32_t>(hash_key(key)));
}

MapEntry* Map::indexed_entry(const Value& key, std::uint32_t hash) const {
  const std::uint32_t mask = index_size - 1;
  for (std::uint32_t slot = hash & mask; index[slot].entry != 0; slot = (slot + 1) & mask) {
    if (index[slot].hash != hash) continue;
    MapEntry& found = entries[index[slot].entry - 1];
    if (same_key(found.key, key)) return &found;
  }
  return nullptr;
}

const Value* Map::find(std::string_view key) const {
  const MapEntry* found = entry(key);
  return found == nullptr ? nullptr : &found->value;
}

const Value* Map::find(const Value& key) const {
  const MapEntry* found = entry(key);
  return found == nullptr ? nullptr : &found->value;
}

const Value* Map::find_and_guess(std::string_view key, std::uint32_t& guess) const {
  const MapEntry* found = entry(key);
  if (found == nullptr) return nullptr;
  guess = static_cast<std::uint32_t>(found - entries);
  return &found->value;
}

void Map::add_to_index(std::uint32_t hash, std::uint32_t number) {
  const std::uint32_t mask = index_size - 1;
  std::uint32_t slot = hash & mask;
  while (index[slot].entry != 0)
    slot = (slot + 1) & mask;
  index[slot] = {hash, number + 1};
}

void Map::build_index(Arena& arena) {
  const MapSlot* old = index;
  const std::uint32_t old_size = index_size;
  index_size = std::bit_ceil(std::max(capacity, size) * 2);
  index = arena.array<MapSlot>(index_size);
  std::fill_n(index, index_size, MapSlot{0, 0});
  if (old != nullptr) {
    for (std::uint32_t i = 0; i < old_size; ++i)
      if (old[i].entry != 0) add_to_index(old[i].hash, old[i].entry - 1);
    return;
  }
  for (std::uint32_t i = 0; i < size; ++i)
    add_to_index(static_cast<std::uint32_t>(hash_key(entries[i].key)), i);
}

void Map::grow(Arena& arena) {
  const std::uint32_t room = larger(arena, capacity, std::size_t{size} + 1);
  auto* moved = arena.array<MapEntry>(room);
  if (size != 0) std::memcpy(static_cast<void*>(moved), entries, size * sizeof(MapEntry));
  entries = moved;
  capacity = room;
  if (index != nullptr) build_index(arena);
}

void Map::own(Arena& arena) {
  const Map* mine = copy(arena, *this);
  entries = mine->entries;
  capacity = mine->capacity;
  index = mine->index;
  shared = false;
}

void Map::set(Arena& arena, Value key, Value value) {
  assert(!frozen);
  if (shared) own(arena);
  const bool hashed = index != nullptr;
  const std::uint32_t hash = hashed ? static_cast<std::uint32_t>(hash_key(key)) : 0;
  if (MapEntry* found = hashed ? indexed_entry(key, hash) : entry(key)) {
    found->value = value;
    return;
  }
  if (sorted && !(key.is(Kind::String) &&
                  (size == 0 || entries[size - 1].key.as_string() < key.as_string()))) {
    sorted = false;
  }
  if (size == capacity) grow(arena);
  entries[size++] = {key, value};
  if (sorted || (index == nullptr && size <= kFewEntries)) return;
  if (index == nullptr) {
    build_index(arena);
  } else {
    add_to_index(hash, size - 1);
  }
}

bool Map::erase(Arena& arena, const Value& key) {
  assert(!frozen);
  if (entry(key) == nullptr) return false;
  if (shared) own(arena);
  const MapEntry* found = entry(key);
  const auto number = static_cast<std::uint32_t>(found - entries);
  if (index != nullptr) {
    const std::uint32_t mask = index_size - 1;
    auto hole = static_cast<std::uint32_t>(hash_key(key)) & mask;
    while (index[hole].entry != number + 1)
      hole = (hole + 1) & mask;
    // Entries behind the hole that were pushed past it move up, so that no search ends early.
    for (std::uint32_t slot = (hole + 1) & mask; index[slot].entry != 0; slot = (slot + 1) & mask) {
      const std::uint32_t home = index[slot].hash & mask;
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        index[hole] = index[slot];
        hole = slot;
      }
    }
    index[hole].entry = 0;
    for (std::uint32_t slot = 0; slot < index_size; ++slot)
      index[slot].entry -= index[slot].entry > number + 1 ? 1U : 0U;
  }
  std::memmove(static_cast<void*>(entries + number), entries + number + 1,
               (size - number - 1) * sizeof(MapEntry));
  --size;
  return true;
}

List* share(Arena& arena, const List& of) {
  List* out = arena.make<List>(of);
  out->capacity = of.size;
  out->frozen = false;
  out->shared = true;
  return out;
}

Map* share(Arena& arena, const Map& of) {
  Map* out = arena.make<Map>(of);
  out->capacity = of.size;
  out->frozen = false;
  out->shared = true;
  return out;
}

List* copy(Arena& arena, const List& list) {
  List* out = make_list(arena, list.size);
  copy_items(out->items, list.items, list.size);
  out->size = list.size;
  return out;
}

Map* copy(Arena& arena, const Map& map) {
  Map* out = make_map(arena, map.size);
  if (map.size != 0) {
    std::memcpy(static_cast<void*>(out->entries), map.entries, map.size * sizeof(MapEntry));
  }
  out->size = map.size;
  out->sorted = map.sorted;
  if (map.index != nullptr) {
    out->index_size = map.index_size;
    out->index = arena.array<MapSlot>(map.index_size);
    std::copy_n(map.index, map.index_size, out->index);
  }
  return out;
}

Value deep_copy(Arena& arena, const Value& value) {
  return deep_copy(arena, value, 0);
}

}  // namespace sentinel
