// The `types` import. Documentation: Sentinel, imports/types.

#include "plugin/sentinel/import/rows.h"

namespace sentinel {
namespace {

Value type_of(NativeCall& call) {
  const Kind kind = call.at(0).kind();
  // HashiCorp's imports hand out their objects (a time, a version) as maps of their fields.
  return Value::string(kind_name(kind == Kind::Object ? Kind::Map : kind));
}

constexpr FunctionRow kFunctions[] = {
    {"type_of", 1, 1, {kAnything}, type_of, "the name of v's type: \"bool\", \"undefined\" …"},
};

}  // namespace

constinit const ImportRow kTypes{"types", kFunctions, nullptr, "the types of values"};

}  // namespace sentinel
