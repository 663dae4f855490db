#include "plugin/base/temporary_folder.h"

#include <utility>

#include "plugin/base/file.h"

namespace base {

TemporaryFolder::~TemporaryFolder() {
  if (!path_.empty()) (void)remove_tree(path_);
}

Status TemporaryFolder::make(const Environment& environment, std::string_view prefix) {
  const std::string_view parent = get(environment, "TMPDIR");
  auto made = make_staging_folder(parent.empty() ? "/tmp" : Path(parent), prefix);
  if (!made) return std::move(made.error());
  path_ = std::move(*made);
  return {};
}

}  // namespace base
