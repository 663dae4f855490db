// Remote sources brought to this machine: git through the `git` program, http and https directly.
// Only for those who allowed the network. Documentation: Sentinel, configuration, "Remote Sources".
#pragma once

#include "plugin/base/cancel.h"
#include "plugin/base/system.h"
#include "plugin/sentinel/suite/inputs.h"

namespace sentinel {

/// Puts each source it is asked for into a file below `folder` (made when first needed), once per
/// fetcher. Thread-safe. Mercurial, S3, GCS and archives are refused by name; checksums are
/// verified (sha256). `local_repositories`: `git::file://…` may be used, too.
RemoteFetcher make_remote_fetcher(const base::Path& folder, const base::System& system,
                                  const base::CancelToken& cancel, bool local_repositories);

}  // namespace sentinel
