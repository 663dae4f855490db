#include "plugin/mock_bundle/bundle.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "plugin/base/file.h"
#include "plugin/sentinel/config/configuration.h"

namespace mock_bundle {
namespace {

constexpr std::string_view kPrefix = "mock-";
constexpr std::string_view kSuffix = ".sentinel";

/// `source` as a member's name, if it names one.
std::optional<std::string> member(const base::Path& folder, const std::string& source) {
  const base::Path path = base::Path(source).lexically_normal();
  if (path.empty() || path.is_absolute() || *path.begin() == "..") return std::nullopt;
  const auto resolved = base::resolve_inside(folder, folder, path);
  std::error_code error;
  if (!resolved || !std::filesystem::is_regular_file(*resolved, error)) return std::nullopt;
  return path.generic_string();
}

base::Result<std::vector<BundleImport>> from_configuration(const base::Path& folder,
                                                           const base::Path& file,
                                                           const std::string& shown) {
  auto text = base::read_file(file, sentinel::kLargestConfiguration);
  if (!text) return std::move(text.error());
  const auto source = std::make_shared<const base::Source>(shown + "/" + file.filename().string(),
                                                           std::move(*text));
  std::vector<base::Diagnostic> errors;
  const sentinel::Configuration configuration = sentinel::read_configuration(source, errors);
  if (!errors.empty()) return std::move(errors.front());
  std::vector<BundleImport> out;
  for (const sentinel::Mock& mock : configuration.mocks) {
    if (auto name = member(folder, mock.source)) out.push_back({mock.name, std::move(*name)});
  }
  return out;
}

}  // namespace

std::vector<std::string> imports_of_file_name(const std::string& name) {
  std::string_view stem = name;
  if (!stem.starts_with(kPrefix) || !stem.ends_with(kSuffix)) return {};
  stem.remove_prefix(kPrefix.size());
  stem.remove_suffix(kSuffix.size());
  if (stem.empty()) return {};
  const std::size_t dash = stem.rfind("-v");
  const std::string_view digits = dash == std::string_view::npos ? "" : stem.substr(dash + 2);
  if (dash != 0 && !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) {
        return std::isdigit(static_cast<unsigned char>(c)) != 0;
      })) {
    return {std::string(stem.substr(0, dash)) + "/v" + std::string(digits)};
  }
  if (stem == "tfplan" || stem == "tfconfig" || stem == "tfstate")
    return {std::string(stem), std::string(stem) + "/v1"};
  return {std::string(stem)};
}

base::Result<std::vector<BundleImport>> read_bundle(const base::Path& folder,
                                                    const std::string& shown) {
  std::error_code error;
  for (const char* name : {"sentinel.hcl", "sentinel.json"}) {
    if (std::filesystem::is_regular_file(folder / name, error))
      return from_configuration(folder, folder / name, shown);
  }
  std::set<std::string> names;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) names.insert(entry->path().filename().string());
  }
  if (error) {
    return base::Diagnostic{.what = "`" + shown + "` cannot be read", .why = error.message()};
  }
  std::vector<BundleImport> out;
  for (const std::string& name : names) {
    if (!member(folder, name)) continue;
    for (std::string& import : imports_of_file_name(name))
      out.push_back({std::move(import), name});
  }
  return out;
}

}  // namespace mock_bundle
