// The `collection` import. Documentation: Sentinel, imports/collection.

#include <algorithm>
#include <array>
#include <string>

#include "plugin/sentinel/import/call.h"
#include "plugin/sentinel/import/rows.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

/// Calls `each` with (element, index) of a list or (value, key) of a map until it returns false.
template <class Each>
void for_each(const Value& items, Each each) {
  // By index: a callback may append to what is walked, which is not visited, or delete from it.
  if (items.is(Kind::List)) {
    const List& list = *items.as_list();
    const std::uint32_t size = list.size;
    for (std::uint32_t i = 0; i < std::min(size, list.size); ++i) {
      if (!each(list.items[i], Value::integer(i))) return;
    }
  } else {
    const Map& map = *items.as_map();
    const std::uint32_t size = map.size;
    for (std::uint32_t i = 0; i < std::min(size, map.size); ++i) {
      if (!each(map.entries[i].value, map.entries[i].key)) return;
    }
  }
}

bool holds(NativeCall& call, std::string_view name, const Value& element, const Value& key) {
  const std::array<Value, 2> offered{element, key};
  const Value result = call_back(call.machine, call.at(1), offered);
  if (!result.is(Kind::Bool)) {
    // The wording is HashiCorp's, seen for `find`.
    call.machine.fail(std::string(name) + " predicate must return boolean value, got " +
                      std::string(kind_name(result.kind())));
  }
  return result.as_bool();
}

Value keep(NativeCall& call, std::string_view name, bool wanted) {
  List* out = make_list(call.machine.arena());
  for_each(call.at(0), [&](Value element, Value key) {
    if (holds(call, name, element, key) == wanted) out->append(call.machine.arena(), element);
    return true;
  });
  return Value::list(out);
}

Value filter(NativeCall& call) {
  return keep(call, "filter", true);
}

Value reject(NativeCall& call) {
  return keep(call, "reject", false);
}

Value find(NativeCall& call) {
  Value found;
  for_each(call.at(0), [&](Value element, Value key) {
    if (!holds(call, "find", element, key)) return true;
    found = element;
    return false;
  });
  return found;
}

/// Every entry of `partial` is in `whole`, maps inside compared the same way.
bool contains(Walk& walk, const Value& whole, const Value& partial) {
  const Walk::Level level(walk);
  walk.visit();
  if (!whole.is(Kind::Map) || !partial.is(Kind::Map)) return same(whole, partial);
  for (const MapEntry& entry : *partial.as_map()) {
    const Value* value = whole.as_map()->find(entry.key);
    if (value == nullptr || !contains(walk, *value, entry.value)) return false;
  }
  return true;
}

Value matches(NativeCall& call) {
  List* out = make_list(call.machine.arena());
  Walk walk(call.machine, "collection.matches");
  for_each(call.at(0), [&](Value element, Value /*key*/) {
    if (element.is(Kind::Map) && contains(walk, element, call.at(1)))
      out->append(call.machine.arena(), element);
    return true;
  });
  return Value::list(out);
}

Value reduce(NativeCall& call) {
  bool seeded = call.count() > 2;
  Value result = seeded ? call.at(2) : Value();
  for_each(call.at(0), [&](Value element, Value key) {
    if (seeded) {
      const std::array<Value, 3> offered{result, element, key};
      result = call_back(call.machine, call.at(1), offered);
    } else {
      result = element;
      seeded = true;
    }
    return true;
  });
  return result;
}

constexpr std::uint16_t kItems = kList | kMap;

constexpr FunctionRow kFunctions[] = {
    {"filter",
     2,
     2,
     {kItems, kFunction},
     filter,
     "a list of the elements that the predicate holds for"},
    {"find",
     2,
     2,
     {kItems, kFunction},
     find,
     "the first element that the predicate holds for; undefined if none"},
    {"matches",
     2,
     2,
     {kItems, kMap},
     matches,
     "a list of the maps that have all entries of the partial map"},
    {"reduce",
     2,
     3,
     {kItems, kFunction, kAnything},
     reduce,
     "the elements folded into one value, from initial or the first element"},
    {"reject",
     2,
     2,
     {kItems, kFunction},
     reject,
     "a list of the elements that the predicate does not hold for"},
};

}  // namespace

constinit const ImportRow kCollection{"collection", kFunctions, nullptr,
                                      "searching lists and maps with predicates"};

}  // namespace sentinel
