// The last two stages of reading a manifest: names are looked up, files found, layers merged.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

#include <re2/re2.h>

#include "harness/manifest/each.h"
#include "harness/manifest/glob.h"
#include "harness/manifest/manifest.h"
#include "harness/manifest/shape.h"
#include "harness/manifest/yaml.h"
#include "plugin/base/file.h"
#include "plugin/base/one_line.h"
#include "plugin/mock_bundle/path.h"
#include "plugin/sentinel/config/configuration.h"

namespace harness {
namespace {

using base::ConfigEntry;
using base::ConfigNode;
using base::Diagnostic;
using base::Path;
using base::Span;
using Kind = ConfigNode::Kind;

constexpr std::uint64_t kLargestManifest = std::uint64_t{4} << 20U;
constexpr std::size_t kMostFiles = 1'000;
constexpr std::size_t kMostProblems = 100;

enum class Wants { File, Folder };

/// One file being read: the manifest, or one it includes.
struct File {
  Path path;
  Path folder;
  std::string name;  // for messages
  base::SourcePtr source;
  std::unique_ptr<Locator> locator;
  ConfigNode root;
};

/// `defaults`, a test or a case: a map and the file it stands in. Of three the last is nearest.
struct Layer {
  const File* file;
  const ConfigNode* node;
};

const ConfigNode* find(const ConfigNode& map, std::string_view key, Kind kind) {
  const ConfigNode* found = map.find(key);
  return found != nullptr && found->kind == kind ? found : nullptr;
}

std::string text_of(const ConfigNode& map, std::string_view key) {
  const ConfigNode* found = find(map, key, Kind::String);
  return found == nullptr ? std::string() : found->text;
}

/// The texts of a list, or the text alone.
std::vector<const ConfigNode*> texts(const ConfigNode* node) {
  std::vector<const ConfigNode*> out;
  if (node == nullptr) return out;
  if (node->kind == Kind::String) out.push_back(node);
  for (const ConfigNode& item : node->items) {
    if (item.kind == Kind::String) out.push_back(&item);
  }
  return out;
}

std::vector<std::string> strings(const ConfigNode* node) {
  std::vector<std::string> out;
  for (const ConfigNode* text : texts(node))
    out.push_back(text->text);
  return out;
}

class Reader {
 public:
  Reader(const ManifestOptions& options, std::vector<Diagnostic>& problems)
      : options_(options), problems_(problems) {}

  std::optional<Manifest> read(const Path& path) {
    std::error_code error;
    manifest_.file = std::filesystem::weakly_canonical(path, error);
    if (error) manifest_.file = path;
    manifest_.folder = manifest_.file.parent_path();
    manifest_.root = base::repository_root(manifest_.folder);
    manifest_.display = shown(manifest_.file);
    manifest_.allow_outside = options_.allow_outside;
    const File* file = open(manifest_.file, nullptr, {});
    if (file == nullptr) return finish();
    check_shape(file->root, kManifestShape, *file->locator, problems_);
    if (file->root.kind == Kind::Map) {
      read_terraform(*file);
      read_sentinel(*file);
      read_fixtures(*file);
      read_mocks(*file);
      if (const ConfigNode* node = find(file->root, "defaults", Kind::Map))
        defaults_ = {file, node};
      if (defaults_.node != nullptr) check_defaults();
      read_tests(*file);
    }
    return finish();
  }

 private:
  std::string shown(const Path& path) const {
    return options_.working_directory.empty()
               ? path.generic_string()
               : base::display_path(path, options_.working_directory);
  }

  std::string from_root(const Path& path) const { return base::display_path(path, manifest_.root); }

  void tell(const File& file, Span where, std::string what, std::string advice = {},
            std::string why = {}) {
    problems_.push_back({.what = std::move(what),
                         .where = file.locator->locate(where),
                         .why = std::move(why),
                         .advice = std::move(advice)});
  }

