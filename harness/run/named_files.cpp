#include "harness/run/named_files.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "harness/fixture/trim.h"
#include "harness/run/source.h"
#include "harness/test_directory/test_directory.h"
#include "plugin/base/file.h"
#include "plugin/base/lane.h"
#include "plugin/base/temporary_folder.h"
#include "plugin/sentinel/config/configuration.h"
#include "plugin/sentinel/config/source.h"
#include "plugin/sentinel/suite/inputs.h"
#include "plugin/sentinel/suite/loader.h"

namespace harness {
namespace {

using Problems = std::vector<base::Diagnostic>;

/// The reason why a file cannot be read has no place: it is told where the file is named.
void add_located(Problems found, const base::Location& where, Problems& out) {
  for (base::Diagnostic& problem : found) {
    if (!problem.where) problem.where = where;
    out.push_back(std::move(problem));
  }
}

void remove_remote_sources(sentinel::Configuration& configuration) {
  const auto is_remote = [](const auto& one) {
    return sentinel::parse_remote_source(one.source).has_value();
  };
  std::erase_if(configuration.mocks, is_remote);
  std::erase_if(configuration.imports, is_remote);
}

class Inspection {
 public:
  Inspection(const Manifest& manifest, const FixtureStore* store, const RunOptions& options,
             const base::System& system, const base::CancelToken& cancel)
      : manifest_(manifest),
        store_(store),
        options_(options),
        system_(system),
        cancel_(cancel),
        loader_([&manifest](const base::Path& path) {
          return base::display_path(path, manifest.root);
        }) {}

  Problems go() {
    const bool unpacks =
        std::any_of(manifest_.mocks.begin(), manifest_.mocks.end(), [](const Mock& mock) {
          return !mock.recorded() &&
                 (!std::holds_alternative<ExtendsMock>(mock.kind) || !mock.patches.empty());
        });
    if (unpacks) {
      if (base::Status made = scratch_.make(system_.environment, "harness-check-"); !made)
        return {std::move(made.error())};
    }
    plan();
    std::vector<Problems> found(jobs_.size());
    base::for_each_number(jobs_.size(), options_.jobs, [&](std::size_t number) {
      if (!cancel_.cancelled()) jobs_[number](found[number]);
    });
    Problems out;
    std::set<std::string> told;  // what many cases name is wrong for each of them
    for (Problems& some : found) {
      for (base::Diagnostic& problem : some) {
        shorten(problem);
        if (told.insert(base::to_text(problem)).second) out.push_back(std::move(problem));
      }
    }
    return out;
  }

 private:
  using Job = std::function<void(Problems&)>;
  using Load = sentinel::LoadedFilePtr (sentinel::Loader::*)(const base::Path&);

  /// Messages show files as in the repository, not where on this machine.
  void shorten(base::Diagnostic& problem) const {
    const std::string folder = manifest_.root.string() + "/";
    for (std::string* text : {&problem.what, &problem.why}) {
      for (std::size_t at = text->find(folder); at != std::string::npos;
           at = text->find(folder, at))
        text->erase(at, folder.size());
    }
  }

  void plan() {
    for (const Mock& mock : manifest_.mocks) {
      if (!std::holds_alternative<ExtendsMock>(mock.kind))
        jobs_.push_back([this, &mock](Problems& out) { check_mock(mock, out); });
    }
    const auto check_case = [this](const Case& one) {
      add(one.policy, &sentinel::Loader::policy);
      for (const NamedFile& file : one.modules)
        add(file.file, &sentinel::Loader::module);
      for (const NamedFile& file : one.statics)
        add(file.file, &sentinel::Loader::static_file);
      for (const ExtraMock& mock : one.extra_mocks) {
        if (const auto* file = std::get_if<NamedPath>(&mock.source))
          add(*file, &sentinel::Loader::mock);
      }
      if (one.native) jobs_.push_back([this, &one](Problems& out) { check_native(one, out); });
    };
    for (const Case& one : manifest_.settings)
      check_case(one);
    for (const Case& one : manifest_.cases)
      check_case(one);
  }

  void add(const NamedPath& file, Load load) {
    if (file.path.empty()) return;  // what `defaults` alone say has no policy
    if (!planned_.emplace(load == &sentinel::Loader::static_file, file.written).second) return;
    jobs_.push_back([this, &file, load](Problems& out) {
      // Not the path that links lead to: it is shown as it is written.
      const base::Path path = (manifest_.root / file.written).lexically_normal();
      add_located((loader_.*load)(path)->errors, file.where, out);
      // Nobody else asks for a policy, and its tree is many times its text.
      if (load == &sentinel::Loader::policy) loader_.forget_small(path);
    });
  }

