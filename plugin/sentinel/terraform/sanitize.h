// A plan as HCP Terraform sees it: decoded and encoded again with its Go library, which drops what
// it does not know and what is empty, and with sensitive values replaced. It is what `raw` holds.
#pragma once

#include "plugin/sentinel/value/collection.h"

namespace sentinel {

/// `document`: the plan JSON, a map. The result shares what needs no change with it.
const Map* sanitize_plan(Arena& arena, const Map& document);

}  // namespace sentinel
