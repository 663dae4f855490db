#include "plugin/sentinel/suite/inputs.h"

#include <algorithm>
#include <memory>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "plugin/sentinel/config/value.h"
#include "plugin/sentinel/import/table.h"
#include "plugin/sentinel/value/arena.h"
#include "plugin/sentinel/value/collection.h"

namespace sentinel {
namespace {

base::Diagnostic at(const Place& place, std::string what, std::string why = {}) {
  base::Diagnostic out;
  out.what = std::move(what);
  out.where = place.locate();
  out.why = std::move(why);
  return out;
}

class Builder {
 public:
  Builder(Inputs& inputs, const base::Path& folder, Loader& loader, const Reach& reach,
          std::vector<base::Diagnostic>& problems)
      : inputs_(inputs), folder_(folder), loader_(loader), reach_(reach), problems_(problems) {}

  void add(const Configuration& configuration) {
    std::unordered_set<std::string_view> mocked;
    for (const Mock& mock : configuration.mocks) {
      mocked.insert(mock.name);
      add(mock);
    }
    const bool terraform = configuration.feature("terraform");
    for (const ConfiguredImport& import : configuration.imports) {
      if (!mocked.contains(import.name)) add(import, terraform);
    }
    for (const Setting& param : configuration.params) {
      inputs_.parameters.push_back({param.name, own(param.value)});
    }
    for (const Setting& global : configuration.globals) {
      inputs_.globals.push_back({global.name, own(global.value)});
    }
  }

 private:
  /// Values of one configuration share an arena.
  OwnedValue own(const base::ConfigNode& node) {
    if (arena_ == nullptr) arena_ = std::make_shared<Arena>();
    return {to_value(*arena_, node), arena_};
  }

  /// Nothing where it cannot be had, which is then among the problems.
  std::optional<base::Path> find(const std::string& source, const Place& place) {
    auto path = find_source(source, place, folder_, reach_);
    if (path) return std::move(*path);
    problems_.push_back(std::move(path.error()));
    return std::nullopt;
  }

  /// Whether `file` was read well. A file that is not there is told at the place that names it; a
  /// mistake in a file has its own place.
  bool good(const LoadedFile& file, std::string_view what, const std::string& name,
            const Place& place) {
    if (file.errors.empty()) return true;
    if (!file.errors.front().where) {
      std::string_view why = file.errors.front().what;
      constexpr std::string_view kSaid = "cannot read ";
      if (why.starts_with(kSaid)) why.remove_prefix(kSaid.size());
      base::Diagnostic problem =
          at(place, std::string(what) + " `" + name + "` cannot be read", std::string(why));
      if (!file.errors.front().why.empty()) problem.why += ": " + file.errors.front().why;
      problems_.push_back(std::move(problem));
    } else {
      problems_.insert(problems_.end(), file.errors.begin(), file.errors.end());
    }
    return false;
  }

  void bind(const std::string& path, const LoadedFilePtr& file, ImportBinding::Kind data_kind) {
    ImportBinding binding;
    binding.path = path;
    if (file->is_data) {
      binding.kind = data_kind;
      binding.data = file->data;
    } else {
      binding.kind = ImportBinding::Kind::Module;
      binding.module = file->program;
    }
    inputs_.imports.push_back(std::move(binding));
  }

  void add(const Mock& mock) {
    if (mock.data) {
      ImportBinding binding;
      binding.path = mock.name;
      binding.kind = ImportBinding::Kind::Data;
      binding.data = own(*mock.data);
      inputs_.imports.push_back(std::move(binding));
      return;
    }
    const auto path = find(mock.source, mock.source_place);
    if (!path) return;
    const LoadedFilePtr file = loader_.mock(*path);
    if (good(*file, "mock", mock.name, mock.source_place)) {
      bind(mock.name, file, ImportBinding::Kind::Data);
    }
  }

  void add(const ConfiguredImport& import, bool terraform) {
    const bool standard = find_import(import.name) != nullptr;
    if (standard && (import.kind != ImportKind::Plugin || !import.source.empty())) {
      base::Diagnostic problem =
          at(import.place, "`" + import.name + "` is a standard import and cannot be replaced");
      problem.advice = "only a `mock` may stand for it";
      problems_.push_back(std::move(problem));
      return;
    }
    switch (import.kind) {
    case ImportKind::Module: {
      const auto path = find(import.source, import.source_place);
      if (!path) return;
      const LoadedFilePtr file = loader_.module(*path);
      if (good(*file, "module", import.name, import.source_place)) {
        bind(import.name, file, ImportBinding::Kind::Module);
      }
      return;
    }
    case ImportKind::Static: {
      const auto path = find(import.source, import.source_place);
      if (!path) return;
      const LoadedFilePtr file = loader_.static_file(*path);
      if (good(*file, "static import", import.name, import.source_place)) {
        bind(import.name, file, ImportBinding::Kind::Static);
      }
      return;
    }
    case ImportKind::Plugin:
      add_plugin(import, standard, terraform);
      return;
    }
  }

