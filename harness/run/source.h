// Mocks of the manifest → sources that fetch them: the one place that knows both.
#pragma once

#include <memory>

#include "harness/manifest/manifest.h"
#include "harness/run/run.h"
#include "plugin/base/result.h"
#include "plugin/mock_source/mock_source.h"

namespace harness {

/// All sources of one run. Mocks of one plan share one export, those of one origin its rate.
/// Thread-safe.
class Sources {
 public:
  Sources(const Manifest& manifest, const RunOptions& options, const base::System& system,
          const base::Path& scratch);
  ~Sources();
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;

  /// The source of a mock that does not extend another. The object must outlive it. An error: the
  /// manifest asks for what the command line does not allow.
  base::Result<std::unique_ptr<mock_source::MockSource>> make(const Mock& mock);

 private:
  struct Exports;

  const Manifest& manifest_;
  const RunOptions& options_;
  const base::System& system_;
  base::Path scratch_;
  std::unique_ptr<Exports> exports_;
};

}  // namespace harness
