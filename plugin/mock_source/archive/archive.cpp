#include "plugin/mock_source/archive/archive.h"

#include "plugin/digest/sha256.h"

namespace mock_source {
namespace {

class Archive : public MockSource {
 public:
  Archive(base::Path file, std::string shown, mock_bundle::UnpackLimits limits)
      : file_(std::move(file)), shown_(std::move(shown)), limits_(limits) {}

  base::Result<Provenance> fetch(const base::Path& folder, const ProgressSink& progress,
                                 const base::CancelToken& cancel) override {
    progress("unpacking");
    auto members = mock_bundle::unpack(file_, folder, shown_, limits_, cancel);
    if (!members) return std::move(members.error());
    auto digest = digest::sha256_of_file(file_);
    if (!digest) return std::move(digest.error());
    return Provenance{.kind = "archive", .archive_sha256 = std::move(*digest)};
  }

 private:
  base::Path file_;
  std::string shown_;
  mock_bundle::UnpackLimits limits_;
};

}  // namespace

std::unique_ptr<MockSource> make_archive(base::Path file, std::string shown,
                                         mock_bundle::UnpackLimits limits) {
  return std::make_unique<Archive>(std::move(file), std::move(shown), limits);
}

}  // namespace mock_source
