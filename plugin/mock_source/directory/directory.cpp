#include "plugin/mock_source/directory/directory.h"

#include "plugin/base/file.h"

namespace mock_source {
namespace {

constexpr std::size_t kMostFiles = 10'000;
constexpr int kDeepest = 16;

/// Copies regular files. Links are followed only where they stay in the folder: what lies behind
/// another one is somebody else's file.
class Copier {
 public:
  Copier(const base::Path& root, const std::string& shown, const base::CancelToken& cancel)
      : root_(root), shown_(shown), cancel_(cancel) {}

  base::Status copy(const base::Path& from, const base::Path& to, int depth) {
    if (depth > kDeepest) return problem(from, "it is nested deeper than 16 folders");
    std::error_code error;
    std::filesystem::directory_iterator entry(from, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      if (cancel_.cancelled()) return problem(from, "stopped while copying");
      if (auto done = copy_entry(entry->path(), to / entry->path().filename(), depth); !done)
        return done;
    }
    if (error) return problem(from, error.message());
    return {};
  }

 private:
  base::Status copy_entry(const base::Path& from, const base::Path& to, int depth) {
    const auto resolved = base::resolve_inside(root_, root_, from);
    if (!resolved) return problem(from, resolved.error().why);
    std::error_code error;
    if (std::filesystem::is_directory(from, error)) {
      std::filesystem::create_directory(to, error);
      if (error) return problem(from, error.message());
      return copy(from, to, depth + 1);
    }
    if (!std::filesystem::is_regular_file(from, error))
      return problem(from, "it is neither a file nor a folder");
    if (++files_ > kMostFiles) return problem(from, "the folder holds more than 10000 files");
    std::filesystem::copy_file(*resolved, to, error);
    if (error) return problem(from, error.message());
    return {};
  }

  base::Diagnostic problem(const base::Path& path, std::string why) const {
    const std::string below = path == root_ ? "" : "/" + base::display_path(path, root_);
    return {.what = "`" + shown_ + below + "` cannot be copied", .why = std::move(why)};
  }

  const base::Path& root_;
  const std::string& shown_;
  const base::CancelToken& cancel_;
  std::size_t files_ = 0;
};

class Directory : public MockSource {
 public:
  Directory(base::Path folder, std::string shown)
      : folder_(std::move(folder)), shown_(std::move(shown)) {}

  base::Result<Provenance> fetch(const base::Path& folder, const ProgressSink& progress,
                                 const base::CancelToken& cancel) override {
    progress("copying");
    if (auto done = Copier(folder_, shown_, cancel).copy(folder_, folder, 0); !done)
      return std::move(done.error());
    return Provenance{.kind = "directory"};
  }

 private:
  base::Path folder_;
  std::string shown_;
};

}  // namespace

std::unique_ptr<MockSource> make_directory(base::Path folder, std::string shown) {
  return std::make_unique<Directory>(std::move(folder), std::move(shown));
}

}  // namespace mock_source
