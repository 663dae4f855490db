// Our own library as a runtime, in this process.
#pragma once

#include <memory>

#include "plugin/base/system.h"
#include "plugin/policy_runtime/policy_runtime.h"

namespace policy_runtime {

/// Mocks and modules are read once for all cases of all requests. Paths of cases may not leave the
/// request's directory.
std::unique_ptr<PolicyRuntime> make_in_process(const base::System& system);

}  // namespace policy_runtime
