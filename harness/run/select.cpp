#include "harness/run/select.h"

#include <algorithm>
#include <charconv>
#include <memory>

#include <re2/re2.h>

#include "plugin/base/file.h"
#include "plugin/sentinel/config/configuration.h"

namespace harness {
namespace {

bool contains(const std::vector<std::string>& tags, const std::vector<std::string>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&tags](const std::string& tag) {
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
  });
}

bool below(const base::Path& path, const base::Path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

/// Whether something that the case is made from is among the changed files.
class Changes {
 public:
  Changes(const Manifest& manifest, const std::set<base::Path>& files)
      : manifest_(manifest), files_(files) {}

  bool touch(const Case& one) const {
    return touch_named(one) || (one.native && touch_native(*one.native));
  }

  /// The same but for what a native case's own file names, which has to be read for that.
  bool touch_named(const Case& one) const {
    // Who changes the manifest may have changed any entry of it.
    for (const base::Path& file : manifest_.files) {
      if (files_.contains(file)) return true;
    }
    if (files_.contains(one.policy.path)) return true;
    for (const NamedFile& file : one.modules) {
      if (files_.contains(file.file.path)) return true;
    }
    for (const NamedFile& file : one.statics) {
      if (files_.contains(file.file.path)) return true;
    }
    for (const ExtraMock& mock : one.extra_mocks) {
      const auto* file = std::get_if<NamedPath>(&mock.source);
      if (file != nullptr && files_.contains(file->path)) return true;
    }
    for (const std::string& name : one.mocks) {
      if (const Mock* mock = manifest_.find_mock(name); mock != nullptr && touch(*mock))
        return true;
    }
    return one.native && files_.contains(one.native->path);
  }

 private:
  bool touch(const Mock& mock) const {
    const Mock& origin = manifest_.origin(mock);
    const NamedPath* reads = origin.reads();
    const base::Path path = reads != nullptr ? reads->path : manifest_.fixtures / origin.name;
    return std::any_of(files_.begin(), files_.end(), [&path](const base::Path& file) {
      return file == path || below(file, path);
    });
  }

  /// A native case names its mocks and modules itself.
  bool touch_native(const NamedPath& file) const {
    auto text = base::read_file(file.path, sentinel::kLargestConfiguration);
    if (!text) return true;
    std::vector<base::Diagnostic> errors;
    const sentinel::Configuration configuration = sentinel::read_configuration(
        std::make_shared<const base::Source>(file.written, std::move(*text)), errors);
    const base::Path folder = file.path.parent_path();
    const auto named = [&](const std::string& source) {
      std::error_code error;
      return !source.empty() &&
             files_.contains(std::filesystem::weakly_canonical(folder / source, error));
    };
    return std::any_of(configuration.mocks.begin(), configuration.mocks.end(),
                       [&](const sentinel::Mock& mock) { return named(mock.source); }) ||
           std::any_of(
               configuration.imports.begin(), configuration.imports.end(),
               [&](const sentinel::ConfiguredImport& import) { return named(import.source); });
  }

  const Manifest& manifest_;
  const std::set<base::Path>& files_;
};

}  // namespace

bool is_made_from(const Manifest& manifest, const base::Path& file) {
  const std::set<base::Path> files{file};
  const Changes changes(manifest, files);
  const bool is_code = file.extension() == ".sentinel";
  return std::any_of(manifest.cases.begin(), manifest.cases.end(), [&](const Case& one) {
    return is_code ? changes.touch(one) : changes.touch_named(one);
  });
}

base::Result<Shard> parse_shard(const std::string& text) {
  Shard out;
  const char* const end = text.data() + text.size();
  const auto [slash, first] = std::from_chars(text.data(), end, out.number);
  if (first == std::errc() && slash != end && *slash == '/') {
    const auto [rest, second] = std::from_chars(slash + 1, end, out.of);
    if (second == std::errc() && rest == end && out.of >= 1 && out.number >= 1 &&
        out.number <= out.of)
      return out;
  }
  return base::Diagnostic{.what = "the shard is `" + text + "`, expected K/N with K from 1 to N"};
}

base::Result<std::vector<std::size_t>> select(const Manifest& manifest,
                                              const Selection& selection) {
  std::vector<std::unique_ptr<re2::RE2>> filters;
  for (const std::string& text : selection.filters) {
    filters.push_back(std::make_unique<re2::RE2>(text, re2::RE2::Quiet));
    if (!filters.back()->ok()) {
      return base::Diagnostic{.what = "the filter `" + text + "` is no regular expression",
                              .why = filters.back()->error()};
    }
  }
  std::optional<Changes> changes;
  if (selection.changed) changes.emplace(manifest, *selection.changed);
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < manifest.cases.size(); ++i) {
    const Case& one = manifest.cases[i];
    if (!filters.empty() &&
        std::none_of(filters.begin(), filters.end(), [&one](const auto& filter) {
          return re2::RE2::PartialMatch(one.full_name, *filter);
        }))
      continue;
    if (!selection.tags.empty() && !contains(one.tags, selection.tags)) continue;
    if (selection.names && !selection.names->contains(one.full_name)) continue;
    if (changes && !changes->touch(one)) continue;
    out.push_back(i);
  }
  if (selection.shard) {
    // Slices of the sorted list, so that every machine cuts it alike.
    std::vector<std::size_t> sorted = out;
    std::sort(sorted.begin(), sorted.end(), [&manifest](std::size_t a, std::size_t b) {
      return manifest.cases[a].full_name < manifest.cases[b].full_name;
    });
    out.clear();
    for (std::size_t i = selection.shard->number - 1; i < sorted.size(); i += selection.shard->of)
      out.push_back(sorted[i]);
    std::sort(out.begin(), out.end());
  }
  return out;
}

}  // namespace harness
