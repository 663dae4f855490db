// The manifest, `tests.yaml`, as a checked model: read_manifest() takes the file and gives a
// Manifest in which every name is known, every file exists, every merge is done and every `each`
// is expanded, or says all that is wrong with it, each problem with its place.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "plugin/base/config_tree.h"
#include "plugin/base/diagnostic.h"
#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace harness {

/// `terraform:`. Where plan exports come from.
struct Terraform {
  std::string hostname;      // "app.terraform.io" where neither hostname nor address is given
  std::string address;       // "http://127.0.0.1:8080"; empty: https://<hostname>
  std::string organization;  // empty where not given
  base::Location where;
};

enum class RuntimeChoice { Auto, Cli, Builtin, Both };

/// `sentinel:`.
struct Sentinel {
  RuntimeChoice runtime = RuntimeChoice::Auto;
  std::string version;  // ">= 0.26, < 1.0"; empty: any. Syntax checked
  std::optional<base::Location> version_where;
};

/// A file or folder that the manifest names. It exists.
struct NamedPath {
  base::Path path;      // absolute, links resolved, inside the repository (or allowed outside)
  std::string written;  // relative to the repository's root where it is inside, for messages
  base::Location where;
};

// The kinds of mock. Each says its key in the manifest, whether it is recorded (kept under
// `fixtures` and in the lock), and the file or folder of the repository that it is made of: null,
// where its files come from elsewhere.

/// `plan-export:`. Exactly one of workspace, run, plan and url is given.
struct PlanExportMock {
  static constexpr std::string_view kName = "plan-export";
  static constexpr bool kRecorded = true;
  const NamedPath* reads() const { return nullptr; }

  enum class Select { LatestPlanned, LatestApplied };

  std::string organization;  // of `workspace`: the manifest's, or written as `acme/network-prod`
  std::string workspace;
  std::string run;
  std::string plan;
  std::string url;
  Select select = Select::LatestPlanned;
  bool plan_only = false;  // speculative runs count too
};

struct ArchiveMock {
  static constexpr std::string_view kName = "archive";
  static constexpr bool kRecorded = false;
  const NamedPath* reads() const { return &file; }

  NamedPath file;
};

struct DirectoryMock {
  static constexpr std::string_view kName = "directory";
  static constexpr bool kRecorded = false;
  const NamedPath* reads() const { return &folder; }

  NamedPath folder;
};

struct PlanJsonMock {
  static constexpr std::string_view kName = "plan-json";
  static constexpr bool kRecorded = false;
  const NamedPath* reads() const { return &file; }

  NamedPath file;
};

struct ExecMock {
  static constexpr std::string_view kName = "exec";
  static constexpr bool kRecorded = true;
  const NamedPath* reads() const { return nullptr; }

  std::vector<std::string> command;  // not empty; run in the manifest's folder
};

/// `extends:`. The named mock exists and the chain ends in one of another kind.
struct ExtendsMock {
  static constexpr std::string_view kName = "extends";
  static constexpr bool kRecorded = false;
  const NamedPath* reads() const { return nullptr; }

  std::string base;
};

/// One edit of a derived mock.
struct Patch {
  enum class Action { Set, Append, Remove, RemoveResource };

  std::string import;
  std::string resource;  // an address or a glob over addresses; empty: the path starts at the top
  Action action = Action::Set;
  std::string path;        // empty for RemoveResource
  base::ConfigNode value;  // of Set and Append
  base::Location where;
};

struct Keep {
  bool automatic = false;              // `keep: auto`
  std::vector<std::string> imports;    // empty: all
  std::vector<std::string> resources;  // globs over addresses; empty: all
};

struct Redact {
  std::vector<std::string> attributes;
  std::vector<std::string> patterns;  // RE2, compiled once already
};

/// An import that a mock supplies from a file in its folder.
struct MockImport {
  std::string name;
  std::string file;  // relative to the mock's folder, stays in it
  base::Location where;
};

struct Mock {
  using Kind =
      std::variant<PlanExportMock, ArchiveMock, DirectoryMock, PlanJsonMock, ExecMock, ExtendsMock>;

  std::string name;  // [A-Za-z0-9][A-Za-z0-9._-]*
  base::Location where;
  Kind kind;
  std::vector<Patch> patches;
  std::optional<Keep> keep;
  std::optional<Redact> redact;
  std::optional<std::chrono::seconds> max_age;
  std::vector<MockImport> imports;
  std::vector<std::string> allow_secrets;  // ADDRESS.ATTRIBUTE

