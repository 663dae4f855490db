// Where a mock's files come from. One folder a kind; what a manifest says of each
// stands in harness/manifest. A source never knows a runtime.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace mock_source {

/// What a source has made of a mock, for the lock and the reports. Never a token or a signed URL.
struct Provenance {
  std::string kind;            // "plan-export", "archive" …
  std::string host;            // plan-export: "app.terraform.io"
  std::string workspace;       // "acme/network-prod"; empty where not known
  std::string run;             // "run-…"
  std::string plan;            // "plan-…"
  std::string made_at;         // RFC 3339; empty where not known
  std::string archive_sha256;  // hex, of the archive as downloaded; empty for the other kinds

  bool operator==(const Provenance&) const = default;
};

/// What is told while a source works: "queued, 12 s", "downloading, 3.1 MB".
using ProgressSink = std::function<void(std::string_view state)>;

/// One mock that can be fetched. Thread-safe: the mocks of one run are fetched in parallel.
class MockSource {
 public:
  virtual ~MockSource();

  /// Puts the mock's files into `folder`, which exists and is empty. On an error the folder may
  /// hold some of them: the caller gives a staging folder and renames.
  virtual base::Result<Provenance> fetch(const base::Path& folder, const ProgressSink& progress,
                                         const base::CancelToken& cancel) = 0;
};

}  // namespace mock_source
