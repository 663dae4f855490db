#include "harness/impact/state.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "harness/fixture/store.h"
#include "plugin/base/file.h"
#include "plugin/terraform_api/origin.h"

namespace harness {
namespace {

using std::filesystem::file_type;

constexpr std::chrono::hours kSearchLives{24};
constexpr std::chrono::hours kPlanLives{24 * 7};
constexpr std::uint64_t kMostState = std::uint64_t{64} << 20U;
constexpr std::string_view kHeading = "harness impact search 1";

base::Path host_folder(const base::Path& root, const http::Url& origin) {
  // An IPv6 address and a port have colons, which not every file system takes.
  std::string name = terraform_api::credentials_host(origin);
  std::ranges::replace(name, ':', '_');
  return root / ".harness" / "impact" / (origin.scheme == "http" ? "http_" + name : name);
}

/// An id comes from a server, and becomes a folder's name.
bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 100 && text.front() != '-' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> out;
  std::size_t at = 0;
  for (std::size_t tab = line.find('\t'); tab != std::string::npos; tab = line.find('\t', at)) {
    out.push_back(line.substr(at, tab - at));
    at = tab + 1;
  }
  out.push_back(line.substr(at));
  return out;
}

/// One line of fields; what would end one is made a blank.
std::string line_of(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) {
    if (!out.empty()) out += '\t';
    for (const char c : part)
      out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\n";
}

std::size_t number_of(const std::string& text) {
  std::size_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::optional<KeptPlan> read_plan(const base::Path& folder) {
  auto text = base::read_file(folder / "plan.txt", 1U << 16U);
  if (!text) return std::nullopt;
  KeptPlan out{.folder = folder / "bundle", .provenance = {.kind = "plan-export"}};
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> parts = fields(line);
    if (parts.size() != 2) return std::nullopt;
    if (parts[0] == "host") out.provenance.host = parts[1];
    if (parts[0] == "workspace") out.provenance.workspace = parts[1];
    if (parts[0] == "run") out.provenance.run = parts[1];
    if (parts[0] == "plan") out.provenance.plan = parts[1];
    if (parts[0] == "made-at") out.provenance.made_at = parts[1];
    if (parts[0] == "sha256") out.provenance.archive_sha256 = parts[1];
  }
  std::error_code error;
  if (out.provenance.plan.empty() || !std::filesystem::is_directory(out.folder, error))
    return std::nullopt;
  return out;
}

}  // namespace

base::Result<std::unique_ptr<ImpactState>> ImpactState::open(const base::Path& root,
                                                             const http::Url& origin,
                                                             const base::System& system) {
  Manifest place;
  place.root = root;
  auto own = private_folder(place);
  if (!own) return std::move(own.error());
  const base::Path folder = host_folder(root, origin);
  for (const base::Path& one : {folder.parent_path(), folder, folder / "plans"}) {
    std::error_code error;
    if (std::filesystem::symlink_status(one, error).type() == file_type::symlink) {
      return base::Diagnostic{.what = "`" + base::display_path(one, root) + "` is a link",
                              .why = "what is written there would end up elsewhere",
                              .advice = "take it away"};
    }
    if (auto made = base::make_folders(one); !made) return std::move(made.error());
  }
  std::error_code ignored;  // plans hold what no other user of the machine should read
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ignored);
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return base::Diagnostic{.what = "`" + base::display_path(folder, root) + "` cannot be read",
                            .why = std::generic_category().message(errno)};
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    return base::Diagnostic{.what = "another `harness impact` is at work in this repository",
                            .advice = "wait for its end"};
  }
  std::unique_ptr<ImpactState> out(new ImpactState(folder, descriptor));
  out->remove_old();
  (void)system;
  return out;
}

ImpactState::~ImpactState() {
  ::close(descriptor_);
}

void ImpactState::remove_old() const {
  std::error_code error;
  // What a killed process left half fetched.
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    if (entry.path().filename().string().starts_with("staging-")) {
      (void)base::remove_tree(entry.path());
    }
  }
  const auto now = std::filesystem::file_time_type::clock::now();
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "plans", error)) {
    std::error_code missing;
    const auto asked = std::filesystem::last_write_time(entry.path() / "plan.txt", missing);
    if (missing || now - asked > kPlanLives) (void)base::remove_tree(entry.path());
  }
}

