// The Sentinel test directory: what a run's policies, mocks and cases look like on disk. Either
// runtime works on it, and HashiCorp's own `sentinel test` accepts it as it is.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "harness/manifest/manifest.h"
#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace harness {

/// Where a case stands.
struct PlacedCase {
  base::Path root;    // absolute: the Sentinel test directory, or the repository itself
  base::Path policy;  // relative to it: policies/restrict-ssh.sentinel
  base::Path
      case_file;  // relative to it: policies/test/restrict-ssh/private-ingress-is-allowed.hcl
  /// Every file of Sentinel code that the case may load, absolute: policy, modules, mocks. Who has
  /// to know what they import reads them here.
  std::vector<base::Path> code;
  /// `import "plugin"` blocks with a `source` in a native case: programs that it wants to start.
  std::vector<base::Location> plugins;
};

/// Thread-safe. A case is placed after its mocks.
class TestDirectory {
 public:
  /// Makes `.harness/work/<manifest>/<run>/`, and `latest` beside it. Older runs that were kept are
  /// removed, but for the newest few. `manifest` must outlive the directory.
  static base::Result<std::unique_ptr<TestDirectory>> create(const Manifest& manifest,
                                                             const base::System& system);
  /// Removes the directory, unless keep() was called.
  ~TestDirectory();

  /// The root of the Sentinel test directory, absolute.
  const base::Path& path() const { return path_; }

  /// Folder for what is fetched for this run only; absolute, beside path().
  const base::Path& scratch() const { return scratch_; }

  /// Puts a mock under `mocks/`: the files of `folder` (the mock's own, or those of the mock that
  /// it extends in the end), edited where it extends. Warnings are added to `warnings`.
  base::Status add_mock(const Mock& mock, const base::Path& folder,
                        std::vector<base::Diagnostic>& warnings);

  /// Puts policy, modules, static files and the case's own file (written, or copied if native) in
  /// their places. All mocks of the case have been added.
  base::Result<PlacedCase> add_case(const Case& one);

  /// A native case where it stands in the repository: nothing is copied. What add_case() refuses is
  /// refused here, too. The built-in runtime needs no more, and a library of a thousand cases has
  /// thousands of files.
  base::Result<PlacedCase> native_in_place(const Case& one) const;

  /// Leaves the directory when this object goes.
  void keep() { keep_ = true; }

 private:
  TestDirectory(const Manifest& manifest, base::Path path, base::Path scratch, int descriptor);

  void name_cases();
  static base::Path place_of(const NamedPath& file);
  base::Status put(const base::Path& from, const base::Path& to);
  base::Result<PlacedCase> add_generated(const Case& one);

  const Manifest& manifest_;
  base::Path path_;
  base::Path scratch_;
  int descriptor_;  // holds a shared flock: other runs see that this one lives
  bool keep_ = false;
  std::map<std::string, base::Path> case_files_;    // by full name, of generated cases
  std::map<std::string, base::Path> mock_folders_;  // by mock, relative
  std::mutex mutex_;
  std::map<std::string, std::map<std::string, base::Path>> supplies_;  // by mock: import → file
  std::set<base::Path> placed_;
};

/// Makes the mock out of `folder`, which holds its own files, or those of the mock that it extends
/// in the end: its edits are done there. What it supplies comes back: import → file, relative to
/// `folder`. Warnings are added to `warnings`.
base::Result<std::map<std::string, base::Path>> make_mock(const Manifest& manifest,
                                                          const Mock& mock,
                                                          const base::Path& folder,
                                                          std::vector<base::Diagnostic>& warnings);

/// A native case where it stands in the repository, or why it may not run.
base::Result<PlacedCase> native_in_place(const Manifest& manifest, const Case& one);

/// Where a file of the repository stands in the directory, relative to it.
using PlaceOf = std::function<base::Path(const NamedPath&)>;

/// The text of a generated case file. `folder`: where it will stand, relative to the directory.
/// `supplied`: import name → file, relative to the directory; extra mocks are not among them.
std::string case_text(const Case& one, const base::Path& folder,
                      const std::map<std::string, base::Path>& supplied, const PlaceOf& place_of);

/// "private-ingress-is-allowed": a case's name as a file's.
std::string file_name_of(std::string_view case_name);

}  // namespace harness
