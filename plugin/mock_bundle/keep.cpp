#include "plugin/mock_bundle/keep.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "plugin/base/file.h"
#include "plugin/base/wildcard.h"
#include "plugin/mock_bundle/bundle.h"
#include "plugin/mock_bundle/mock_file.h"
#include "plugin/mock_bundle/patch.h"
#include "plugin/mock_bundle/rewrite.h"

namespace mock_bundle {
namespace {

using sentinel::Kind;
using sentinel::Value;

/// Without what stands in brackets: `module.a["x"].aws_instance.web[0]` →
/// `module.a.aws_instance.web`.
std::string without_keys(std::string_view address) {
  std::string out;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < address.size(); ++i) {
    const char c = address[i];
    if (depth > 0 && c == '"' && (i == 0 || address[i - 1] != '\\')) quoted = !quoted;
    if (!quoted && c == '[') ++depth;
    if (depth == 0) out.push_back(c);
    if (!quoted && c == ']' && depth > 0) --depth;
  }
  return out;
}

/// What the globs have met.
struct Met {
  std::string example;         // an address that none matches
  std::size_t kept = 0;        // how often an address was kept
  std::vector<bool> by_globs;  // which of them match anything
};

class ResourceFilter {
 public:
  /// `instances` and `configuration` are filled, and must outlive the filter.
  ResourceFilter(const std::vector<std::string>& globs, Met& instances, Met& configuration)
      : globs_(globs), instances_(instances), configuration_(configuration) {
    instances_.by_globs.resize(globs.size());
    configuration_.by_globs.resize(globs.size());
  }

  bool keeps(std::string_view address) const {
    return note(instances_, address,
                [&](const std::string& glob) { return base::wildcard_matches(glob, address); });
  }

  /// For configuration, where addresses have no instance keys.
  bool keeps_configuration(std::string_view address) const {
    const std::string plain = without_keys(address);
    return note(configuration_, address, [&](const std::string& glob) {
      return base::wildcard_matches(without_keys(glob), plain);
    });
  }

  std::optional<Value> operator()(const Value& value, const Trail& trail) const {
    if (!value.is(Kind::Map)) return value;
    if (!keeps_entry(value, trail)) return std::nullopt;
    return value;
  }

 private:
  template <class Matches>
  bool note(Met& met, std::string_view address, const Matches& matches) const {
    bool kept = false;
    for (std::size_t i = 0; i < globs_.size(); ++i) {
      if ((kept && met.by_globs[i]) || !matches(globs_[i])) continue;
      kept = true;
      met.by_globs[i] = true;
    }
    if (kept) ++met.kept;
    if (!kept && met.example.empty()) met.example = address;
    return kept;
  }

  bool keeps_entry(const Value& value, const Trail& trail) const {
    const std::string& top = trail[0];
    if (trail.size() == 2 && (top == "resource_changes" || top == "resource_drift")) {
      const std::string_view address = member_text(&value, "address");
      return keeps(address.empty() ? std::string_view(trail[1]) : address);
    }
    if (trail.size() == 3 && top == "planned_values" && trail[1] == "resources") {
      return keeps_recomposed(value, trail[2]);
    }
    if (trail.size() == 2 && top == "resources") {
      // tfstate/v2 entries have values, tfconfig/v2 entries a config.
      return member(&value, "config") != nullptr ? keeps_configuration(trail[1])
                                                 : keeps_recomposed(value, trail[1]);
    }
    if (trail.size() == 2 && top == "provisioners") {
      return keeps_configuration(trail[1].substr(0, trail[1].rfind(':')));
    }
    if (top == "raw") return keeps_raw(value, trail);
    if (top == "_modules") return keeps_v1(value, trail);
    return true;
  }

  /// Data sources lose their `data.` where the generator recomposes addresses.
  bool keeps_recomposed(const Value& value, const std::string& key) const {
    if (keeps(key)) return true;
    if (member_text(&value, "mode") != "data") return false;
    const std::string type = std::string(member_text(&value, "type")) + '.';
    const std::size_t at = key.rfind(type);
    return at != std::string::npos && keeps(key.substr(0, at) + "data." + key.substr(at));
  }

  bool keeps_raw(const Value& value, const Trail& trail) const {
    const std::string_view address = member_text(&value, "address");
    if (address.empty() || member_text(&value, "type").empty() ||
        member_text(&value, "mode").empty()) {
      return true;
    }
    if (trail.size() < 2 || trail[1] != "configuration") return keeps(address);
    std::string prefix;
    for (std::size_t i = 2; i + 2 < trail.size(); ++i) {
      if (trail[i] == "module_calls" && trail[i + 2] == "module")
        prefix += "module." + trail[i + 1] + '.';
    }
    return keeps_configuration(prefix + std::string(address));
  }

