// The `collection/maps` import. Documentation: Sentinel, imports/collection/maps.
//
// A path is a text of keys with dots between. In a list a part is an index or `*`, which stands for
// every element; in a map it is a key.

#include <charconv>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/sentinel/import/call.h"
#include "plugin/sentinel/import/rows.h"

namespace sentinel {
namespace {

using Path = std::vector<std::string_view>;

constexpr std::string_view kSplat = "*";

Path split(NativeCall& call, std::string_view text, std::string_view function) {
  Path path;
  for (std::size_t begin = 0;;) {
    const std::size_t dot = text.find('.', begin);
    path.push_back(text.substr(begin, dot - begin));
    if (dot == std::string_view::npos) break;
    begin = dot + 1;
  }
  if (path.size() > kDeepest) {
    call.machine.fail("a path of " + std::to_string(path.size()) + " parts given to `" +
                      std::string(function) + "`, which takes at most " + std::to_string(kDeepest));
  }
  return path;
}

std::optional<std::int64_t> whole_number(std::string_view part) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
  if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return number;
}

/// The place that `part` names in a list; none where it is no index or out of range.
std::optional<std::uint32_t> index_in(const List& list, std::string_view part) {
  const std::optional<std::int64_t> number = whole_number(part);
  if (!number || *number < 0 || *number >= list.size) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

/// The key that `part` means in `map`: the text, or a number where the map has that as its key.
Value key_in(const Map& map, std::string_view part) {
  if (map.find(part) == nullptr) {
    const std::optional<std::int64_t> number = whole_number(part);
    if (number && map.find(Value::integer(*number)) != nullptr) return Value::integer(*number);
  }
  return Value::string(part);
}

using Parts = std::span<const std::string_view>;

Value get_at(NativeCall& call, Walk& walk, const Value& from, Parts path) {
  walk.visit();
  if (path.empty()) return from;
  if (from.is(Kind::Map)) {
    const Map& map = *from.as_map();
    const Value* value = map.find(key_in(map, path[0]));
    return value == nullptr ? Value() : get_at(call, walk, *value, path.subspan(1));
  }
  if (!from.is(Kind::List)) return {};
  const List& list = *from.as_list();
  if (path[0] != kSplat) {
    const std::optional<std::uint32_t> index = index_in(list, path[0]);
    return index ? get_at(call, walk, list.items[*index], path.subspan(1)) : Value();
  }
  List* out = make_list(call.machine.arena());
  for (std::uint32_t i = 0; i < list.size; ++i) {
    const Value value = get_at(call, walk, list.items[i], path.subspan(1));
    if (!value.is_undefined()) out->append(call.machine.arena(), value);
  }
  return Value::list(out);
}

Value get(NativeCall& call) {
  const Value otherwise = call.count() > 2 ? call.at(2) : Value();
  Walk walk(call.machine, "maps.get");
  const Path path = split(call, call.string(1), "maps.get");
  const Value value = get_at(call, walk, call.at(0), path);
  return value.is_undefined() ? otherwise : value;
}

bool has_at(Walk& walk, const Value& from, Parts path) {
  walk.visit();
  if (path.empty()) return true;
  if (from.is(Kind::Map)) {
    const Map& map = *from.as_map();
    const Value* value = map.find(key_in(map, path[0]));
    return value != nullptr && has_at(walk, *value, path.subspan(1));
  }
  if (!from.is(Kind::List)) return false;
  const List& list = *from.as_list();
  if (path[0] != kSplat) {
    const std::optional<std::uint32_t> index = index_in(list, path[0]);
    return index && has_at(walk, list.items[*index], path.subspan(1));
  }
  for (const Value& value : list) {
    if (has_at(walk, value, path.subspan(1))) return true;
  }
  return false;
}

Value has(NativeCall& call) {
  Walk walk(call.machine, "maps.has");
  return Value::boolean(has_at(walk, call.at(0), split(call, call.string(1), "maps.has")));
}

/// Several paths as one tree, so that each part of the object is visited once.
struct Selection {
  bool whole = false;  // a path ends here
  std::map<std::string_view, Selection, std::less<>> parts;

  void add(Parts path) {
    if (path.empty()) {
      whole = true;
    } else {
      parts[path[0]].add(path.subspan(1));
    }
  }

  void add(Walk& walk, const Selection& other) {
    walk.visit();
    whole = whole || other.whole;
    for (const auto& [name, selection] : other.parts)
      parts[name].add(walk, selection);
  }
};

/// What is selected inside the elements of a list: what `*` selects, what their numbers do, or
/// both.
class ElementSelection {
 public:
  ElementSelection(Walk& walk, const Selection& list) : walk_(walk), list_(list) {
    const auto all = list.parts.find(kSplat);
    if (all != list.parts.end()) all_ = &all->second;
  }

  /// Null: nothing. Good until the next call.
  const Selection* at(std::uint32_t index) {
    const auto one = list_.parts.find(std::to_string(index));
    if (one == list_.parts.end()) return all_;
    if (all_ == nullptr) return &one->second;
    both_ = Selection();
    both_.add(walk_, *all_);
    both_.add(walk_, one->second);
    return &both_;
  }

 private:
  Walk& walk_;
  const Selection& list_;
  const Selection* all_ = nullptr;
  Selection both_;
};

Selection selection_of(NativeCall& call, std::string_view function) {
  Selection selection;
  for (const Value& path : *call.at(1).as_list()) {
    if (!path.is(Kind::String)) {
      call.machine.fail(std::string(kind_name(path.kind())) + " among the paths of `" +
                        std::string(function) + "`, which must be strings");
    }
    selection.add(split(call, path.as_string(), function));
  }
  return selection;
}

/// Undefined where nothing is selected.
Value pick_from(NativeCall& call, Walk& walk, const Value& from, const Selection& selection) {
  walk.visit();
  if (selection.whole) return from;
  Arena& arena = call.machine.arena();
  if (from.is(Kind::Map)) {
    const Map& map = *from.as_map();
    Map* out = make_map(arena);
    for (const auto& [name, inner] : selection.parts) {
      const Value key = key_in(map, name);
      const Value* value = map.find(key);
      if (value == nullptr) continue;
      const Value picked = pick_from(call, walk, *value, inner);
      if (!picked.is_undefined()) out->set(arena, key, picked);
    }
    return out->size == 0 ? Value() : Value::map(out);
  }
  if (!from.is(Kind::List)) return {};
  const List& list = *from.as_list();
  List* out = make_list(arena);
  ElementSelection elements(walk, selection);
  for (std::uint32_t i = 0; i < list.size; ++i) {
    const Selection* inner = elements.at(i);
    if (inner == nullptr) continue;
    const Value picked = pick_from(call, walk, list.items[i], *inner);
    if (!picked.is_undefined()) out->append(arena, picked);
  }
  return out->size == 0 ? Value() : Value::list(out);
}

Value pick(NativeCall& call) {
  Walk walk(call.machine, "maps.pick");
  const Value picked = pick_from(call, walk, call.at(0), selection_of(call, "maps.pick"));
  return picked.is_undefined() ? Value::map(make_map(call.machine.arena())) : picked;
}

/// What is left of `from`; undefined where all of it goes, containers that become empty included.
Value omit_from(NativeCall& call, Walk& walk, const Value& from, const Selection& selection) {
  walk.visit();
  if (selection.whole) return {};
  Arena& arena = call.machine.arena();
  if (from.is(Kind::Map)) {
    const Map& map = *from.as_map();
    Map* out = copy(arena, map);
    for (const auto& [name, inner] : selection.parts) {
      const Value key = key_in(map, name);
      const Value* value = out->find(key);
      if (value == nullptr) continue;
      const Value left = omit_from(call, walk, *value, inner);
      if (left.is_undefined()) {
        out->erase(arena, key);
      } else {
        out->set(arena, key, left);
      }
    }
    return out->size == 0 && map.size != 0 ? Value() : Value::map(out);
  }
  if (!from.is(Kind::List)) return from;
  const List& list = *from.as_list();
  List* out = make_list(arena, list.size);
  ElementSelection elements(walk, selection);
  for (std::uint32_t i = 0; i < list.size; ++i) {
    const Selection* inner = elements.at(i);
    const Value left =
        inner == nullptr ? list.items[i] : omit_from(call, walk, list.items[i], *inner);
    if (inner == nullptr || !left.is_undefined()) out->append(arena, left);
  }
  return out->size == 0 && list.size != 0 ? Value() : Value::list(out);
}

Value omit(NativeCall& call) {
  Walk walk(call.machine, "maps.omit");
  const Value left = omit_from(call, walk, call.at(0), selection_of(call, "maps.omit"));
  return left.is_undefined() ? Value::map(make_map(call.machine.arena())) : left;
}

Value set_in(NativeCall& call, Walk& walk, const Value& from, Parts path, const Value& value) {
  walk.visit();
  if (path.empty()) return value;
  Arena& arena = call.machine.arena();
  if (from.is(Kind::List)) {
    const List& list = *from.as_list();
    List* out = copy(arena, list);
    if (path[0] == kSplat) {
      for (std::uint32_t i = 0; i < list.size; ++i)
        out->items[i] = set_in(call, walk, list.items[i], path.subspan(1), value);
      return Value::list(out);
    }
    const std::optional<std::int64_t> number = whole_number(path[0]);
    if (!number || *number < 0 || *number > list.size) {
      call.machine.fail("`maps.set` cannot set `" + std::string(path[0]) + "` in a list of " +
                        std::to_string(list.size) + ": it takes `*` or an index from 0 to " +
                        std::to_string(list.size));
    }
    if (*number == list.size) {
      out->append(arena, set_in(call, walk, Value(), path.subspan(1), value));
    } else {
      out->items[*number] = set_in(call, walk, list.items[*number], path.subspan(1), value);
    }
    return Value::list(out);
  }
  // Whatever is in the way of a longer path makes room for a map.
  Map* out = from.is(Kind::Map) ? copy(arena, *from.as_map()) : make_map(arena);
  const Value key = key_in(*out, path[0]);
  const Value* inner = out->find(key);
  const Value changed =
      set_in(call, walk, inner == nullptr ? Value() : *inner, path.subspan(1), value);
  out->set(arena, key, changed);
  return Value::map(out);
}

Value set(NativeCall& call) {
  Walk walk(call.machine, "maps.set");
  return set_in(call, walk, call.at(0), split(call, call.string(1), "maps.set"), call.at(2));
}

Value unset_in(NativeCall& call, Walk& walk, const Value& from, Parts path) {
  walk.visit();
  Arena& arena = call.machine.arena();
  const bool last = path.size() == 1;
  if (from.is(Kind::Map)) {
    Map* out = copy(arena, *from.as_map());
    const Value key = key_in(*out, path[0]);
    const Value* inner = out->find(key);
    if (inner == nullptr) return from;
    if (last) {
      out->erase(arena, key);
    } else {
      const Value changed = unset_in(call, walk, *inner, path.subspan(1));
      out->set(arena, key, changed);
    }
    return Value::map(out);
  }
  if (!from.is(Kind::List)) return from;
  const List& list = *from.as_list();
  const bool all = path[0] == kSplat;
  const std::optional<std::uint32_t> index = index_in(list, path[0]);
  if (!all && !index) return from;
  List* out = make_list(arena, list.size);
  for (std::uint32_t i = 0; i < list.size; ++i) {
    if (!all && i != *index) {
      out->append(arena, list.items[i]);
    } else if (!last) {
      out->append(arena, unset_in(call, walk, list.items[i], path.subspan(1)));
    }
  }
  return Value::list(out);
}

Value unset(NativeCall& call) {
  Walk walk(call.machine, "maps.unset");
  return unset_in(call, walk, call.at(0), split(call, call.string(1), "maps.unset"));
}

// `get` answers for an object that is not there as for a path that is not.
constexpr std::uint16_t kMaybeMap = kMap | kList | kNull | kUndefined;

constexpr FunctionRow kFunctions[] = {
    {"get",
     2,
     3,
     {kMaybeMap, kString, kAnything},
     get,
     "the value at path; default, or undefined, where there is none"},
    {"has", 2, 2, {kMap | kList | kNull, kString}, has, "whether the object has path"},
    {"omit", 2, 2, {kMap, kList}, omit, "the object without the paths and what they leave empty"},
    {"pick", 2, 2, {kMap, kList}, pick, "the object with only the paths"},
    {"set", 3, 3, {kMap, kString, kAnything}, set, "the object with value at path"},
    // The documentation's own sample passes a third argument.
    {"unset", 2, 3, {kMap, kString, kAnything}, unset, "the object without path"},
};

}  // namespace

constinit const ImportRow kMaps{"collection/maps", kFunctions, nullptr,
                                "reading and changing nested maps by path"};

}  // namespace sentinel
