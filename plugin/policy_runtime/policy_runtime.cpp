#include "plugin/policy_runtime/policy_runtime.h"

namespace policy_runtime {

PolicyRuntime::~PolicyRuntime() = default;

}  // namespace policy_runtime