  /// `_modules.NAME.resources.TYPE.NAME.INDEX` (tfplan, tfstate), without INDEX in tfconfig.
  bool keeps_v1(const Value& value, const Trail& trail) const {
    if (trail.size() < 5 || trail.size() > 6) return true;
    if (trail[2] != "resources" && trail[2] != "data") return true;
    std::string address;
    if (trail[1] != "root") {
      for (std::size_t at = 0; at <= trail[1].size();) {
        const std::size_t end = std::min(trail[1].find('.', at), trail[1].size());
        address += "module." + trail[1].substr(at, end - at) + '.';
        at = end + 1;
      }
    }
    address += (trail[2] == "data" ? "data." : "") + trail[3] + '.' + trail[4];
    if (trail.size() == 5) {
      // Instances were looked at one by one, below; a configuration is looked at here.
      if (member(&value, "config") == nullptr) return value.as_map()->size > 0;
      return keeps_configuration(address);
    }
    const bool is_index =
        std::all_of(trail[5].begin(), trail[5].end(), [](char c) { return c >= '0' && c <= '9'; });
    return !is_index || keeps(address) || keeps(address + '[' + trail[5] + ']');
  }

  const std::vector<std::string>& globs_;
  Met& instances_;
  Met& configuration_;
};

base::Diagnostic nothing_left(const std::string& shown, const std::vector<std::string>& globs,
                              const std::string& example) {
  base::Diagnostic out{.what = "of mock `" + shown + "` no resource would be left",
                       .why = "none of its addresses is matched by "};
  for (std::size_t i = 0; i < globs.size(); ++i)
    out.why += (i == 0 ? "`" : i + 1 == globs.size() ? " or `" : ", `") + globs[i] + "`";
  out.advice = "`keep.resources` takes whole addresses, with `*` for any text; one of them is `" +
               example + "`";
  return out;
}

std::string mock_blocks(const std::vector<BundleImport>& imports) {
  std::string out;
  for (const BundleImport& import : imports) {
    if (!out.empty()) out += '\n';
    out += "mock \"" + import.name + "\" {\n  module {\n    source = \"" + import.file +
           "\"\n  }\n}\n";
  }
  return out;
}

base::Status keep_imports(const base::Path& folder, const std::string& shown,
                          const std::vector<std::string>& wanted,
                          std::vector<BundleImport>& imports) {
  std::vector<BundleImport> kept;
  std::set<std::string> files;
  for (const std::string& name : wanted) {
    const bool there = std::any_of(imports.begin(), imports.end(),
                                   [&](const BundleImport& import) { return import.name == name; });
    if (there) continue;
    base::Diagnostic error;
    error.what = "mock `" + shown + "` supplies no import `" + name + "` to keep";
    std::vector<std::string_view> names;
    for (const BundleImport& import : imports)
      names.push_back(import.name);
    if (const std::string_view nearest = base::nearest_name(name, names); !nearest.empty()) {
      error.advice = "did you mean `" + std::string(nearest) + "`?";
    }
    return error;
  }
  kept.reserve(imports.size());
  for (const BundleImport& import : imports) {
    if (std::find(wanted.begin(), wanted.end(), import.name) == wanted.end()) continue;
    kept.push_back(import);
    files.insert(import.file);
  }
  for (const BundleImport& import : imports) {
    if (files.contains(import.file)) continue;
    if (base::Status removed = base::remove_tree(folder / import.file); !removed) return removed;
  }
  if (std::filesystem::exists(folder / "sentinel.hcl")) {
    if (base::Status written = base::write_file(folder / "sentinel.hcl", mock_blocks(kept));
        !written) {
      return written;
    }
  }
  imports = std::move(kept);
  return {};
}

}  // namespace

base::Result<std::vector<std::string>> keep(const base::Path& folder, const std::string& shown,
                                            const KeepOptions& options) {
  auto imports = read_bundle(folder, shown);
  if (!imports) return std::move(imports.error());
  if (!options.imports.empty()) {
    if (base::Status kept = keep_imports(folder, shown, options.imports, *imports); !kept)
      return std::move(kept.error());
  }
  std::vector<std::string> unmatched;
  if (options.resources.empty()) return unmatched;
  std::set<std::string> files;
  for (const BundleImport& import : *imports)
    files.insert(import.file);
  Met instances, configuration;
  const ResourceFilter filter(options.resources, instances, configuration);
  for (const std::string& name : files) {
    auto file = MockFile::read(folder / name, shown + "/" + name);
    if (!file) return std::move(file.error());
    rewrite(*file, filter);
    if (!file->changed()) continue;
    if (base::Status written = file->write(folder / name); !written)
      return std::move(written.error());
  }
  // A configuration says what might be there; it counts where the bundle has nothing else.
  const bool has_instances = instances.kept > 0 || !instances.example.empty();
  const Met& met = has_instances ? instances : configuration;
  if (met.kept == 0 && met.example.empty()) return unmatched;  // a plan without resources
  if (met.kept == 0) return nothing_left(shown, options.resources, met.example);
  for (std::size_t i = 0; i < options.resources.size(); ++i) {
    if (!met.by_globs[i]) unmatched.push_back(options.resources[i]);
  }
  return unmatched;
}

}  // namespace mock_bundle