  /// Kept under `fixtures` and in the lock: plan-export and exec.
  bool recorded() const;
  /// "plan-export", "archive", "directory", "plan-json", "exec" or "extends".
  std::string_view kind_name() const;
  /// The file or folder of the repository that it is made of; null where there is none.
  const NamedPath* reads() const;
};

/// One text to look for in prints or in an error's message.
struct TextExpectation {
  enum class How { Contains, NotContains, Matches, Equals };

  How how = How::Contains;
  std::string text;  // Matches: RE2, known to compile
  base::Location where;
};

struct RuleExpectation {
  std::string name;
  base::ConfigNode value;
  base::Location where;
};

/// What a case expects; all that is given must hold. `result` alone stands for the one-word forms.
struct Expectation {
  enum class Result { Pass, Fail, Undefined, Error };

  std::optional<Result> result;  // a case that says nothing expects Pass
  std::vector<RuleExpectation> rules;
  std::vector<TextExpectation> prints;
  std::vector<TextExpectation> error;
  bool wants_error = false;  // `error:` or `result: error`; else an error fails the case
  base::Location where;
};

/// A name with a value for `params` and `globals`.
struct NamedValue {
  std::string name;
  base::ConfigNode value;
  base::Location where;
};

/// A name with a file, for `modules` and `static`.
struct NamedFile {
  std::string name;
  NamedPath file;
};

/// An entry of `extra-mocks`: a file of Sentinel code, or data.
struct ExtraMock {
  std::string name;
  std::variant<NamedPath, base::ConfigNode> source;
  base::Location where;
};

/// One case, after merging (defaults, policy, case) and after expanding `each`.
struct Case {
  NamedPath policy;                // `.written`: policies/restrict-ssh.sentinel
  std::string name;                // "private ingress is allowed"; of a native case its file's name
  std::string full_name;           // "policies/restrict-ssh/private ingress is allowed"; unique
  base::Location where;            // in the manifest
  std::vector<std::string> mocks;  // names of Manifest::mocks, each once
  std::vector<NamedValue> params;
  std::vector<NamedValue> globals;
  std::vector<NamedFile> modules;
  std::vector<NamedFile> statics;
  std::vector<ExtraMock> extra_mocks;
  std::vector<std::string> tags;  // each once
  std::optional<std::string> skip;
  Expectation expect;

  /// A case of the repository's own, found by `sentinel-tests`: its .hcl or .json file. Then the
  /// file alone says mocks, params and what to expect; only `tags` come from the manifest.
  std::optional<NamedPath> native;
};

/// A `sentinel-tests:` entry; its cases stand among Manifest::cases.
struct SentinelTests {
  NamedPath folder;
  std::vector<std::string> tags;
  std::vector<std::string> exclude;  // globs over paths relative to `folder`
};

struct Manifest {
  base::Path file;             // absolute
  base::Path folder;           // of the file; relative paths start here
  base::Path root;             // the repository's
  bool allow_outside = false;  // as ManifestOptions said
  std::string display;         // the file's name for messages, relative to the working directory
  std::optional<Terraform> terraform;
  Sentinel sentinel;
  base::Path fixtures;      // absolute; need not exist
  std::vector<Mock> mocks;  // in the manifest's order
  std::vector<Case> cases;  // in the manifest's order, included files in place
  /// What a case without any settings of its own is given: by each `policy` entry, and by
  /// `defaults` alone (`policy` empty). For commands that run a policy on other plans.
  std::vector<Case> settings;
  std::vector<SentinelTests> sentinel_tests;
  std::vector<base::Path> files;  // the manifest and all that it includes, absolute

  /// Null where there is no such mock.
  const Mock* find_mock(std::string_view name) const;
  /// The mock at the end of the `extends` chain of `mock`: itself where it extends nothing.
  const Mock& origin(const Mock& mock) const;
};

struct ManifestOptions {
  bool allow_outside = false;    // paths may leave the repository
  base::Path working_directory;  // file names in messages are relative to it
};

/// Reads and checks the manifest and what it includes. Nothing is fetched, run or written. Every
/// problem is added to `problems`; a Manifest comes back where there was none.
std::optional<Manifest> read_manifest(const base::Path& file, const ManifestOptions& options,
                                      std::vector<base::Diagnostic>& problems);

/// `tests.yaml` in `folder` or the nearest parent that has one, up to the repository's root.
base::Result<base::Path> find_manifest(const base::Path& folder);

}  // namespace harness
