// What a bundle is: a folder of mock files, and which import each of them stands for.
#pragma once

#include <string>
#include <vector>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace mock_bundle {

/// One import that a bundle supplies.
struct BundleImport {
  std::string name;  // "tfplan/v2"
  std::string file;  // relative to the bundle's folder, with `/`; exists and stays in the folder

  bool operator==(const BundleImport&) const = default;
};

/// Reads what the bundle in `folder` supplies: the `mock` blocks of its sentinel.hcl (or
/// sentinel.json) that name files of the bundle, nothing else of that file; without one, what the
/// file names say. `shown` is the folder's name in messages.
base::Result<std::vector<BundleImport>> read_bundle(const base::Path& folder,
                                                    const std::string& shown);

/// The imports that a mock file is named for: `mock-tfplan-v2.sentinel` → tfplan/v2,
/// `mock-tfplan.sentinel` → tfplan and tfplan/v1, `mock-time.sentinel` → time. Empty where the
/// name does not follow the pattern.
std::vector<std::string> imports_of_file_name(const std::string& name);

}  // namespace mock_bundle
