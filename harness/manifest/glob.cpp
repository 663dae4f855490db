#include "harness/manifest/glob.h"

#include <algorithm>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include "plugin/base/wildcard.h"

namespace harness {
namespace {

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> out;
  std::size_t at = 0;
  while (at <= path.size()) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (!part.empty() && part != ".") out.push_back(part);
    at = end + 1;
  }
  return out;
}

class Search {
 public:
  explicit Search(std::vector<std::string_view> parts) : parts_(std::move(parts)) {}

  void visit(const base::Path& folder, std::size_t part) {
    // Several `**` reach the same place on many ways.
    if (!seen_.emplace(folder, part).second) return;
    const bool last = part + 1 == parts_.size();
    if (parts_[part] != "**" && !has_glob(parts_[part])) {
      const base::Path next = folder / parts_[part];
      std::error_code error;
      if (last) {
        if (std::filesystem::is_regular_file(next, error)) found_.insert(next);
      } else if (std::filesystem::is_directory(next, error)) {
        visit(next, part + 1);
      }
      return;
    }
    if (parts_[part] == "**" && !last) visit(folder, part + 1);
    std::error_code error;
    for (auto at = std::filesystem::directory_iterator(folder, error);
         !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
      std::error_code ignored;
      const base::Path& path = at->path();
      const bool walk = at->symlink_status(ignored).type() == std::filesystem::file_type::directory;
      if (walk && is_private_folder(path.filename())) continue;
      if (parts_[part] == "**") {
        if (walk) visit(path, part);
        if (last && at->is_regular_file(ignored)) found_.insert(path);
      } else if (base::wildcard_matches(parts_[part], path.filename().string())) {
        if (!last && walk) visit(path, part + 1);
        if (last && at->is_regular_file(ignored)) found_.insert(path);
      }
    }
  }

  std::vector<base::Path> take() { return {found_.begin(), found_.end()}; }

 private:
  std::vector<std::string_view> parts_;
  std::set<std::pair<base::Path, std::size_t>> seen_;
  std::set<base::Path> found_;
};

}  // namespace

bool has_glob(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

bool is_private_folder(const base::Path& name) {
  return name == ".git" || name == ".harness" || name == ".sentinel";
}

bool glob_matches(std::string_view glob, std::string_view path) {
  const std::vector<std::string_view> globs = parts_of(glob);
  const std::vector<std::string_view> parts = parts_of(path);
  // reach[p]: the globs so far match the first p parts.
  std::vector<bool> reach(parts.size() + 1, false);
  reach[0] = true;
  for (const std::string_view one : globs) {
    std::vector<bool> next(parts.size() + 1, false);
    for (std::size_t p = 0; p <= parts.size(); ++p) {
      if (one == "**") {
        next[p] = reach[p] || (p > 0 && next[p - 1]);
      } else if (p > 0 && reach[p - 1]) {
        next[p] = base::wildcard_matches(one, parts[p - 1]);
      }
    }
    reach = std::move(next);
  }
  return reach[parts.size()];
}

std::vector<base::Path> glob_files(const base::Path& folder, std::string_view glob) {
  std::vector<std::string_view> parts = parts_of(glob);
  if (parts.empty()) return {};
  Search search(std::move(parts));
  search.visit(folder, 0);
  return search.take();
}

}  // namespace harness