  /// Sorted by place, each once: the rows of a table repeat what is wrong with their template.
  std::optional<Manifest> finish() {
    std::map<std::string, std::size_t> order;
    for (const std::unique_ptr<File>& file : files_)
      order.emplace(file->name, order.size());
    const auto place = [&](const Diagnostic& d) {
      if (!d.where) return std::tuple<std::size_t, std::uint32_t, std::uint32_t>{};
      const auto found = order.find(d.where->file);
      const std::size_t at = found == order.end() ? order.size() : found->second;
      return std::tuple(at, d.where->line, d.where->column);
    };
    std::stable_sort(problems_.begin(), problems_.end(),
                     [&](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
    std::set<std::string> told;
    std::erase_if(problems_,
                  [&](const Diagnostic& d) { return !told.insert(base::to_text(d)).second; });
    if (problems_.size() > kMostProblems) {
      const std::size_t more = problems_.size() - kMostProblems;
      problems_.resize(kMostProblems);
      problems_.push_back({.what = std::to_string(more) + " more problems in " +
                                   base::in_ticks(manifest_.display)});
    }
    if (!problems_.empty()) return std::nullopt;
    return std::move(manifest_);
  }

  /// Reads a file's text into a tree, `each` expanded. `from` and `where`: the include that names
  /// it.
  const File* open(const Path& path, const File* from, Span where) {
    auto file = std::make_unique<File>();
    file->path = path;
    file->folder = path.parent_path();
    file->name = shown(path);
    base::Result<std::string> text = base::read_file(path, kLargestManifest);
    if (!text) {
      Diagnostic problem = std::move(text.error());
      problem.what = "cannot read " + base::in_ticks(file->name);
      if (from != nullptr) problem.where = from->locator->locate(where);
      problems_.push_back(std::move(problem));
      return nullptr;
    }
    if (text->starts_with("\xef\xbb\xbf")) text->erase(0, 3);
    file->source = std::make_shared<const base::Source>(file->name, std::move(*text));
    file->locator = std::make_unique<Locator>(file->source);
    manifest_.files.push_back(path);
    files_.push_back(std::move(file));
    File* opened = files_.back().get();
    std::optional<ConfigNode> root = read_yaml(*opened->locator, *opened->source, problems_);
    if (!root) return nullptr;
    opened->root = std::move(*root);
    expand_each(opened->root, *opened->locator, problems_);
    return opened;
  }

  // Names and paths.

  /// Resolves a path that `node` holds and asks that it is there. Nothing where it is not, which
  /// has been told. `what` begins the message: "policy", "module `x`".
  std::optional<NamedPath> path_of(const File& file, const ConfigNode& node, Wants wants,
                                   std::string_view what) {
    if (node.kind != Kind::String || node.text.empty()) return std::nullopt;
    const auto key = std::tuple(file.folder, node.text, wants);
    auto found = paths_.find(key);
    if (found == paths_.end())
      found = paths_.emplace(key, resolve(file.folder, node.text, wants)).first;
    if (!found->second) {
      Diagnostic problem = found->second.error();
      problem.what = std::string(what) + " " + problem.what;
      problem.where = file.locator->locate(node.span);
      problems_.push_back(std::move(problem));
      return std::nullopt;
    }
    NamedPath out = *found->second;
    out.where = file.locator->locate(node.span);
    return out;
  }

  /// Names go into generated files, command lines and reports, where a line end begins something
  /// else.
  static base::Status plain_name(std::string_view name) {
    const std::string clean = base::on_one_line(name);
    if (clean == name) return {};
    return Diagnostic{.what = base::in_ticks(clean) + " has a control character in its name",
                      .advice = "rename it"};
  }

  base::Result<NamedPath> resolve(const Path& folder, const std::string& text, Wants wants) const {
    if (base::Status plain = plain_name(text); !plain) return std::move(plain.error());
    const Path written = text;
    base::Result<Path> real = inside(folder, written);
    if (!real) return std::move(real.error());
    std::error_code error;
    const auto type = std::filesystem::status(*real, error).type();
    const bool is_folder = type == std::filesystem::file_type::directory;
    const bool is_file = type == std::filesystem::file_type::regular;
    if (type == std::filesystem::file_type::not_found || type == std::filesystem::file_type::none) {
      return Diagnostic{.what = base::in_ticks(text) + " is not there",
                        .advice = neighbour(folder, written)};
    }
    if (wants == Wants::File && !is_file) {
      return Diagnostic{.what = base::in_ticks(text) +
                                (is_folder ? " is a folder" : " is no regular file") +
                                ", expected a file"};
    }
    if (wants == Wants::Folder && !is_folder) {
      return Diagnostic{.what = base::in_ticks(text) + " is a file, expected a folder"};
    }
    NamedPath out;
    // The name a user knows is the one written, as long as it leads to the same place.
    const Path lexical = (folder / written).lexically_normal();
    const bool same = std::filesystem::weakly_canonical(lexical, error) == *real && !error;
    out.written = base::display_path(same ? lexical : *real, manifest_.root);
    while (out.written.size() > 1 && out.written.ends_with('/'))
      out.written.pop_back();
    if (base::Status plain = plain_name(out.written); !plain) return std::move(plain.error());
    out.path = std::move(*real);
    return out;
  }

  bool check_name(const File& file, Span where, std::string_view what, std::string_view name) {
    base::Status plain = plain_name(name);
    if (plain) return true;
    tell(file, where, std::string(what) + " " + plain.error().what, plain.error().advice);
    return false;
  }

  base::Result<Path> inside(const Path& folder, const Path& written) const {
    if (options_.allow_outside) {
      std::error_code error;
      Path real = std::filesystem::weakly_canonical(folder / written, error);
      if (error)
        return Diagnostic{.what = base::in_ticks(written.string()) + " cannot be resolved",
                          .why = error.message()};
      return real;
    }
    return base::resolve_inside(manifest_.root, folder, written);
  }

  /// "did you mean `policies/x.sentinel`?", from the folder that the name is looked for in.
  static std::string neighbour(const Path& folder, const Path& written) {
    const Path parent = (folder / written).parent_path();
    std::vector<std::string> names;
    std::error_code error;
    for (auto at = std::filesystem::directory_iterator(parent, error);
         !error && at != std::filesystem::directory_iterator() && names.size() < 10'000;
         at.increment(error)) {
      names.push_back(at->path().filename().string());
    }
    std::sort(names.begin(), names.end());
    const std::vector<std::string_view> views(names.begin(), names.end());
    const std::string near(base::nearest_name(written.filename().string(), views));
    if (near.empty()) return "paths are relative to the file that names them";
    return "did you mean " + base::in_ticks((written.parent_path() / near).generic_string()) + "?";
  }

  void check_regexp(const File& file, const ConfigNode& node) {
    if (node.kind != Kind::String) return;
    const RE2 compiled(node.text, RE2::Quiet);
    if (compiled.ok()) return;
    tell(file, node.span, "a regular expression that is none: " + compiled.error(),
         "RE2's syntax: https://github.com/google/re2/wiki/Syntax");
  }

  // terraform, sentinel, fixtures

  void read_terraform(const File& file) {
    const ConfigNode* node = find(file.root, "terraform", Kind::Map);
    if (node == nullptr) return;
    Terraform out;
    out.hostname = text_of(*node, "hostname");
    out.address = text_of(*node, "address");
    while (out.address.ends_with('/'))
      out.address.pop_back();
    out.organization = text_of(*node, "organization");
    if (out.hostname.empty()) {
      const std::size_t scheme = out.address.find("://");
      out.hostname =
          scheme == std::string::npos ? "app.terraform.io" : out.address.substr(scheme + 3);
    }
    out.where = file.locator->locate(node->span);
    manifest_.terraform = std::move(out);
  }

  void read_sentinel(const File& file) {
    const ConfigNode* node = find(file.root, "sentinel", Kind::Map);
    if (node == nullptr) return;
    const std::string runtime = text_of(*node, "runtime");
    if (runtime == "cli") manifest_.sentinel.runtime = RuntimeChoice::Cli;
    if (runtime == "builtin") manifest_.sentinel.runtime = RuntimeChoice::Builtin;
    if (runtime == "both") manifest_.sentinel.runtime = RuntimeChoice::Both;
    if (const ConfigNode* version = find(*node, "version", Kind::String)) {
      manifest_.sentinel.version = version->text;
      manifest_.sentinel.version_where = file.locator->locate(version->span);
    }
  }

  void read_fixtures(const File& file) {
    manifest_.fixtures = manifest_.folder / "fixtures";
    const ConfigNode* node = find(file.root, "fixtures", Kind::String);
    if (node == nullptr || node->text.empty()) return;
    if (!check_name(file, node->span, "`fixtures`:", node->text)) return;
    if (base::Result<Path> real = inside(file.folder, node->text); !real) {
      Diagnostic problem = std::move(real.error());
      problem.what = "`fixtures`: " + problem.what;
      problem.where = file.locator->locate(node->span);
      problems_.push_back(std::move(problem));
      return;
    }
    // Not resolved: the fixture store refuses a link in this place.
    manifest_.fixtures = (file.folder / node->text).lexically_normal();
    if (!manifest_.fixtures.has_filename()) manifest_.fixtures = manifest_.fixtures.parent_path();
    std::error_code error;
    const auto type = std::filesystem::status(manifest_.fixtures, error).type();
    if (type != std::filesystem::file_type::not_found &&
        type != std::filesystem::file_type::directory) {
      tell(file, node->span,
           "`fixtures` names " + base::in_ticks(node->text) + ", which is no folder");
    }
    if (manifest_.fixtures == manifest_.root || manifest_.fixtures == manifest_.folder) {
      tell(file, node->span, "`fixtures` is the folder of the manifest or of the repository itself",
           "give fixtures a folder of their own");
    }
  }

  // mocks

  void read_mocks(const File& file) {
    const ConfigNode* node = find(file.root, "mocks", Kind::Map);
    if (node == nullptr) return;
    std::map<std::string, std::string> folded;  // lower case → as written
    for (const ConfigEntry& entry : node->entries) {
      const auto [other, fresh] = folded.emplace(lower(entry.key), entry.key);
      if (!fresh) {
        tell(file, entry.key_span,
             "mocks " + base::in_ticks(other->second) + " and " + base::in_ticks(entry.key) +
                 " differ only in case",
             "on some file systems their folders would be one");
      }
      mock_names_.push_back(entry.key);
    }
    for (const ConfigEntry& entry : node->entries) {
      if (entry.value.kind == Kind::Map) read_mock(file, entry);
    }
    check_extends(file, *node);
  }

  static std::string lower(std::string text) {
    for (char& c : text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
  }

  void read_mock(const File& file, const ConfigEntry& entry) {
    const ConfigNode& node = entry.value;
    Mock mock;
    mock.name = entry.key;
    mock.where = file.locator->locate(entry.key_span);
    const std::string label = "mock " + base::in_ticks(mock.name) + ":";
    bool good = true;
    if (const ConfigNode* of = find(node, "plan-export", Kind::Map)) {
      mock.kind = read_plan_export(file, *of, mock.name);
    } else if (const ConfigNode* archive = node.find("archive")) {
      auto path = path_of(file, *archive, Wants::File, label);
      good = path.has_value();
      if (path) mock.kind = ArchiveMock{std::move(*path)};
    } else if (const ConfigNode* directory = node.find("directory")) {
      auto path = path_of(file, *directory, Wants::Folder, label);
      good = path.has_value();
      if (path) mock.kind = DirectoryMock{std::move(*path)};
    } else if (const ConfigNode* plan = node.find("plan-json")) {
      auto path = path_of(file, *plan, Wants::File, label);
      good = path.has_value();
      if (path) mock.kind = PlanJsonMock{std::move(*path)};
    } else if (const ConfigNode* exec = node.find("exec")) {
      mock.kind = ExecMock{strings(exec)};
    } else if (const ConfigNode* extends = node.find("extends")) {
      mock.kind = ExtendsMock{extends->text};
    }
    if (const ConfigNode* patches = find(node, "patch", Kind::List)) {
      for (const ConfigNode& patch : patches->items)
        read_patch(file, patch, mock);
    }
    if (const ConfigNode* keep = node.find("keep")) {
      Keep out;
      out.automatic = keep->kind == Kind::String;
      out.imports = strings(find(*keep, "imports", Kind::List));
      out.resources = strings(find(*keep, "resources", Kind::List));
      mock.keep = std::move(out);
    }
    if (const ConfigNode* redact = find(node, "redact", Kind::Map)) {
      Redact out;
      out.attributes = strings(find(*redact, "attributes", Kind::List));
      for (const ConfigNode* pattern : texts(find(*redact, "patterns", Kind::List))) {
        check_regexp(file, *pattern);
        out.patterns.push_back(pattern->text);
      }
      mock.redact = std::move(out);
    }
    if (const ConfigNode* age = find(node, "max-age", Kind::String)) {
      mock.max_age = duration(age->text);
    }
    if (const ConfigNode* imports = find(node, "imports", Kind::Map)) {
      for (const ConfigEntry& one : imports->entries)
        read_mock_import(file, one, mock, good);
    }
    mock.allow_secrets = strings(find(node, "allow-secrets", Kind::List));
    manifest_.mocks.push_back(std::move(mock));
  }

  PlanExportMock read_plan_export(const File& file, const ConfigNode& node,
                                  const std::string& mock) {
    PlanExportMock out;
    out.workspace = text_of(node, "workspace");
    out.run = text_of(node, "run");
    out.plan = text_of(node, "plan");
    out.url = text_of(node, "url");
    if (text_of(node, "select") == "latest-applied") {
      out.select = PlanExportMock::Select::LatestApplied;
    }
    const ConfigNode* plan_only = find(node, "plan-only", Kind::Bool);
    out.plan_only = plan_only != nullptr && plan_only->boolean;
    if (out.workspace.empty()) return out;
    if (const std::size_t slash = out.workspace.find('/'); slash != std::string::npos) {
      out.organization = out.workspace.substr(0, slash);
      out.workspace.erase(0, slash + 1);
    } else if (manifest_.terraform) {
      out.organization = manifest_.terraform->organization;
    }
    if (out.organization.empty()) {
      tell(file, node.find("workspace")->span,
           "mock " + base::in_ticks(mock) + ": workspace " + base::in_ticks(out.workspace) +
               " of no organization",
           "set `terraform: organization`, or write ORGANIZATION/" + out.workspace);
    }
    return out;
  }

  void read_patch(const File& file, const ConfigNode& node, Mock& mock) {
    if (node.kind != Kind::Map) return;
    Patch out;
    out.import = text_of(node, "import");
    out.resource = text_of(node, "resource");
    out.where = file.locator->locate(node.span);
    const ConfigNode* path = nullptr;
    if (const ConfigNode* set = node.find("set")) {
      out.action = Patch::Action::Set;
      path = set;
    } else if (const ConfigNode* append = node.find("append")) {
      out.action = Patch::Action::Append;
      path = append;
    } else if (const ConfigNode* remove = node.find("remove")) {
      out.action =
          remove->kind == Kind::Bool ? Patch::Action::RemoveResource : Patch::Action::Remove;
      path = remove;
    }
    if (path != nullptr && path->kind == Kind::String) {
      out.path = path->text;
      check_patch_path(file, *path, mock.name);
    }
    if (const ConfigNode* value = node.find("value")) {
      check_data(file, *value);
      out.value = *value;
    }
    mock.patches.push_back(std::move(out));
  }

  void check_patch_path(const File& file, const ConfigNode& path, const std::string& mock) {
    mock_bundle::PathError error;
    if (path.text.empty() || mock_bundle::parse_path(path.text, error)) return;
    tell(file, path.span,
         "mock " + base::in_ticks(mock) + ": path " + base::in_ticks(path.text) + " cannot be read",
         "a path is made of names and selectors, such as `ingress[0].cidr_blocks` or "
         "`tags[\"a.b\"]`",
         error.what + " at character " + std::to_string(error.offset + 1));
  }

  void read_mock_import(const File& file, const ConfigEntry& entry, Mock& mock,
                        bool source_is_good) {
    if (entry.value.kind != Kind::String || entry.value.text.empty()) return;
    MockImport out;
    out.name = entry.key;
    out.where = file.locator->locate(entry.value.span);
    if (!check_name(file, entry.value.span, "mock " + base::in_ticks(mock.name) + ":",
                    entry.value.text)) {
      return;
    }
    const Path path = Path(entry.value.text).lexically_normal();
    if (path.is_absolute() || path.empty() || *path.begin() == ".." || path == ".") {
      return tell(
          file, entry.value.span,
          base::in_ticks(entry.value.text) + " is outside of mock " + base::in_ticks(mock.name),
          "the files of `imports` are those of the mock's own folder");
    }
    out.file = path.generic_string();
    if (const auto* directory = std::get_if<DirectoryMock>(&mock.kind);
        directory && source_is_good) {
      std::error_code error;
      if (!std::filesystem::exists(directory->folder.path / path, error)) {
        tell(file, entry.value.span,
             base::in_ticks(out.file) + " is not there in " +
                 base::in_ticks(directory->folder.written),
             neighbour(directory->folder.path, path));
      }
    }
    mock.imports.push_back(std::move(out));
  }

  /// "1w2d": the pattern of durations holds.
  static std::chrono::seconds duration(std::string_view text) {
    std::int64_t sum = 0;
    std::int64_t number = 0;
    for (const char c : text) {
      if (c >= '0' && c <= '9') {
        number = std::min<std::int64_t>(number * 10 + (c - '0'), 1'000'000);
        continue;
      }
      const std::int64_t unit = c == 'w'   ? 604'800
                                : c == 'd' ? 86'400
                                : c == 'h' ? 3'600
                                : c == 'm' ? 60
                                           : 1;
      sum = std::min<std::int64_t>(sum + number * unit, std::int64_t{1} << 40U);
      number = 0;
    }
    return std::chrono::seconds(sum);
  }

  void check_extends(const File& file, const ConfigNode& mocks) {
    std::map<std::string_view, const ConfigNode*> bases;
    for (const ConfigEntry& entry : mocks.entries) {
      if (const ConfigNode* extends = find(entry.value, "extends", Kind::String)) {
        bases[entry.key] = extends;
        check_mock_name(file, *extends);
      }
    }
    std::set<std::string_view> done;  // told, or known to end
    for (const auto& [start, ignored] : bases) {
      std::vector<std::string_view> path;
      std::string_view at = start;
      while (bases.contains(at) && !done.contains(at) &&
             std::find(path.begin(), path.end(), at) == path.end()) {
        path.push_back(at);
        at = bases[at]->text;
      }
      const auto loop = std::find(path.begin(), path.end(), at);
      if (loop != path.end()) {
        std::string cycle;
        for (auto one = loop; one != path.end(); ++one)
          cycle += base::in_ticks(*one) + " → ";
        tell(file, bases[path.back()]->span, "mocks extend each other in a circle",
             "one of them needs a source", cycle + base::in_ticks(at));
      }
      done.insert(path.begin(), path.end());
    }
  }

  bool check_mock_name(const File& file, const ConfigNode& node) {
    if (std::find(mock_names_.begin(), mock_names_.end(), node.text) != mock_names_.end())
      return true;
    const std::vector<std::string_view> known(mock_names_.begin(), mock_names_.end());
    const std::string_view near = base::nearest_name(node.text, known);
    tell(file, node.span, "no mock is called " + base::in_ticks(node.text),
         near.empty() ? "define it under `mocks`" : "did you mean " + base::in_ticks(near) + "?");
    return false;
  }

  // tests

  /// What nothing uses is checked all the same.
  void check_defaults() { merge({defaults_}, manifest_.settings.emplace_back()); }

  void read_tests(const File& file) {
    const ConfigNode* tests = find(file.root, "tests", Kind::List);
    if (tests == nullptr) return;
    for (const ConfigNode& test : tests->items) {
      if (test.kind != Kind::Map) continue;
      if (const ConfigNode* policy = find(test, "policy", Kind::String)) {
        read_policy(file, test, *policy);
      } else if (const ConfigNode* folder = find(test, "sentinel-tests", Kind::String)) {
        read_native(file, test, *folder);
      } else if (const ConfigNode* include = find(test, "include", Kind::String)) {
        read_include(file, *include);
      }
    }
  }

  void read_include(const File& file, const ConfigNode& include) {
    if (include.text.empty() || !check_name(file, include.span, "include", include.text)) return;
    std::vector<Path> paths;
    if (!has_glob(include.text)) {
      const auto path = path_of(file, include, Wants::File, "include");
      if (path) paths.push_back(path->path);
    } else if (const base::Result<Path> checked = inside(file.folder, fixed_part(include.text));
               !checked) {
      Diagnostic problem = checked.error();
      problem.where = file.locator->locate(include.span);
      problems_.push_back(std::move(problem));
    } else {
      const Path folder = include.text.starts_with('/') ? Path("/") : file.folder;
      const std::vector<Path> found = glob_files(folder, include.text);
      if (found.empty()) {
        tell(file, include.span, "no file matches " + base::in_ticks(include.text),
             "paths are relative to the file that names them");
      }
      for (const Path& path : found) {
        if (!check_name(file, include.span, "include", from_root(path))) continue;
        base::Result<Path> real = inside(folder, path);
        if (real) {
          paths.push_back(std::move(*real));
        } else {
          Diagnostic problem = std::move(real.error());
          problem.where = file.locator->locate(include.span);
          problems_.push_back(std::move(problem));
        }
      }
    }
    for (const Path& path : paths)
      include_file(file, include, path);
  }

  /// The folders of a glob before its first wildcard.
  static Path fixed_part(const std::string& glob) {
    Path out;
    for (const Path& part : Path(glob)) {
      if (has_glob(part.string())) break;
      out /= part;
    }
    return out.empty() ? "." : out;
  }

  void include_file(const File& file, const ConfigNode& include, const Path& path) {
    including_.push_back(file.path);
    const bool circle = std::find(including_.begin(), including_.end(), path) != including_.end();
    if (circle) {
      std::string cycle;
      for (auto one = std::find(including_.begin(), including_.end(), path);
           one != including_.end(); ++one)
        cycle += base::in_ticks(shown(*one)) + " → ";
      tell(file, include.span, "files include each other in a circle", "take one `include` out",
           cycle + base::in_ticks(shown(path)));
    } else if (!included_.insert(path).second) {
      tell(file, include.span, base::in_ticks(shown(path)) + " is included twice",
           "take one of them out");
    } else if (files_.size() >= kMostFiles) {
      tell(file, include.span, "more than " + std::to_string(kMostFiles) + " files are included",
           "write larger files, or use `sentinel-tests`");
    } else if (const File* opened = open(path, &file, include.span)) {
      check_shape(opened->root, kIncludedShape, *opened->locator, problems_);
      if (opened->root.kind == Kind::Map) read_tests(*opened);
    }
    including_.pop_back();
  }

  void read_policy(const File& file, const ConfigNode& test, const ConfigNode& policy) {
    const std::optional<NamedPath> path = path_of(file, policy, Wants::File, "policy");
    if (path && !path->written.ends_with(".sentinel")) {
      tell(file, policy.span,
           "policy " + base::in_ticks(policy.text) + " does not end in `.sentinel`",
           "a policy is a .sentinel file");
    }
    Case settings;
    merge({defaults_, {&file, &test}}, settings);
    if (path) {
      settings.policy = *path;
      manifest_.settings.push_back(std::move(settings));
    }
    const ConfigNode* cases = find(test, "cases", Kind::List);
    if (cases == nullptr) return;
    for (const ConfigNode& node : cases->items) {
      if (node.kind != Kind::Map || node.find("each") != nullptr) continue;
      Case out;
      const ConfigNode* name = find(node, "name", Kind::String);
      out.name = name == nullptr ? std::string() : name->text;
      out.where = file.locator->locate(name == nullptr ? node.span : name->span);
      merge({defaults_, {&file, &test}, {&file, &node}}, out);
      if (!path || out.name.empty()) continue;
      out.policy = *path;
      out.full_name = without_ending(path->written) + "/" + out.name;
      add_case(file, name->span, std::move(out));
    }
  }

  static std::string without_ending(std::string_view policy) {
    constexpr std::string_view kEnding = ".sentinel";
    if (policy.ends_with(kEnding)) policy.remove_suffix(kEnding.size());
    return std::string(policy);
  }

  void add_case(const File& file, Span where, Case one) {
    const auto [first, fresh] = case_names_.emplace(one.full_name, one.where);
    if (one.native && fresh) natives_.emplace(one.full_name, one.native->where);
    if (!fresh) {
      if (const auto selected = natives_.find(one.full_name);
          one.native && selected != natives_.end()) {
        selected_twice_[base::to_text(selected->second)].push_back(one.full_name);
        return;
      }
      if (first->second == one.where) {
        tell(file, where, "two rows of `each` give the name " + base::in_ticks(one.name),
             "put a `${…}` that differs into it");
      } else {
        tell(file, where, "a second case " + base::in_ticks(one.full_name),
             "the first is at " + base::to_text(first->second));
      }
      return;
    }
    manifest_.cases.push_back(std::move(one));
  }

  /// Fills in all that `layers` say, the last the nearest.
  void merge(const std::vector<Layer>& layers, Case& out) {
    for (const Layer& layer : layers) {
      if (layer.node == nullptr) continue;
      const File& file = *layer.file;
      const ConfigNode& node = *layer.node;
      if (const ConfigNode* mocks = node.find("mocks")) {
        out.mocks.clear();
        for (const ConfigNode* name : texts(mocks)) {
          if (!check_mock_name(file, *name)) continue;
          if (std::find(out.mocks.begin(), out.mocks.end(), name->text) == out.mocks.end()) {
            out.mocks.push_back(name->text);
          }
        }
      }
      merge_values(file, find(node, "params", Kind::Map), out.params);
      merge_values(file, find(node, "globals", Kind::Map), out.globals);
      merge_files(file, find(node, "modules", Kind::Map), "module", out.modules);
      merge_files(file, find(node, "static", Kind::Map), "static import", out.statics);
      merge_extra_mocks(file, find(node, "extra-mocks", Kind::Map), out.extra_mocks);
      for (std::string& tag : strings(find(node, "tags", Kind::List))) {
        if (std::find(out.tags.begin(), out.tags.end(), tag) == out.tags.end()) {
          out.tags.push_back(std::move(tag));
        }
      }
      if (const ConfigNode* skip = find(node, "skip", Kind::String)) out.skip = skip->text;
      if (const ConfigNode* expect = node.find("expect")) out.expect = read_expect(file, *expect);
    }
    if (out.expect.where.line == 0) {
      out.expect.result = Expectation::Result::Pass;
      out.expect.where = out.where;
    }
    check_imports(layers, out);
  }

  template <class T>
  static void put(std::vector<T>& list, T one) {
    const auto found = std::find_if(list.begin(), list.end(),
                                    [&](const T& other) { return other.name == one.name; });
    if (found == list.end()) {
      list.push_back(std::move(one));
    } else {
      *found = std::move(one);
    }
  }

  void merge_values(const File& file, const ConfigNode* map, std::vector<NamedValue>& out) {
    if (map == nullptr) return;
    for (const ConfigEntry& entry : map->entries) {
      check_data(file, entry.value);
      put(out, {entry.key, entry.value, file.locator->locate(entry.key_span)});
    }
  }

  void merge_files(const File& file, const ConfigNode* map, std::string_view what,
                   std::vector<NamedFile>& out) {
    if (map == nullptr) return;
    for (const ConfigEntry& entry : map->entries) {
      auto path = path_of(file, entry.value, Wants::File,
                          std::string(what) + " " + base::in_ticks(entry.key) + ":");
      if (path) put(out, {entry.key, std::move(*path)});
    }
  }

  void merge_extra_mocks(const File& file, const ConfigNode* map, std::vector<ExtraMock>& out) {
    if (map == nullptr) return;
    for (const ConfigEntry& entry : map->entries) {
      ExtraMock one{entry.key, entry.value, file.locator->locate(entry.key_span)};
      if (entry.value.kind == Kind::String) {
        auto path = path_of(file, entry.value, Wants::File,
                            "extra mock " + base::in_ticks(entry.key) + ":");
        if (!path) continue;
        one.source = std::move(*path);
      } else {
        check_data(file, entry.value);
      }
      put(out, std::move(one));
    }
  }

  /// One name as a module and a static import, say, is two meanings of one `import`.
  void check_imports(const std::vector<Layer>& layers, const Case& one) {
    const Layer& nearest = layers.back();
    if (nearest.node == nullptr) return;
    std::map<std::string_view, std::pair<std::string_view, const base::Location*>> names;
    const auto add = [&](std::string_view name, std::string_view key, const base::Location& where) {
      const auto [other, fresh] = names.emplace(name, std::pair(key, &where));
      if (fresh) return;
      problems_.push_back({.what = "import " + base::in_ticks(name) + " stands in " +
                                   base::in_ticks(key) + " and in " +
                                   base::in_ticks(other->second.first),
                           .where = where,
                           .advice = "an import has one source"});
    };
    for (const NamedFile& file : one.modules)
      add(file.name, "modules", file.file.where);
    for (const NamedFile& file : one.statics)
      add(file.name, "static", file.file.where);
  }

  /// Data goes into HCL, which has no infinity.
  void check_data(const File& file, const ConfigNode& node) {
    if (node.kind == Kind::Float && !std::isfinite(node.number)) {
      tell(file, node.span, base::in_ticks(node.text) + " is no number that a policy can be given",
           "quote it if text is meant");
    }
    for (const ConfigNode& item : node.items)
      check_data(file, item);
    for (const ConfigEntry& entry : node.entries)
      check_data(file, entry.value);
  }

  static std::optional<Expectation::Result> result_of(std::string_view word) {
    if (word == "pass") return Expectation::Result::Pass;
    if (word == "fail") return Expectation::Result::Fail;
    if (word == "undefined") return Expectation::Result::Undefined;
    if (word == "error") return Expectation::Result::Error;
    return std::nullopt;
  }

  Expectation read_expect(const File& file, const ConfigNode& node) {
    Expectation out;
    out.where = file.locator->locate(node.span);
    if (node.kind == Kind::String) out.result = result_of(node.text);
    if (const ConfigNode* result = find(node, "result", Kind::String)) {
      out.result = result_of(result->text);
    }
    if (const ConfigNode* rules = find(node, "rules", Kind::Map)) {
      for (const ConfigEntry& entry : rules->entries) {
        check_data(file, entry.value);
        out.rules.push_back({entry.key, entry.value, file.locator->locate(entry.key_span)});
      }
    }
    if (const ConfigNode* prints = find(node, "prints", Kind::Map)) {
      out.prints = read_texts(file, *prints);
    }
    const ConfigNode* error = find(node, "error", Kind::Map);
    if (error != nullptr) out.error = read_texts(file, *error);
    out.wants_error = error != nullptr || out.result == Expectation::Result::Error;
    if (error != nullptr && out.result && out.result != Expectation::Result::Error) {
      tell(file, node.find("result")->span,
           "`result: " + node.find("result")->text + "` beside `error`",
           "a policy that ends in an error has the result `error`");
    }
    return out;
  }

  std::vector<TextExpectation> read_texts(const File& file, const ConfigNode& map) {
    using How = TextExpectation::How;
    std::vector<TextExpectation> out;
    constexpr std::pair<std::string_view, How> kHows[] = {{"contains", How::Contains},
                                                          {"not-contains", How::NotContains},
                                                          {"matches", How::Matches},
                                                          {"equals", How::Equals}};
    for (const ConfigEntry& entry : map.entries) {
      const auto* how = std::find_if(std::begin(kHows), std::end(kHows),
                                     [&](const auto& row) { return row.first == entry.key; });
      if (how == std::end(kHows)) continue;
      for (const ConfigNode* text : texts(&entry.value)) {
        if (how->second == How::Matches) check_regexp(file, *text);
        out.push_back({how->second, text->text, file.locator->locate(text->span)});
      }
    }
    return out;
  }

  // sentinel-tests

  void read_native(const File& file, const ConfigNode& test, const ConfigNode& folder) {
    std::optional<NamedPath> path = path_of(file, folder, Wants::Folder, "sentinel-tests");
    if (!path) return;
    SentinelTests out;
    out.folder = std::move(*path);
    out.tags = strings(find(test, "tags", Kind::List));
    out.exclude = strings(find(test, "exclude", Kind::List));
    std::vector<Path> policies;
    find_policies(out, out.folder.path, policies);
    std::sort(policies.begin(), policies.end());
    const std::size_t before = manifest_.cases.size();
    const std::size_t problems = problems_.size();
    for (const Path& policy : policies)
      add_native_cases(file, folder, out, policy);
    tell_of_selected_twice(file, folder);
    if (manifest_.cases.size() == before && problems_.size() == problems) {
      tell(file, folder.span, "no cases below " + base::in_ticks(folder.text),
           "a case is test/POLICY/NAME.hcl beside POLICY.sentinel");
    }
    manifest_.sentinel_tests.push_back(std::move(out));
  }

  /// Folders that overlap share many cases, for one reason.
  void tell_of_selected_twice(const File& file, const ConfigNode& folder) {
    for (const auto& [first, cases] : std::exchange(selected_twice_, {})) {
      const std::size_t more = cases.size() - 1;
      tell(file, folder.span,
           "case " + base::in_ticks(cases.front()) +
               (more == 0 ? " is" : " and " + std::to_string(more) + " more are") +
               " selected twice, first at " + first,
           "take one of the entries out, or name what they share under `exclude`");
    }
  }

  static bool excluded(const SentinelTests& tests, const Path& path) {
    const std::string relative = path.lexically_relative(tests.folder.path).generic_string();
    return std::any_of(tests.exclude.begin(), tests.exclude.end(),
                       [&](const std::string& glob) { return glob_matches(glob, relative); });
  }

  static void find_policies(const SentinelTests& tests, const Path& folder,
                            std::vector<Path>& out) {
    std::error_code error;
    for (auto at = std::filesystem::directory_iterator(folder, error);
         !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
      std::error_code ignored;
      const Path& path = at->path();
      const auto type = at->symlink_status(ignored).type();
      if (excluded(tests, path)) continue;
      if (type == std::filesystem::file_type::directory) {
        if (!is_private_folder(path.filename())) find_policies(tests, path, out);
      } else if (path.extension() == ".sentinel" && !at->is_directory(ignored)) {
        out.push_back(path);
      }
    }
  }

  /// A test that is there by its name but cannot be read is told, not lost.
  bool is_file(const File& file, const ConfigNode& folder, const Path& path) {
    std::error_code failure;
    if (std::filesystem::is_regular_file(path, failure)) return true;
    tell(file, folder.span,
         base::in_ticks(shown(path)) + (std::filesystem::is_symlink(path, failure)
                                            ? " is a link that leads to no file"
                                            : " is no file"),
         "mend or remove it, or name it under `exclude`");
    return false;
  }

  void add_native_cases(const File& file, const ConfigNode& folder, const SentinelTests& tests,
                        const Path& policy) {
    const Path cases = policy.parent_path() / "test" / policy.stem();
    std::vector<Path> paths;
    std::error_code error;
    for (auto at = std::filesystem::directory_iterator(cases, error);
         !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
      std::error_code ignored;
      const Path ending = at->path().extension();
      if ((ending == ".hcl" || ending == ".json") && !at->is_directory(ignored) &&
          !excluded(tests, at->path())) {
        paths.push_back(at->path());
      }
    }
    std::sort(paths.begin(), paths.end());
    if (paths.empty() || !check_name(file, folder.span, "policy", from_root(policy)) ||
        !is_file(file, folder, policy)) {
      return;
    }
    for (const Path& path : paths) {
      if (!check_name(file, folder.span, "case", from_root(path)) || !is_file(file, folder, path))
        continue;
      Case out;
      const base::Result<NamedPath> named_policy =
          resolve(policy.parent_path(), policy.filename(), Wants::File);
      const base::Result<NamedPath> named_case =
          resolve(path.parent_path(), path.filename(), Wants::File);
      for (const auto* one : {&named_policy, &named_case}) {
        if (*one) continue;
        Diagnostic problem = one->error();
        problem.where = file.locator->locate(folder.span);
        problems_.push_back(std::move(problem));
      }
      if (!named_policy || !named_case) continue;
      out.policy = *named_policy;
      out.native = *named_case;
      out.policy.where = file.locator->locate(folder.span);
      out.native->where = out.policy.where;
      out.name = path.filename().string();
      out.full_name = without_ending(out.policy.written) + "/" + out.name;
      out.where = {.file = shown(path)};
      out.tags = tests.tags;
      out.expect = native_expectation(*out.native, shown(path));
      add_case(file, folder.span, std::move(out));
    }
  }

  /// What the case's own `test` block asks for. Of a file that cannot be read the runtime tells
  /// what is wrong with it, as an error of that case.
  static Expectation native_expectation(const NamedPath& path, std::string name) {
    Expectation out;
    out.where = {.file = name};
    base::Result<std::string> text = base::read_file(path.path, sentinel::kLargestConfiguration);
    std::vector<Diagnostic> ignored;
    sentinel::Configuration configuration;
    if (text) {
      configuration = sentinel::read_configuration(
          std::make_shared<const base::Source>(std::move(name), std::move(*text)), ignored);
    }
    if (!configuration.expected_rules) {
      out.result = Expectation::Result::Pass;
      return out;
    }
    for (const sentinel::Setting& rule : *configuration.expected_rules) {
      out.rules.push_back({rule.name, rule.value, rule.place.locate().value_or(out.where)});
    }
    return out;
  }

  const ManifestOptions& options_;
  std::vector<Diagnostic>& problems_;
  Manifest manifest_;
  std::vector<std::unique_ptr<File>> files_;
  Layer defaults_{nullptr, nullptr};
  std::vector<std::string> mock_names_;
  std::map<std::string, base::Location> case_names_;
  std::map<std::string, base::Location> natives_;  // by full name: the entry that selects it
  // Of the entry that is read, by the place of the one that was first.
  std::map<std::string, std::vector<std::string>> selected_twice_;
  std::vector<Path> including_;
  std::set<Path> included_;
  std::map<std::tuple<Path, std::string, Wants>, base::Result<NamedPath>> paths_;
};

}  // namespace

std::optional<Manifest> read_manifest(const Path& file, const ManifestOptions& options,
                                      std::vector<Diagnostic>& problems) {
  return Reader(options, problems).read(file);
}

}  // namespace harness
