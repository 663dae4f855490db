// The `runtime` import. Documentation: Sentinel, imports/runtime.

#include "plugin/sentinel/import/rows.h"
#include "plugin/sentinel/import/table.h"

namespace sentinel {
namespace {

Value member(Machine& /*machine*/, std::string_view name) {
  return name == "version" ? Value::string(kRuntimeVersion) : Value();
}

}  // namespace

constinit const ImportRow kRuntime{"runtime", {}, member, "what evaluates the policy"};

}  // namespace sentinel
