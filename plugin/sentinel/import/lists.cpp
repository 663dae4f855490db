// The `collection/lists` import. Documentation: Sentinel, imports/collection/lists.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "plugin/sentinel/import/call.h"
#include "plugin/sentinel/import/rows.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

/// Values by equality. Scalars are hashed; lists, maps and the rest are compared one by one.
class ValueSet {
 public:
  explicit ValueSet(Walk& walk) : walk_(walk) {}

  bool has(const Value& value) const {
    if (!hashable(value)) {
      for (const Value& other : rest_) {
        walk_.visit();
        if (same(value, other)) return true;
      }
      return false;
    }
    const auto [begin, end] = hashed_.equal_range(hash_key(value));
    for (auto it = begin; it != end; ++it) {
      if (equal(value, it->second)) return true;
    }
    return false;
  }

  /// False: it was there.
  bool add(const Value& value) {
    if (has(value)) return false;
    if (hashable(value)) {
      hashed_.emplace(hash_key(value), value);
    } else {
      rest_.push_back(value);
    }
    return true;
  }

 private:
  static bool hashable(const Value& value) {
    return value.is(Kind::Bool) || value.is_number() || value.is(Kind::String);
  }

  Walk& walk_;
  std::unordered_multimap<std::uint64_t, Value> hashed_;
  std::vector<Value> rest_;
};

ValueSet set_of(Walk& walk, const Value& list) {
  ValueSet set(walk);
  for (const Value& value : *list.as_list())
    set.add(value);
  return set;
}

Value concat(NativeCall& call) {
  std::size_t size = 0;
  for (const Value& list : call.arguments)
    size += list.as_list()->size;
  List* out = make_list(call.machine.arena(), size);
  for (const Value& list : call.arguments) {
    for (const Value& value : *list.as_list())
      out->append(call.machine.arena(), value);
  }
  return Value::list(out);
}

Value difference(NativeCall& call) {
  Walk walk(call.machine, "lists.difference");
  ValueSet others(walk);
  for (const Value& list : call.arguments.subspan(1)) {
    for (const Value& value : *list.as_list())
      others.add(value);
  }
  List* out = make_list(call.machine.arena());
  for (const Value& value : *call.at(0).as_list()) {
    if (!others.has(value)) out->append(call.machine.arena(), value);
  }
  return Value::list(out);
}

Value intersection(NativeCall& call) {
  Walk walk(call.machine, "lists.intersection");
  std::vector<ValueSet> others;
  for (const Value& list : call.arguments.subspan(1))
    others.push_back(set_of(walk, list));
  ValueSet seen(walk);
  List* out = make_list(call.machine.arena());
  for (const Value& value : *call.at(0).as_list()) {
    bool everywhere = true;
    for (const ValueSet& set : others)
      everywhere = everywhere && set.has(value);
    if (everywhere && seen.add(value)) out->append(call.machine.arena(), value);
  }
  return Value::list(out);
}

Value union_of(NativeCall& call) {
  Walk walk(call.machine, "lists.union");
  ValueSet seen(walk);
  List* out = make_list(call.machine.arena());
  for (const Value& list : call.arguments) {
    for (const Value& value : *list.as_list()) {
      if (seen.add(value)) out->append(call.machine.arena(), value);
    }
  }
  return Value::list(out);
}

/// Whether `b` must stand before `a`.
bool after(NativeCall& call, const Value& a, const Value& b) {
  const std::array<Value, 2> pair{a, b};
  const Value order = call_back(call.machine, call.at(1), pair);
  if (!order.is_number()) {
    call.machine.fail("sort function must return int value, got " +
                      std::string(kind_name(order.kind())));
  }
  return order.to_double() > 0;
}

/// Stable. An own merge sort: the policy's function may contradict itself, which std::sort does not
/// survive.
Value sort(NativeCall& call) {
  const List& list = *call.at(0).as_list();
  std::vector<Value> values(list.begin(), list.end());
  std::vector<Value> merged(values.size());
  for (std::size_t width = 1; width < values.size(); width *= 2) {
    for (std::size_t begin = 0; begin < values.size(); begin += 2 * width) {
      const std::size_t middle = std::min(begin + width, values.size());
      const std::size_t end = std::min(begin + 2 * width, values.size());
      std::size_t left = begin;
      std::size_t right = middle;
      for (std::size_t to = begin; to < end; ++to) {
        const bool take_right =
            left == middle || (right < end && after(call, values[left], values[right]));
        merged[to] = values[take_right ? right++ : left++];
      }
    }
    values.swap(merged);
  }
  List* out = make_list(call.machine.arena(), values.size());
  for (const Value& value : values)
    out->append(call.machine.arena(), value);
  return Value::list(out);
}

Value sum(NativeCall& call) {
  double total = 0;
  for (const Value& value : *call.at(0).as_list()) {
    if (value.is_undefined()) return value;
    if (!value.is_number()) {
      call.machine.fail("`lists.sum` found a " + std::string(kind_name(value.kind())) +
                        " in its list, which may hold only ints and floats");
    }
    total += value.to_double();
  }
  return Value::number(total);
}

constexpr std::array<std::uint16_t, 6> kAllLists{kList, kList, kList, kList, kList, kList};

constexpr FunctionRow kFunctions[] = {
    {"concat", 2, kMany, kAllLists, concat, "the lists joined into one"},
    {"difference", 1, kMany, kAllLists, difference,
     "the values of the first list that are in none of the others"},
    {"diff", 1, kMany, kAllLists, difference, "the same as difference"},
    {"intersection", 1, kMany, kAllLists, intersection, "the unique values that are in all lists"},
    {"sort",
     2,
     2,
     {kList, kFunction},
     sort,
     "a list sorted by a function that returns -1, 0 or 1 for two elements"},
    {"sum", 1, 1, {kList}, sum, "the sum of the numbers, a float"},
    {"union", 1, kMany, kAllLists, union_of, "the unique values of all lists"},
};

}  // namespace

constinit const ImportRow kLists{"collection/lists", kFunctions, nullptr, "working with lists"};

}  // namespace sentinel
