#include "plugin/mock_source/table.h"

namespace mock_source {
namespace {

constexpr KindRow kKinds[] = {
    {"plan-export", "{ workspace: NAME | run: ID | plan: ID | url: URL }", true,
     "a real plan, exported by HCP Terraform or Terraform Enterprise"},
    {"archive", "FILE", false, "a bundle that was downloaded before, .tar.gz or .zip"},
    {"directory", "FOLDER", false, "a folder of mock files as it stands"},
    {"plan-json", "FILE", false, "the output of `terraform show -json`, made into tfplan/v2"},
    {"exec", "[COMMAND, ARGUMENT…]", true,
     "a command that fills the folder given as its last argument; needs --allow-exec"},
    {"extends", "MOCK", false, "another mock, changed by `patch`"},
};

}  // namespace

std::span<const KindRow> kinds() {
  return kKinds;
}

const KindRow* find_kind(std::string_view name) {
  for (const KindRow& row : kKinds) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace mock_source
