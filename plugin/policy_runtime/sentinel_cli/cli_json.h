// The output of `sentinel test -json` → outcomes. Old shapes, new ones and missing keys are read;
// lines around the document are passed over.
#pragma once

#include <string_view>
#include <vector>

#include "plugin/base/result.h"
#include "plugin/policy_runtime/policy_runtime.h"

namespace policy_runtime {

/// One outcome for each of `cases` (paths as given to the CLI), in order. An outcome whose
/// `result_known` is false may be undefined or false: only `sentinel apply` can tell. Errors: there
/// is no document, it is cut, or it says nothing of the policy or of a case.
base::Result<std::vector<Outcome>> read_test_json(std::string_view output, const base::Path& policy,
                                                  const std::vector<base::Path>& cases);

/// `main.sentinel:7:1: message` taken apart; the whole text is the message where there is no place.
LanguageError read_error_text(std::string_view text);

}  // namespace policy_runtime
