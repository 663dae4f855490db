#include "harness/test_directory/test_directory.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/fixture/store.h"
#include "plugin/base/file.h"
#include "plugin/digest/sha256.h"
#include "plugin/mock_bundle/bundle.h"
#include "plugin/mock_bundle/patch.h"
#include "plugin/sentinel/config/configuration.h"
#include "plugin/sentinel/config/source.h"

namespace harness {
namespace {

using base::Diagnostic;
using base::Path;
using std::filesystem::file_type;

constexpr std::size_t kKeptRuns = 5;
constexpr std::uintmax_t kLargestCopy = std::uintmax_t{1} << 20U;

file_type type_of(const Path& path) {
  std::error_code error;
  return std::filesystem::symlink_status(path, error).type();
}

Diagnostic failed(std::string_view doing, const Path& path, int error) {
  return {.what = "cannot " + std::string(doing) + " " + base::in_ticks(path.string()),
          .why = std::generic_category().message(error)};
}

/// A plain write: what a run makes for itself need not survive a crash, and a sync a case is slow.
base::Status write_new(const Path& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0) return failed("write", path, errno);
  int error = 0;
  std::size_t at = 0;
  while (at < text.size() && error == 0) {
    const ssize_t put = ::write(descriptor, text.data() + at, text.size() - at);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) error = errno;
    if (put >= 0) at += static_cast<std::size_t>(put);
  }
  if (::close(descriptor) != 0 && error == 0) error = errno;
  if (error != 0) return failed("write", path, error);
  return {};
}

/// "tests" for tests.yaml, "network-tests" for network/tests.yaml.
std::string work_name(const Manifest& manifest) {
  Path path = manifest.file;
  path.replace_extension();
  std::string out = base::display_path(path, manifest.root);
  std::replace(out.begin(), out.end(), '/', '-');
  while (out.starts_with('-') || out.starts_with('.'))
    out.erase(0, 1);
  return out.empty() ? "tests" : out;
}

/// Names that begin with a date, for people; the rest keeps two runs apart.
std::string run_prefix(std::chrono::system_clock::time_point now) {
  std::string out;
  for (const char c : base::to_rfc3339(now)) {
    if ((c >= '0' && c <= '9') || c == 'T') out += c;
  }
  return out + "-";
}

/// Removes all but the newest runs that were kept. One that is still at work holds a lock.
void remove_old_runs(const Path& folder, const Path& current) {
  std::vector<std::pair<std::filesystem::file_time_type, Path>> runs;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    std::error_code ignored;
    const bool is_run = !name.empty() && name[0] >= '0' && name[0] <= '9';
    if (is_run && entry.path() != current) {
      runs.emplace_back(std::filesystem::last_write_time(entry.path(), ignored), entry.path());
    }
  }
  if (runs.size() < kKeptRuns) return;
  std::sort(runs.begin(), runs.end());
  runs.resize(runs.size() - kKeptRuns + 1);
  for (const auto& [time, run] : runs) {
    const int descriptor = ::open(run.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) continue;
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) (void)base::remove_tree(run);
    ::close(descriptor);
  }
}

/// Makes the link `latest` lead to `run`, in one step.
void point_latest(const Path& folder, const Path& run) {
  const Path latest = folder / "latest";
  const Path staged = folder / (".latest-" + run.filename().string());
  std::error_code error;
  std::filesystem::create_symlink(run.filename(), staged, error);
  if (!error) std::filesystem::rename(staged, latest, error);
  if (error) std::filesystem::remove(staged, error);
}

std::string six_digits(std::string_view text) {
  return digest::sha256(text).substr(0, 6);
}