  void check_native(const Case& one, Problems& out) {
    const base::Path file = manifest_.root / one.native->written;
    auto text = base::read_file(file, sentinel::kLargestConfiguration);
    if (!text) return add_located({std::move(text.error())}, one.native->where, out);
    Problems problems;
    sentinel::Configuration configuration = sentinel::read_configuration(
        std::make_shared<const base::Source>(one.native->written, std::move(*text)), problems);
    if (auto placed = native_in_place(manifest_, one); !placed) {
      problems.push_back(std::move(placed.error()));
      return add_located(std::move(problems), one.native->where, out);
    }
    // A run may have the network.
    remove_remote_sources(configuration);
    const base::Path root = manifest_.allow_outside ? base::Path("/") : manifest_.root;
    const sentinel::Reach reach{.path =
                                    [&root](const base::Path& folder, const std::string& source) {
                                      return base::resolve_inside(root, folder, source);
                                    },
                                .remote = {}};
    sentinel::Inputs inputs;
    sentinel::add_inputs(inputs, configuration, file.parent_path(), loader_, reach, problems);
    add_located(std::move(problems), one.native->where, out);
  }

  // Mocks

  /// A mock with files of its own, and those that are made from it.
  void check_mock(const Mock& mock, Problems& out) {
    base::Path folder = manifest_.fixtures / mock.name;
    if (mock.recorded()) {
      if (store_ == nullptr) return;
      Problems differences = store_->differences(mock);
      const bool differs = !differences.empty();
      add_located(std::move(differences), mock.where, out);
      std::error_code error;
      if (differs || !std::filesystem::is_directory(folder, error) ||
          std::filesystem::is_empty(folder, error)) {
        return;
      }
    } else {
      folder = scratch_.path() / mock.name / "files";
      if (base::Status had = fetch(mock, folder); !had)
        return add_located({std::move(had.error())}, mock.where, out);
    }
    if (!check_supply(mock, folder, out)) return;
    for (const Mock& other : manifest_.mocks) {
      if (std::holds_alternative<ExtendsMock>(other.kind) && &manifest_.origin(other) == &mock)
        check_derived(other, folder, out);
    }
    if (!mock.recorded()) (void)base::remove_tree(scratch_.path() / mock.name);
  }

  /// As a run has the files of a mock that is not recorded.
  base::Status fetch(const Mock& mock, const base::Path& folder) {
    Sources sources(manifest_, options_, system_, scratch_.path());
    auto source = sources.make(mock);
    if (!source) return std::move(source.error());
    if (base::Status made = base::make_folders(folder); !made) return made;
    auto provenance = (*source)->fetch(
        folder, [](std::string_view) {}, cancel_);
    if (!provenance) return std::move(provenance.error());
    if (std::holds_alternative<DirectoryMock>(mock.kind)) return {};
    auto trimmed = trim(manifest_, mock, folder, shown(mock));
    if (!trimmed) return std::move(trimmed.error());
    return {};
  }

  static std::string shown(const Mock& mock) {
    const NamedPath* path = mock.reads();
    return path == nullptr ? mock.name : path->written;
  }

  bool check_supply(const Mock& mock, const base::Path& folder, Problems& out) {
    Problems warnings;
    auto supply = make_mock(manifest_, mock, folder, warnings);
    if (!supply) {
      add_located({std::move(supply.error())}, mock.where, out);
      return false;
    }
    // A fixture is as the lock says, and was read when it was recorded.
    if (mock.recorded()) return true;
    sentinel::Loader loader([&](const base::Path& path) {
      return shown(mock) + "/" + path.lexically_relative(folder).generic_string();
    });
    const std::size_t before = out.size();
    std::set<base::Path> files;
    for (const auto& [import, file] : *supply) {
      if (files.insert(file).second)
        add_located(loader.mock(folder / file)->errors, mock.where, out);
    }
    return out.size() == before;
  }

  void check_derived(const Mock& mock, const base::Path& from, Problems& out) {
    base::Path folder = from;
    const bool edited = has_edits(mock);
    if (edited) {
      folder = scratch_.path() / mock.name / "edited";
      std::error_code error;
      if (base::Status made = base::make_folders(folder); !made)
        return add_located({std::move(made.error())}, mock.where, out);
      std::filesystem::copy(from, folder, std::filesystem::copy_options::recursive, error);
      if (error) {
        out.push_back({.what = "mock " + base::in_ticks(mock.name) + " cannot be copied",
                       .where = mock.where,
                       .why = error.message()});
        return;
      }
    }
    Problems warnings;
    if (auto made = make_mock(manifest_, mock, folder, warnings); !made)
      add_located({std::move(made.error())}, mock.where, out);
    if (edited) (void)base::remove_tree(scratch_.path() / mock.name);
  }

  bool has_edits(const Mock& mock) const {
    const Mock* at = &mock;
    while (const auto* extends = std::get_if<ExtendsMock>(&at->kind)) {
      if (!at->patches.empty()) return true;
      at = manifest_.find_mock(extends->base);
    }
    return false;
  }

  const Manifest& manifest_;
  const FixtureStore* store_;
  const RunOptions& options_;
  const base::System& system_;
  const base::CancelToken& cancel_;
  sentinel::Loader loader_;
  base::TemporaryFolder scratch_;
  std::vector<Job> jobs_;
  std::set<std::pair<bool, std::string>> planned_;  // whether as JSON, and the name
};

}  // namespace

Problems problems_of_named_files(const Manifest& manifest, const FixtureStore* store,
                                 const RunOptions& options, const base::System& system,
                                 const base::CancelToken& cancel) {
  return Inspection(manifest, store, options, system, cancel).go();
}

}  // namespace harness
