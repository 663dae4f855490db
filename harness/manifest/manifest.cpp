#include "harness/manifest/manifest.h"

#include <algorithm>
#include <system_error>

#include "plugin/base/file.h"

namespace harness {

bool Mock::recorded() const {
  return std::visit([](const auto& one) { return one.kRecorded; }, kind);
}

std::string_view Mock::kind_name() const {
  return std::visit([](const auto& one) { return one.kName; }, kind);
}

const NamedPath* Mock::reads() const {
  return std::visit([](const auto& one) { return one.reads(); }, kind);
}

const Mock* Manifest::find_mock(std::string_view name) const {
  const auto found =
      std::find_if(mocks.begin(), mocks.end(), [&](const Mock& mock) { return mock.name == name; });
  return found == mocks.end() ? nullptr : &*found;
}

const Mock& Manifest::origin(const Mock& mock) const {
  const Mock* at = &mock;
  // The reader has refused cycles and unknown names.
  while (const auto* extends = std::get_if<ExtendsMock>(&at->kind)) {
    const Mock* next = find_mock(extends->base);
    if (next == nullptr) break;
    at = next;
  }
  return *at;
}

base::Result<base::Path> find_manifest(const base::Path& folder) {
  const base::Path root = base::repository_root(folder);
  for (base::Path at = folder; !at.empty(); at = at.parent_path()) {
    for (const char* name : {"tests.yaml", "tests.yml"}) {
      std::error_code error;
      if (std::filesystem::exists(std::filesystem::symlink_status(at / name, error))) {
        return at / name;
      }
    }
    if (at == root || at == at.parent_path()) break;
  }
  base::Diagnostic out;
  out.what = "no manifest `tests.yaml` in `" + folder.string() + "`";
  if (root != folder) out.what += " or above it, up to `" + root.string() + "`";
  out.advice = "`harness init` writes a first one";
  return out;
}

}  // namespace harness