/// The mocks that make `mock`, the one it extends in the end first.
std::vector<const Mock*> chain_of(const Manifest& manifest, const Mock& mock) {
  std::vector<const Mock*> out{&mock};
  while (const auto* extends = std::get_if<ExtendsMock>(&out.back()->kind)) {
    const Mock* next = manifest.find_mock(extends->base);
    if (next == nullptr) break;
    out.push_back(next);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

mock_bundle::Edit edit_of(const Patch& patch) {
  using Action = mock_bundle::Edit::Action;
  mock_bundle::Edit out;
  out.import = patch.import;
  out.resource = patch.resource;
  switch (patch.action) {
  case Patch::Action::Set:
    out.action = Action::Set;
    break;
  case Patch::Action::Append:
    out.action = Action::Append;
    break;
  case Patch::Action::Remove:
    out.action = Action::Remove;
    break;
  case Patch::Action::RemoveResource:
    out.action = Action::RemoveResource;
    break;
  }
  out.path = patch.path;
  out.value = patch.value;
  out.where = patch.where;
  return out;
}

/// Whether HashiCorp's CLI takes the file for a case: `DIR/test/POLICY/NAME.hcl` or `.json`.
bool is_place_of_case(const Path& file) {
  const Path ending = file.extension();
  return (ending == ".hcl" || ending == ".json") &&
         file.parent_path().parent_path().filename() == "test";
}

/// Whether the file can be read as a case.
bool is_case(const Path& file) {
  auto text = base::read_file(file, sentinel::kLargestConfiguration);
  if (!text) return false;
  std::vector<Diagnostic> errors;
  sentinel::read_configuration(
      std::make_shared<const base::Source>(file.string(), std::move(*text)), errors);
  return errors.empty();
}

/// Every file that a configuration names with a local path, as written, and its place.
std::vector<std::pair<std::string, sentinel::Place>> sources_of(
    const sentinel::Configuration& configuration) {
  std::vector<std::pair<std::string, sentinel::Place>> out;
  const auto add = [&](const std::string& source, const sentinel::Place& place) {
    if (source.empty() || sentinel::parse_remote_source(source)) return;
    out.emplace_back(sentinel::local_path(source), place);
  };
  for (const sentinel::Mock& mock : configuration.mocks)
    add(mock.source, mock.source_place);
  for (const sentinel::ConfiguredImport& import : configuration.imports) {
    add(import.source, import.source_place);
    if (!import.config) continue;
    // The plan that the `terraform` feature reads.
    for (const std::string_view key : {"plan_path", "schemas_path"}) {
      const base::ConfigNode* path = import.config->find(key);
      if (path != nullptr && path->kind == base::ConfigNode::Kind::String) {
        add(path->text, import.place);
      }
    }
  }
  return out;
}

/// Puts a file at its place in the test directory.
using Put = std::function<base::Status(const Path& from, const Path& to)>;

/// The case as it is, and every file that it names, at their paths in the repository: relative
/// paths then lead to the same files. `root`: the test directory, which `place` fills, or the
/// repository.
base::Result<PlacedCase> native_at(const Manifest& manifest, const Path& root, const Case& one,
                                   const Put& place) {
  PlacedCase out;
  out.root = root;
  out.policy = one.policy.written;
  out.case_file = one.native->written;
  out.code.push_back(root / out.policy);
  if (base::Status done = place(one.policy.path, out.policy); !done) return std::move(done.error());
  if (base::Status done = place(one.native->path, out.case_file); !done) {
    return std::move(done.error());
  }
  base::Result<std::string> text =
      base::read_file(one.native->path, sentinel::kLargestConfiguration);
  if (!text) return std::move(text.error());
  // What is wrong with the file the runtime tells, as an error of this case.
  std::vector<Diagnostic> ignored;
  const sentinel::Configuration configuration = sentinel::read_configuration(
      std::make_shared<const base::Source>(one.native->written, std::move(*text)), ignored);
  const Path folder = out.case_file.parent_path();
  for (const auto& named : sources_of(configuration)) {
    const std::string& source = named.first;
    const auto refused = [&](Diagnostic problem) {
      problem.where = named.second.locate();
      return problem;
    };
    if (source.find('\0') != std::string::npos) continue;
    base::Result<Path> real =
        manifest.allow_outside
            ? base::resolve_inside("/", manifest.root / folder, source)
            : base::resolve_inside(manifest.root, manifest.root / folder, source);
    if (!real) return refused(std::move(real.error()));
    const Path to = (folder / source).lexically_normal();
    // An absolute path leads where it leads.
    if (to.is_absolute()) {
      out.code.push_back(*real);
      continue;
    }
    if (*to.begin() == "..") {
      return refused(
          {.what = base::in_ticks(source) + " leads out of the repository",
           .why = "the case is copied to `.harness/work`, where it would lead elsewhere"});
    }
    std::error_code error;
    if (!std::filesystem::is_regular_file(*real, error)) continue;
    if (is_place_of_case(to) && is_case(*real)) {
      return refused({.what = base::in_ticks(source) + " is a case itself",
                      .why = "HashiCorp's CLI runs every case that stands beside this one",
                      .advice = "move it out of " + base::in_ticks(to.parent_path().string())});
    }
    if (base::Status done = place(*real, to); !done) return std::move(done.error());
    if (to.extension() == ".sentinel") out.code.push_back(root / to);
  }
  for (const sentinel::ConfiguredImport& import : configuration.imports) {
    if (import.kind != sentinel::ImportKind::Plugin || import.source.empty()) continue;
    out.plugins.push_back(
        import.place.locate().value_or(base::Location{.file = one.native->written}));
  }
  return out;
}

}  // namespace

base::Result<std::map<std::string, Path>> make_mock(const Manifest& manifest, const Mock& mock,
                                                    const Path& folder,
                                                    std::vector<Diagnostic>& warnings) {
  const std::vector<const Mock*> chain = chain_of(manifest, mock);
  std::vector<mock_bundle::Edit> edits;
  for (const Mock* one : chain) {
    for (const Patch& patch : one->patches)
      edits.push_back(edit_of(patch));
  }
  if (!edits.empty()) {
    std::vector<Diagnostic> problems;
    mock_bundle::patch(folder, mock.name, edits, problems, warnings);
    if (problems.size() == 1) return std::move(problems.front());
    if (const std::size_t count = problems.size(); count > 0) {
      return Diagnostic{.what = "mock " + base::in_ticks(mock.name) + " cannot be made",
                        .where = mock.where,
                        .why = std::to_string(count) + " of its edits do not fit",
                        .causes = std::move(problems)};
    }
  }
  const auto* own = std::get_if<DirectoryMock>(&mock.kind);
  auto bundle = mock_bundle::read_bundle(folder, own == nullptr ? mock.name : own->folder.written);
  if (!bundle) return std::move(bundle.error());
  std::map<std::string, Path> supply;
  for (mock_bundle::BundleImport& import : *bundle)
    supply[std::move(import.name)] = import.file;
  for (const Mock* one : chain) {
    for (const MockImport& import : one->imports) {
      if (type_of(folder / import.file) != file_type::regular) {
        return Diagnostic{.what = base::in_ticks(import.file) + " is not there in mock " +
                                  base::in_ticks(mock.name),
                          .where = import.where,
                          .why = "import " + base::in_ticks(import.name) + " is to come from it"};
      }
      supply[import.name] = import.file;
    }
  }
  if (supply.empty()) {
    return Diagnostic{.what = "mock " + base::in_ticks(mock.name) + " supplies no import",
                      .where = mock.where,
                      .why =
                          "there is no `sentinel.hcl` with `mock` blocks in it and no file called "
                          "like `mock-tfplan-v2.sentinel`",
                      .advice = "name its files under `imports`"};
  }
  return supply;
}

base::Result<PlacedCase> native_in_place(const Manifest& manifest, const Case& one) {
  return native_at(manifest, manifest.root, one,
                   [](const Path&, const Path&) { return base::Status(); });
}

TestDirectory::TestDirectory(const Manifest& manifest, Path path, Path scratch, int descriptor)
    : manifest_(manifest),
      path_(std::move(path)),
      scratch_(std::move(scratch)),
      descriptor_(descriptor) {
  name_cases();
  for (const Mock& mock : manifest_.mocks) {
    // The repository may have files of its own at that place, which native cases then name. A
    // policy among them would find cases in what the mock brings.
    Path folder = Path("mocks") / mock.name;
    while (type_of(manifest_.root / folder) != file_type::not_found)
      folder += "-" + six_digits(folder.filename().string());
    mock_folders_[mock.name] = std::move(folder);
  }
}

TestDirectory::~TestDirectory() {
  if (!keep_) {
    (void)base::remove_tree(path_);
    std::error_code error;
    const Path latest = path_.parent_path() / "latest";
    if (std::filesystem::read_symlink(latest, error) == path_.filename()) {
      std::filesystem::remove(latest, error);
    }
  } else {
    (void)base::remove_tree(scratch_);
  }
  ::close(descriptor_);
}

base::Result<std::unique_ptr<TestDirectory>> TestDirectory::create(const Manifest& manifest,
                                                                   const base::System& system) {
  base::Result<Path> own = private_folder(manifest);
  if (!own) return std::move(own.error());
  Path folder = *own;
  for (const Path& part : {Path("work"), Path(work_name(manifest))}) {
    folder /= part;
    if (type_of(folder) == file_type::symlink) {
      return Diagnostic{
          .what = base::in_ticks(base::display_path(folder, manifest.root)) + " is a link",
          .why = "what is written there would end up elsewhere",
          .advice = "take it away"};
    }
  }
  base::Result<Path> run = base::make_staging_folder(folder, run_prefix(system.clock->now()));
  if (!run) return std::move(run.error());
  const int descriptor = ::open(run->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return failed("read", *run, errno);
  ::flock(descriptor, LOCK_SH);
  remove_old_runs(folder, *run);
  point_latest(folder, *run);
  Path scratch = *run / ".scratch";
  std::unique_ptr<TestDirectory> out(
      new TestDirectory(manifest, std::move(*run), scratch, descriptor));
  if (base::Status made = base::make_folders(scratch); !made) return std::move(made.error());
  return out;
}

/// Gives every generated case its file, the same in every run. Two names that make one file's name,
/// or one that a case of the repository has, get six digits of their digest.
void TestDirectory::name_cases() {
  const auto place = [](const Case& one, const std::string& name) {
    const Path policy = one.policy.written;
    return policy.parent_path() / "test" / policy.stem() / (name + ".hcl");
  };
  std::map<std::string, std::size_t> uses;
  for (const Case& one : manifest_.cases) {
    if (!one.native) ++uses[place(one, file_name_of(one.name)).generic_string()];
  }
  for (const Case& one : manifest_.cases) {
    if (one.native) continue;
    const std::string name = file_name_of(one.name);
    const Path plain = place(one, name);
    const bool clash =
        uses[plain.generic_string()] > 1 || type_of(manifest_.root / plain) != file_type::not_found;
    case_files_[one.full_name] = clash ? place(one, name + "-" + six_digits(one.full_name)) : plain;
  }
}

base::Status TestDirectory::put(const Path& from, const Path& to) {
  // Held while the file is made: who finds it placed may go on to use it.
  const std::scoped_lock held(mutex_);
  if (placed_.contains(to)) return {};
  const Path target = path_ / to;
  if (base::Status made = base::make_folders(target.parent_path()); !made) return made;
  std::error_code error;
  // A large mock gets a second name where the file system can do that. Small files are copied:
  // somebody who tries something out in a directory that was kept must not change the original.
  const bool large = std::filesystem::file_size(from, error) > kLargestCopy && !error;
  if (!large || ::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, target.c_str(), 0) != 0) {
    std::filesystem::copy_file(from, target, error);
    if (error) {
      return Diagnostic{.what = "cannot copy " + base::in_ticks(from.string()),
                        .why = error.message()};
    }
  }
  placed_.insert(to);
  return {};
}

/// At the file's path in the repository. One from outside gets a place of its own, and one that
/// HashiCorp's CLI would run as a case, which nobody has asked for or looked at.
Path TestDirectory::place_of(const NamedPath& file) {
  Path written = file.written;
  const bool inside = !written.is_absolute() && *written.begin() != "..";
  if (inside && !is_place_of_case(written)) return written;
  return Path("outside") / six_digits(file.path.string()) / file.path.filename();
}

base::Status TestDirectory::add_mock(const Mock& mock, const Path& folder,
                                     std::vector<Diagnostic>& warnings) {
  const Path relative = mock_folders_.at(mock.name);
  if (base::Status ready = base::make_folders(path_ / relative); !ready) return ready;
  std::error_code error;
  for (auto at = std::filesystem::recursive_directory_iterator(folder, error);
       !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
    std::error_code ignored;
    const file_type type = at->symlink_status(ignored).type();
    const Path name = at->path().lexically_relative(folder);
    if (type == file_type::directory) continue;
    if (type != file_type::regular) {
      return Diagnostic{.what = base::in_ticks(name.generic_string()) + " in mock " +
                                base::in_ticks(mock.name) +
                                (type == file_type::symlink ? " is a link" : " is no regular file"),
                        .where = mock.where,
                        .why = "a mock is made of plain files"};
    }
    if (base::Status done = put(at->path(), relative / name); !done) return done;
  }
  if (error) {
    return Diagnostic{.what = "cannot read the files of mock " + base::in_ticks(mock.name),
                      .where = mock.where,
                      .why = error.message()};
  }
  auto made = make_mock(manifest_, mock, path_ / relative, warnings);
  if (!made) return std::move(made.error());
  for (auto& [import, file] : *made)
    file = relative / file;
  const std::scoped_lock held(mutex_);
  supplies_[mock.name] = std::move(*made);
  return {};
}

base::Result<PlacedCase> TestDirectory::add_case(const Case& one) {
  if (!one.native) return add_generated(one);
  return native_at(manifest_, path_, one,
                   [this](const Path& from, const Path& to) { return put(from, to); });
}

base::Result<PlacedCase> TestDirectory::native_in_place(const Case& one) const {
  return harness::native_in_place(manifest_, one);
}

base::Result<PlacedCase> TestDirectory::add_generated(const Case& one) {
  PlacedCase out;
  out.root = path_;
  const auto place = [&](const NamedPath& file, bool code) -> base::Status {
    const Path to = place_of(file);
    if (base::Status done = put(file.path, to); !done) return done;
    if (code) out.code.push_back(path_ / to);
    return {};
  };
  if (base::Status done = place(one.policy, true); !done) return std::move(done.error());
  std::map<std::string, std::string> suppliers;  // import → mock
  std::map<std::string, Path> supplied;
  const auto is_extra = [&](const std::string& name) {
    return std::any_of(one.extra_mocks.begin(), one.extra_mocks.end(),
                       [&](const ExtraMock& mock) { return mock.name == name; });
  };
  for (const std::string& mock : one.mocks) {
    std::map<std::string, Path> supply;
    {
      const std::scoped_lock held(mutex_);
      supply = supplies_.at(mock);
    }
    for (const auto& [name, file] : supply) {
      if (is_extra(name)) continue;
      const auto [other, fresh] = suppliers.emplace(name, mock);
      if (!fresh) {
        return Diagnostic{.what = "mocks " + base::in_ticks(other->second) + " and " +
                                  base::in_ticks(mock) + " both supply " + base::in_ticks(name),
                          .where = one.where,
                          .advice = "take one away, or say which with `extra-mocks`"};
      }
      supplied[name] = file;
      out.code.push_back(path_ / file);
    }
  }
  const auto taken = [&](const NamedFile& file,
                         std::string_view what) -> std::optional<Diagnostic> {
    const auto other = suppliers.find(file.name);
    if (other == suppliers.end()) return std::nullopt;
    return Diagnostic{.what = "mock " + base::in_ticks(other->second) + " and " +
                              std::string(what) + " " + base::in_ticks(file.name) +
                              " both supply " + base::in_ticks(file.name),
                      .where = one.where,
                      .advice = "take one away, or say which with `extra-mocks`"};
  };
  for (const NamedFile& file : one.modules) {
    if (auto problem = taken(file, "module")) return std::move(*problem);
    if (base::Status done = place(file.file, true); !done) return std::move(done.error());
  }
  for (const NamedFile& file : one.statics) {
    if (auto problem = taken(file, "static import")) return std::move(*problem);
    if (base::Status done = place(file.file, false); !done) return std::move(done.error());
  }
  for (const ExtraMock& mock : one.extra_mocks) {
    if (const auto* file = std::get_if<NamedPath>(&mock.source)) {
      if (base::Status done = place(*file, true); !done) return std::move(done.error());
    }
  }
  out.policy = place_of(one.policy);
  Path case_file = case_files_.at(one.full_name);
  if (out.policy != Path(one.policy.written)) {
    case_file = out.policy.parent_path() / "test" / out.policy.stem() / case_file.filename();
  }
  out.case_file = case_file;
  if (base::Status made = base::make_folders((path_ / case_file).parent_path()); !made) {
    return std::move(made.error());
  }
  const std::string text = case_text(one, case_file.parent_path(), supplied, place_of);
  if (base::Status done = write_new(path_ / case_file, text); !done) return std::move(done.error());
  return out;
}

}  // namespace harness
