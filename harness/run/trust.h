// What a policy may not do unless the command line allows it: start programs, use the network.
// Policies, modules and native cases may come from a pull request.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "harness/run/run.h"
#include "harness/test_directory/test_directory.h"
#include "plugin/base/diagnostic.h"

namespace harness {

/// Thread-safe; reads each file once.
class Trust {
 public:
  explicit Trust(const RunOptions& options) : options_(options) {}

  /// Why the case may not run; nothing where it may.
  std::optional<base::Diagnostic> refusal(const PlacedCase& placed);

 private:
  /// Where `file`, shown relative to `root`, imports "http"; nothing where it does not, or does not
  /// parse: the runtime will say so.
  std::optional<base::Location> http_import(const base::Path& file, const base::Path& root);

  const RunOptions& options_;
  std::mutex mutex_;
  std::map<base::Path, std::optional<base::Location>> seen_;
};

}  // namespace harness
