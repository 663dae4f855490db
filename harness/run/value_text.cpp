#include "harness/run/value_text.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "harness/report/json_writer.h"
#include "plugin/sentinel/config/document.h"

namespace harness {
namespace {

using Kind = base::ConfigNode::Kind;

bool equal(const base::ConfigNode& a, const base::ConfigNode& b) {
  const auto numeric = [](const base::ConfigNode& node) {
    return node.kind == Kind::Int || node.kind == Kind::Float;
  };
  if (a.kind == Kind::Int && b.kind == Kind::Int) return a.integer == b.integer;
  if (numeric(a) && numeric(b)) return a.number == b.number;
  if (a.kind != b.kind) return false;
  switch (a.kind) {
  case Kind::Null:
    return true;
  case Kind::Bool:
    return a.boolean == b.boolean;
  case Kind::String:
    return a.text == b.text;
  case Kind::List:
    return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), equal);
  case Kind::Map:
    return a.entries.size() == b.entries.size() &&
           std::all_of(a.entries.begin(), a.entries.end(), [&b](const base::ConfigEntry& entry) {
             const base::ConfigNode* other = b.find(entry.key);
             return other != nullptr && equal(entry.value, *other);
           });
  case Kind::Int:
  case Kind::Float:
    break;
  }
  return false;
}

void append(std::string& out, const base::ConfigNode& value) {
  switch (value.kind) {
  case Kind::Null:
    out += "null";
    break;
  case Kind::Bool:
    out += value.boolean ? "true" : "false";
    break;
  case Kind::Int:
    out += std::to_string(value.integer);
    break;
  case Kind::Float:
    out += value.text;
    break;
  case Kind::String:
    out += json_string(value.text);
    break;
  case Kind::List:
    out += '[';
    for (const base::ConfigNode& item : value.items) {
      if (&item != value.items.data()) out += ',';
      append(out, item);
    }
    out += ']';
    break;
  case Kind::Map:
    out += '{';
    for (const base::ConfigEntry& entry : value.entries) {
      if (&entry != value.entries.data()) out += ',';
      out += json_string(entry.key) + ":";
      append(out, entry.value);
    }
    out += '}';
    break;
  }
}

}  // namespace

std::string json_of(const base::ConfigNode& value) {
  std::string out;
  append(out, value);
  return out;
}

bool equals_json(const base::ConfigNode& expected, std::string_view json) {
  std::vector<base::Diagnostic> errors;
  const auto actual =
      sentinel::read_json(std::make_shared<const base::Source>("value", std::string(json)), errors);
  return actual && errors.empty() && equal(expected, *actual);
}

}  // namespace harness
