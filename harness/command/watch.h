// Waits for files of a repository to change, for `--watch`.
#pragma once

#include <memory>
#include <set>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace harness {

/// Watches every folder below `root` but `.git`, `.harness` and `.sentinel`, new ones too.
class Watch {
 public:
  static base::Result<std::unique_ptr<Watch>> open(const base::Path& root);
  ~Watch();

  /// Waits until something changes and then is quiet for a moment. Empty: cancelled. With `root`
  /// itself among them there were more changes than could be told.
  std::set<base::Path> wait(const base::CancelToken& cancel);

 private:
  Watch();
  /// Files in it are added to `found`: a new folder may have been filled before it was watched.
  void add(const base::Path& folder, std::set<base::Path>* found);

  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace harness
