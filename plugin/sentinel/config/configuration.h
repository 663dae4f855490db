// What configuration says: mocks, imports, policies, parameters, globals, expectations, features.
// One case file of `test` is one configuration; `apply` merges several files and then override
// files. Documentation: Sentinel, configuration.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/base/config_tree.h"
#include "plugin/base/result.h"
#include "plugin/base/system.h"
#include "plugin/sentinel/config/document.h"

namespace sentinel {

/// `mock "tfplan/v2" { data = {…} }` or `{ module { source = … } }`.
struct Mock {
  std::string name;
  Place place;
  std::optional<base::ConfigNode> data;  // an object
  std::string source;                    // as written; empty with `data`
  Place source_place;
};

enum class ImportKind { Module, Plugin, Static };

/// `import KIND "name"`, and the older `module "name"` and `import "name"`.
struct ConfiguredImport {
  ImportKind kind = ImportKind::Module;
  std::string name;
  Place place;
  std::string source;  // as written; empty: a standard import is configured (Plugin only)
  Place source_place;
  std::optional<base::ConfigNode> config;  // of Plugin
  bool legacy = false;                     // written in an older form
};

enum class EnforcementLevel { Advisory, SoftMandatory, HardMandatory };

/// "advisory", "soft-mandatory", "hard-mandatory"
std::string_view name_of(EnforcementLevel level);

/// A parameter, a global or an expected rule.
struct Setting {
  std::string name;
  Place place;
  base::ConfigNode value;
};

struct PolicyBlock {
  std::string name;
  Place place;
  std::string source;  // as written; `./NAME.sentinel` where it is left out
  Place source_place;
  EnforcementLevel level = EnforcementLevel::Advisory;
  std::vector<Setting> params;
};

struct Configuration {
  std::vector<Mock> mocks;
  std::vector<ConfiguredImport> imports;
  std::vector<PolicyBlock> policies;
  std::vector<Setting> params;
  std::vector<Setting> globals;
  std::optional<std::vector<Setting>> expected_rules;  // none: no `test` block
  std::map<std::string, bool, std::less<>> features;
  bool legacy = false;  // a JSON file of before 0.16
  std::vector<std::string> warnings;

  bool feature(std::string_view name) const;
};

/// Reads one configuration file's text, HCL or JSON by the name's ending.
Document read_document(const base::SourcePtr& source, std::vector<base::Diagnostic>& errors);

/// Checks blocks of one or several documents and gives them meaning. Definitions of one name are
/// errors. What is wrong is left out.
Configuration configure(const std::vector<Document>& documents,
                        std::vector<base::Diagnostic>& errors);

/// Reads one file: a case of `test`, or what `-config` names.
Configuration read_configuration(const base::SourcePtr& source,
                                 std::vector<base::Diagnostic>& errors);

/// Reads all `*.hcl` files of `folder` (where there are none, `sentinel.json`) as one
/// configuration, then the override files
/// (`override.hcl`, `x_override.json` …) in lexicographic order. Names are shown relative to
/// `folder`. No file at all is an empty configuration.
Configuration read_configuration_folder(const base::Path& folder,
                                        std::vector<base::Diagnostic>& errors);

/// Files larger than this are refused.
inline constexpr std::uint64_t kLargestConfiguration = std::uint64_t{64} << 20U;

}  // namespace sentinel
