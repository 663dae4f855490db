// A folder for files that nobody needs afterwards.
#pragma once

#include <string_view>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace base {

/// Made where temporary files go, `TMPDIR` or /tmp, and removed with its object.
class TemporaryFolder {
 public:
  TemporaryFolder() = default;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  /// Once. `prefix`: of its name.
  Status make(const Environment& environment, std::string_view prefix);

  /// Absolute; empty before it is made.
  const Path& path() const { return path_; }

 private:
  Path path_;
};

}  // namespace base
