// Lists and maps. Both have identity: `append`, `delete` and `x[i] = v` change them for every
// holder.
//
// A frozen collection belongs to data shared between evaluations (a mock read once per process) and
// is never changed: the evaluator copies before it writes. Everything reachable from a frozen
// collection is frozen.
#pragma once

#include <cstdint>
#include <string_view>

#include "plugin/sentinel/value/arena.h"
#include "plugin/sentinel/value/value.h"

namespace sentinel {

struct List {
  Value* items = nullptr;
  std::uint32_t size = 0;
  std::uint32_t capacity = 0;
  bool frozen = false;
  bool shared = false;  // some of `items` are read by another list too (see `concatenate`)

  const Value* begin() const { return items; }
  const Value* end() const { return items + size; }

  /// The items, for overwriting one in place. The list must not be frozen.
  Value* writable(Arena& arena);

  /// Amortised constant time. The list must not be frozen.
  void append(Arena& arena, Value value);
};

/// A new list of the items of `a`, then those of `b`. It takes over the spare room behind the items
/// of an `a` that is not frozen, so that `x = x + [y]` in a loop is linear.
List* concatenate(Arena& arena, List& a, const List& b);

/// A new string of the bytes of both. `s = s + t` in a loop is linear: the buffer of an earlier
/// concatenation is extended where nothing else was.
Value concatenate(Arena& arena, const Value& a, const Value& b);

/// A list with room for `capacity`.
List* make_list(Arena& arena, std::size_t capacity = 0);

struct MapEntry {
  Value key;  // Bool, Int, Float or String
  Value value;
};

/// Where the search for a key begins (and goes on, slot by slot, until an empty one).
struct MapSlot {
  std::uint32_t hash;   // of the key: spares a look at most keys that are others
  std::uint32_t entry;  // number + 1; 0: empty
};

/// Entries stand in insertion order, which is what iteration, `keys` and `values` follow. Int and
/// Float keys that are equal as numbers are one key.
struct Map {
  MapEntry* entries = nullptr;
  std::uint32_t size = 0;
  std::uint32_t capacity = 0;
  MapSlot* index = nullptr;      // only of larger maps
  std::uint32_t index_size = 0;  // a power of two
  bool frozen = false;
  bool sorted = false;  // all keys are strings in byte order: looked up by bisection, without index
  bool shared = false;  // the entries (and index) are another map's too: copied before a change

  const MapEntry* begin() const { return entries; }
  const MapEntry* end() const { return entries + size; }

  /// Null where the key is missing. The pointer lasts until the map changes.
  const Value* find(std::string_view key) const;
  const Value* find(const Value& key) const;
  /// The same, with a guess of the entry's number that is made better: maps of one shape hold a key
  /// at one place. Start `guess` with 0 and keep it at the place in the program that looks up.
  const Value* find(std::string_view key, std::uint32_t& guess) const {
    if (guess < size && entries[guess].key.is(Kind::String) &&
        entries[guess].key.as_string() == key) {
      return &entries[guess].value;
    }
    return find_and_guess(key, guess);
  }
  /// The same of keys that vary: `guess` is the number of the entry behind the one found last,
  /// since a loop over keys asks for them in the order in which they were added.
  const Value* find_next(std::string_view key, std::uint32_t& guess) const {
    const Value* found = find(key, guess);
    if (found != nullptr) ++guess;
    return found;
  }
  /// Adds or replaces; a replaced entry keeps its place. The map must not be frozen; the key must
  /// be of a kind a key may have.
  void set(Arena& arena, Value key, Value value);
  /// The others keep their order. Linear.
  bool erase(Arena& arena, const Value& key);

 private:
  const Value* find_and_guess(std::string_view key, std::uint32_t& guess) const;
  MapEntry* entry(std::string_view key) const;
  MapEntry* entry(const Value& key) const;
  MapEntry* indexed_entry(const Value& key, std::uint32_t hash) const;
  void grow(Arena& arena);
  void own(Arena& arena);
  void build_index(Arena& arena);
  void add_to_index(std::uint32_t hash, std::uint32_t number);
};

/// A map with room for `capacity` entries.
Map* make_map(Arena& arena, std::size_t capacity = 0);

/// A new list or map that may be changed and reads the items of `of`, a frozen one, until it is.
List* share(Arena& arena, const List& of);
Map* share(Arena& arena, const Map& of);

/// A shallow copy that may be changed.
List* copy(Arena& arena, const List& list);
Map* copy(Arena& arena, const Map& map);

/// A deep copy of data (not functions, rules, modules, which are shared).
Value deep_copy(Arena& arena, const Value& value);

}  // namespace sentinel
