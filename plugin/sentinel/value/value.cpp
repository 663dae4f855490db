#include "plugin/sentinel/value/value.h"

namespace sentinel {

std::string_view kind_name(Kind kind) {
  switch (kind) {
  case Kind::Undefined:
    return "undefined";
  case Kind::Null:
    return "null";
  case Kind::Bool:
    return "bool";
  case Kind::Int:
    return "int";
  case Kind::Float:
    return "float";
  case Kind::String:
    return "string";
  case Kind::List:
    return "list";
  case Kind::Map:
    return "map";
  case Kind::Function:
    return "function";
  case Kind::Rule:
    return "rule";
  case Kind::Object:
    return "map";  // which is what a policy sees
  case Kind::Module:
    return "module";
  }
  return "unknown";
}

}  // namespace sentinel