  void add_plugin(const ConfiguredImport& import, bool standard, bool terraform) {
    ImportBinding binding;
    binding.path = import.name;
    if (!import.source.empty()) {
      binding.kind = ImportBinding::Kind::Refused;
      binding.refusal = "external plugins are not supported yet";
    } else if (standard) {
      binding.kind = ImportBinding::Kind::Standard;
      binding.data = own(import.config.value_or(empty_map()));
    } else if (terraform && is_plan_import(import.name)) {
      add_plan(import);
      return;
    } else {
      base::Diagnostic problem =
          at(import.place, "`source` is missing: `" + import.name + "` is no standard import");
      if (is_plan_import(import.name)) {
        problem.advice = "`sentinel { features = { terraform = true } }` makes it one";
      } else if (terraform && is_old_plan_import(import.name)) {
        problem.what = "`" + import.name + "` cannot be made of a plan";
        problem.advice = "use its `v2`, or a mock";
      }
      problems_.push_back(std::move(problem));
      return;
    }
    inputs_.imports.push_back(std::move(binding));
  }

  static bool is_plan_import(std::string_view name) {
    return name == "tfplan/v2" || name == "tfconfig/v2" || name == "tfstate/v2";
  }

  static bool is_old_plan_import(std::string_view name) {
    return name == "tfplan/v1" || name == "tfconfig/v1" || name == "tfstate/v1";
  }

  /// The `terraform` feature: an import made of the JSON of a plan.
  void add_plan(const ConfiguredImport& import) {
    const base::ConfigNode* path = import.config ? import.config->find("plan_path") : nullptr;
    // What the documentation calls it for `tfconfig/v2` and `tfstate/v2`.
    if (path == nullptr && import.config) path = import.config->find("path");
    if (path == nullptr || path->kind != base::ConfigNode::Kind::String) {
      problems_.push_back(at(import.place, "`" + import.name +
                                               "` needs the path of a plan: `config = { "
                                               "\"plan_path\" = \"plan.json\" }`"));
      return;
    }
    const Place place{import.place.source, path->span};
    const auto file = find(path->text, place);
    if (!file) return;
    const LoadedFilePtr plan = loader_.plan(*file, import.name);
    if (!good(*plan, "plan of", import.name, place)) return;
    bind(import.name, plan, ImportBinding::Kind::Data);
  }

  static base::ConfigNode empty_map() {
    base::ConfigNode out;
    out.kind = base::ConfigNode::Kind::Map;
    return out;
  }

  Inputs& inputs_;
  const base::Path& folder_;
  Loader& loader_;
  const Reach& reach_;
  std::vector<base::Diagnostic>& problems_;
  std::shared_ptr<Arena> arena_;
};

}  // namespace

namespace {

/// Cases written on Windows say `..\..\mocks\x.sentinel`: where no file has that name, `\` is
/// read as `/`.
std::string slashes(std::string path, const base::Path& folder) {
  std::error_code ignored;
  if (path.find('\\') == std::string::npos || std::filesystem::exists(folder / path, ignored)) {
    return path;
  }
  std::replace(path.begin(), path.end(), '\\', '/');
  return path;
}

}  // namespace

base::Result<base::Path> find_source(const std::string& source, const Place& place,
                                     const base::Path& folder, const Reach& reach) {
  if (const auto remote = parse_remote_source(source)) {
    if (!reach.remote) {
      base::Diagnostic out =
          at(place, "`" + source + "` is a remote source (" + std::string(name_of(remote->getter)) +
                        "), which needs the network");
      out.advice = "allow it with `--allow-network`, or copy the file";
      return out;
    }
    auto fetched = reach.remote(*remote);
    if (!fetched) {
      base::Diagnostic out = at(place, "`" + source + "` cannot be fetched", fetched.error().what);
      if (!fetched.error().why.empty()) out.why += ": " + fetched.error().why;
      out.advice = fetched.error().advice;
      return out;
    }
    return std::move(*fetched);
  }
  const std::string path = slashes(local_path(source), folder);
  if (!reach.path) return (folder / path).lexically_normal();
  auto allowed = reach.path(folder, path);
  if (!allowed && !allowed.error().where) allowed.error().where = place.locate();
  return allowed;
}

void add_inputs(Inputs& inputs, const Configuration& configuration, const base::Path& folder,
                Loader& loader, const Reach& reach, std::vector<base::Diagnostic>& problems) {
  Builder(inputs, folder, loader, reach, problems).add(configuration);
}

}  // namespace sentinel
