// The `types` import. Documentation: Sentinel, imports/types.

#include "plugin/sentinel/import/rows.h"

namespace sentinel {
namespace {

Value type_of(NativeCall& call) {
  return Value::string(kind_name(call.at(0).kind()));
}

constexpr FunctionRow kFunctions[] = {
    {"type_of", 1, 1, {kAnything}, type_of, "the name of v's type: \"bool\", \"undefined\" …"},
};

}  // namespace

constinit const ImportRow kTypes{"types", kFunctions, nullptr, "the types of values"};

}  // namespace sentinel
