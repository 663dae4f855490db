// The state folder of `harness impact`, `.harness/impact/HOST`: plans that were had, and how far an
// unfinished search has come. Everything in it may be deleted at any time.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "harness/impact/impact.h"
#include "harness/impact/search.h"
#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace harness {

/// What one workspace's run list said.
struct Listing {
  FoundWorkspace workspace;
  std::vector<FoundRun> runs;
};

/// Thread-safe.
class ImpactState {
 public:
  /// Makes the folder. An error: a link in its place, or another process at work in it. Plans that
  /// nobody asked for in a week are removed.
  static base::Result<std::unique_ptr<ImpactState>> open(const base::Path& root,
                                                         const http::Url& origin,
                                                         const base::System& system);
  ~ImpactState();
  ImpactState(const ImpactState&) = delete;
  ImpactState& operator=(const ImpactState&) = delete;

  /// Goes on with the search that `key` describes, if it is that which was left unfinished within
  /// the last day; else begins it. Returns the time since which runs count.
  std::chrono::system_clock::time_point begin(const std::string& key,
                                              std::chrono::system_clock::time_point since,
                                              std::chrono::system_clock::time_point now);
  std::optional<Listing> listing(const std::string& workspace) const;
  void add(const Listing& listing);
  /// The next search begins anew; plans stay.
  void finish();

  /// The plan's files, where they are there; marks them as asked for.
  std::optional<KeptPlan> plan(const std::string& id) const;
  /// Where to put the files of a plan that is being fetched.
  base::Result<base::Path> stage() const;
  /// Takes what was staged in, all at once.
  base::Result<KeptPlan> keep(const base::Path& staged, const std::string& id,
                              const mock_source::Provenance& provenance) const;

 private:
  ImpactState(base::Path folder, int descriptor)
      : folder_(std::move(folder)), descriptor_(descriptor) {}
  void save() const;
  void remove_old() const;

  const base::Path folder_;
  const int descriptor_;  // holds the lock
  mutable std::mutex mutex_;
  std::string key_;
  std::string since_;
  std::string begun_;
  std::map<std::string, Listing> listings_;
};

}  // namespace harness
