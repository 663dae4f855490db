// The `json` import. Documentation: Sentinel, imports/json.

#include "plugin/sentinel/data/json.h"

#include <cmath>
#include <string>

#include "plugin/sentinel/import/call.h"
#include "plugin/sentinel/import/rows.h"
#include "plugin/sentinel/value/operation.h"

namespace sentinel {
namespace {

Value unmarshal(NativeCall& call) {
  base::Result<Value> value =
      read_json(call.machine.arena(), call.string(0), "the argument of json.unmarshal");
  if (!value) {
    const base::Diagnostic& problem = value.error();
    std::string message = problem.what;
    if (!problem.why.empty()) message += ": " + problem.why;
    if (problem.where) message = base::to_text(*problem.where) + ": " + message;
    call.machine.fail(message);
  }
  return *value;
}

Value valid(NativeCall& call) {
  Arena scratch;
  return Value::boolean(static_cast<bool>(read_json(scratch, call.string(0), "")));
}

/// `value` without its undefined parts; itself where it has none.
Value without_undefined(NativeCall& call, Walk& walk, const Value& value) {
  walk.visit();
  switch (value.kind()) {
  case Kind::Float:
    if (!std::isfinite(value.as_float())) {
      call.machine.fail("`json.marshal` cannot write " + shortest_float(value.as_float()) +
                        ", for which JSON has no number");
    }
    break;
  case Kind::Undefined:
  case Kind::Null:
  case Kind::Bool:
  case Kind::Int:
  case Kind::String:
    break;
  case Kind::List: {
    const Walk::Level level(walk);
    const List& list = *value.as_list();
    List* out = make_list(call.machine.arena(), list.size);
    for (const Value& item : list) {
      const Value kept = without_undefined(call, walk, item);
      if (!kept.is_undefined()) out->append(call.machine.arena(), kept);
    }
    return Value::list(out);
  }
  case Kind::Map: {
    const Walk::Level level(walk);
    const Map& map = *value.as_map();
    Map* out = make_map(call.machine.arena(), map.size);
    for (const MapEntry& entry : map) {
      const Value kept = without_undefined(call, walk, entry.value);
      if (!kept.is_undefined()) out->set(call.machine.arena(), entry.key, kept);
    }
    return Value::map(out);
  }
  case Kind::Object:
    return without_undefined(call, walk, call.machine.map_of(*value.as_object()));
  default:
    call.machine.fail("`json.marshal` cannot write a value of type " +
                      std::string(kind_name(value.kind())) +
                      ": JSON has null, bools, numbers, strings, lists and maps");
  }
  return value;
}

Value marshal(NativeCall& call) {
  Walk walk(call.machine, "json.marshal");
  const Value value = without_undefined(call, walk, call.at(0));
  const std::string text = to_json(value, false);
  return call.machine.arena().string(text);
}

// Functions are taken too, so that the message is the same wherever they stand.
constexpr std::uint16_t kWritable = kAnything & ~kUndefined;

constexpr FunctionRow kFunctions[] = {
    {"unmarshal", 1, 1, {kString}, unmarshal, "the value that a JSON text says"},
    {"marshal",
     1,
     1,
     {kWritable},
     marshal,
     "the JSON text of a value; undefined members are left out"},
    {"valid", 1, 1, {kString}, valid, "whether a text is JSON"},
};

}  // namespace

constinit const ImportRow kJson{"json", kFunctions, nullptr, "reading and writing JSON"};

}  // namespace sentinel
