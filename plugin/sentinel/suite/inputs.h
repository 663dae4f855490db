// A configuration and the files it names → what an evaluation takes. Shared by `test`, where paths
// are relative to the case's file, and `apply`, where they are relative to the working directory.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plugin/base/diagnostic.h"
#include "plugin/base/result.h"
#include "plugin/base/system.h"
#include "plugin/sentinel/config/configuration.h"
#include "plugin/sentinel/config/source.h"
#include "plugin/sentinel/eval/evaluate.h"
#include "plugin/sentinel/suite/loader.h"

namespace sentinel {

/// Where a local `source` leads, seen from `folder`. May refuse: the diagnostic needs no place.
using PathResolver =
    std::function<base::Result<base::Path>(const base::Path& folder, const std::string& source)>;

/// Puts a remote source into a local file. Thread-safe.
using RemoteFetcher = std::function<base::Result<base::Path>(const RemoteSource& source)>;

/// What configuration may reach. An empty function allows every path, and no remote source.
struct Reach {
  PathResolver path;
  RemoteFetcher remote;
};

/// The file that `source` names; refusals and failures have `place` for a position.
base::Result<base::Path> find_source(const std::string& source, const Place& place,
                                     const base::Path& folder, const Reach& reach);

/// Adds the imports, parameters and globals of `configuration` to `inputs`. A mock goes before
/// whatever else has its name. Problems are collected.
void add_inputs(Inputs& inputs, const Configuration& configuration, const base::Path& folder,
                Loader& loader, const Reach& reach, std::vector<base::Diagnostic>& problems);

}  // namespace sentinel