std::chrono::system_clock::time_point ImpactState::begin(
    const std::string& key, std::chrono::system_clock::time_point since,
    std::chrono::system_clock::time_point now) {
  const std::lock_guard lock(mutex_);
  key_ = key;
  since_ = base::to_rfc3339(since);
  begun_ = base::to_rfc3339(now);
  auto text = base::read_file(folder_ / "search.txt", kMostState);
  if (!text) return since;
  std::istringstream lines(*text);
  std::string line;
  if (!std::getline(lines, line) || line != kHeading) return since;
  std::map<std::string, Listing> listings;
  Listing* current = nullptr;
  std::string found_key, found_since, found_begun;
  while (std::getline(lines, line)) {
    const std::vector<std::string> f = fields(line);
    if (f[0] == "search" && f.size() == 4) {
      found_key = f[1];
      found_since = f[2];
      found_begun = f[3];
    } else if (f[0] == "workspace" && f.size() == 6) {
      current = &listings[f[1]];
      current->workspace = {.name = f[1],
                            .id = f[2],
                            .runs = number_of(f[3]),
                            .without_plan = number_of(f[4]),
                            .note = f[5]};
    } else if (f[0] == "run" && f.size() == 5 && current != nullptr) {
      current->runs.push_back({.workspace = current->workspace.name,
                               .run = f[1],
                               .plan = f[2],
                               .created_at = f[3],
                               .unusable = f[4]});
    } else {
      return since;  // not one that we have written
    }
  }
  const auto began = base::from_rfc3339(found_begun);
  const auto before = base::from_rfc3339(found_since);
  if (found_key != key || !began || !before || now - *began > kSearchLives || *began > now)
    return since;
  since_ = found_since;
  begun_ = found_begun;
  listings_ = std::move(listings);
  return *before;
}

std::optional<Listing> ImpactState::listing(const std::string& workspace) const {
  const std::lock_guard lock(mutex_);
  const auto found = listings_.find(workspace);
  if (found == listings_.end()) return std::nullopt;
  return found->second;
}

void ImpactState::add(const Listing& listing) {
  const std::lock_guard lock(mutex_);
  listings_[listing.workspace.name] = listing;
  save();
}

// That it could not be written costs a later start some requests, no more.
void ImpactState::save() const {
  std::string text = std::string(kHeading) + "\n" + line_of({"search", key_, since_, begun_});
  for (const auto& [name, one] : listings_) {
    const FoundWorkspace& w = one.workspace;
    text += line_of(
        {"workspace", name, w.id, std::to_string(w.runs), std::to_string(w.without_plan), w.note});
    for (const FoundRun& run : one.runs)
      text += line_of({"run", run.run, run.plan, run.created_at, run.unusable});
  }
  (void)base::write_file(folder_ / "search.txt", text);
}

void ImpactState::finish() {
  const std::lock_guard lock(mutex_);
  listings_.clear();
  (void)base::remove_tree(folder_ / "search.txt");
}

std::optional<KeptPlan> ImpactState::plan(const std::string& id) const {
  if (!is_id(id)) return std::nullopt;
  auto out = read_plan(folder_ / "plans" / id);
  if (out) {
    std::error_code ignored;
    std::filesystem::last_write_time(folder_ / "plans" / id / "plan.txt",
                                     std::filesystem::file_time_type::clock::now(), ignored);
  }
  return out;
}

base::Result<base::Path> ImpactState::stage() const {
  auto out = base::make_staging_folder(folder_, "staging-");
  if (!out) return out;
  if (auto made = base::make_folders(*out / "bundle"); !made) return std::move(made.error());
  return out;
}

base::Result<KeptPlan> ImpactState::keep(const base::Path& staged, const std::string& id,
                                         const mock_source::Provenance& provenance) const {
  if (!is_id(id)) {
    return base::Diagnostic{.what = "plan `" + id + "` cannot be kept",
                            .why = "its id is no name of a file"};
  }
  const std::string text =
      line_of({"host", provenance.host}) + line_of({"workspace", provenance.workspace}) +
      line_of({"run", provenance.run}) + line_of({"plan", provenance.plan}) +
      line_of({"made-at", provenance.made_at}) + line_of({"sha256", provenance.archive_sha256});
  if (auto written = base::write_file(staged / "plan.txt", text); !written)
    return std::move(written.error());
  const base::Path target = folder_ / "plans" / id;
  if (auto moved = base::replace_folder(staged, target); !moved) return std::move(moved.error());
  return KeptPlan{.folder = target / "bundle", .provenance = provenance};
}

std::optional<KeptPlan> kept_plan(const base::Path& root, const http::Url& origin,
                                  const std::string& plan) {
  if (!is_id(plan)) return std::nullopt;
  return read_plan(host_folder(root, origin) / "plans" / plan);
}

}  // namespace harness
