// The cases that options choose: --filter, --tag, --failed, --changed, --shard.
#pragma once

#include <vector>

#include "harness/command/command.h"
#include "harness/manifest/manifest.h"
#include "harness/report/run_report.h"
#include "plugin/base/result.h"

namespace harness {

struct Chosen {
  std::vector<std::size_t> cases;  // of the manifest
  /// Why an empty choice is no mistake: an empty shard, no failures before, no changes.
  std::string empty_is_fine;
};

base::Result<Chosen> choose(const Manifest& manifest, const Arguments& arguments,
                            const Context& context);

/// What --failed will know: the failures of this run, and those of cases that it left out.
void remember_failures(const Manifest& manifest, const RunReport& report);

}  // namespace harness
