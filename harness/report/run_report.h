// One run as the reports see it: every format is a pure function of a RunReport. Counting is done
// here, once.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/base/diagnostic.h"
#include "plugin/policy_runtime/policy_runtime.h"

namespace harness {

enum class Verdict { Passed, Failed, Error, Skipped };

/// "passed", "failed", "error", "skipped"
std::string_view verdict_name(Verdict verdict);

/// What an Error was for the exit code.
enum class ErrorKind {
  None,
  Mock,     // a mock could not be had: exit 3
  Runtime,  // a runtime or the harness could not work: exit 4
};

/// One part of an expectation that does not hold.
struct Mismatch {
  std::string subject;     // "main", a rule's name, "result", "prints", "error"
  std::string expected;    // `true`, `to contain "open"`
  std::string actual;      // `false`, `undefined`, `not evaluated`
  std::string difference;  // lines, where one helps to see it; else empty

  bool operator==(const Mismatch&) const = default;
};

/// A mock of a case, or of the run.
struct MockReport {
  std::string name;
  std::string kind;       // "plan-export" …
  std::string shown;      // where its files are: "fixtures/network"
  std::string workspace;  // "acme/network-prod"
  std::string run;        // "run-…"
  std::string plan;
  std::string made_at;  // RFC 3339; empty where not known
  std::string digest;   // SHA-256 of the archive, where there was one
  std::optional<std::chrono::seconds> age;
  bool stale = false;                       // older than its `max-age`
  bool fetched = false;                     // in this run
  std::optional<base::Diagnostic> problem;  // it could not be had

  /// "network, fixtures/network, from run-8F5J… (acme/network-prod), 3 days old"
  std::string summary() const;
};

struct CaseReport {
  std::string policy;     // path from the repository's root: policies/restrict-ssh.sentinel
  std::string name;       // "private ingress is allowed"
  std::string full_name;  // "policies/restrict-ssh/private ingress is allowed"
  base::Location where;   // in the manifest, or the native case's file
  std::vector<std::string> tags;

  Verdict verdict = Verdict::Skipped;
  ErrorKind error_kind = ErrorKind::None;
  std::string skip_reason;
  bool cut_off = false;  // Skipped, for the run came to its time limit or was interrupted
  std::vector<Mismatch> mismatches;         // of Failed
  std::optional<base::Diagnostic> problem;  // of Error: a host failure
  std::string expected;                     // in words: "pass", "main = false"
  std::string actual;                       // "pass", "fail", "undefined", "error"; empty: not run
  bool timed_out = false;
  bool parse_error = false;

  std::string runtime;  // "builtin 1.0"; empty: not run
  std::vector<policy_runtime::RuleValue> rules;
  std::vector<std::string> prints;
  std::optional<policy_runtime::LanguageError> error;
  std::optional<base::Location> undefined_origin;
  std::vector<policy_runtime::Explanation> explanations;
  std::string explained_by;  // "builtin 1.0" where another runtime's verdict is explained by it
  std::vector<std::string> trace;
  std::vector<std::string> warnings;
  std::vector<policy_runtime::CoveredLine> coverage;

  std::vector<std::string> mocks;  // names of RunReport::mocks
  std::string again;               // the command that repeats it
  std::string by_hand;             // the same with HashiCorp's CLI, in the kept work folder
  std::chrono::microseconds duration{0};
};

/// One line: "what: why; advice"
std::string in_one_line(const base::Diagnostic& problem);

/// One line: what did not hold. "main: expected true, was false"
std::string headline(const CaseReport& item);

/// Where a reader should look first: the deciding expression, the error, the rule, else the case.
base::Location deciding_place(const CaseReport& item);

/// Why the run ends with another exit code than 0; the first decides.
struct ExitReason {
  int code = 0;
  std::string why;  // "1 case failed"

  bool operator==(const ExitReason&) const = default;
};

struct Counts {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
  std::size_t cut_off = 0;  // of those skipped
  std::size_t policies = 0;

  std::size_t all() const { return passed + failed + errors + skipped; }
};

struct RunReport {
  std::string harness_version;
  std::string runtime;     // "builtin 1.0", "sentinel 0.40.0", "sentinel 0.40.0 and builtin 1.0"
  std::string manifest;    // as shown: "tests.yaml"
  std::string started_at;  // RFC 3339, UTC
  std::chrono::microseconds duration{0};
  std::vector<MockReport> mocks;  // those used, in the manifest's order
  std::vector<CaseReport> cases;  // in the manifest's order
  std::vector<std::string> warnings;
  std::vector<base::Diagnostic> problems;  // of the run as a whole
  std::string work_folder;                 // where it was kept; empty: it was not
  std::vector<ExitReason> reasons;
  int exit_code = 0;

  Counts counts() const;
  /// Hits of every line that can run, by file, of all cases together. Empty without --coverage.
  std::map<std::string, std::map<std::uint32_t, std::uint64_t>> coverage() const;
  const MockReport* find_mock(std::string_view name) const;
  /// `problems` that no case has as its own: who shows every case has not shown these.
  std::vector<base::Diagnostic> own_problems() const;
};

/// What the verdicts alone say of the exit code, a reason for each code.
std::vector<ExitReason> reasons_of_verdicts(const RunReport& report);
/// The reason that decides comes first: signals, then 1, 3, 4. Sets `exit_code`.
void order_reasons(RunReport& report);

/// How much of the lines that can run did, in percent; nothing where none can.
struct CoverageShare {
  std::size_t covered = 0;
  std::size_t lines = 0;

  double percent() const;
  /// "87.5 % of 16 lines"
  std::string text() const;
};
CoverageShare coverage_share(
    const std::map<std::string, std::map<std::uint32_t, std::uint64_t>>& coverage);

/// "3 days", "2 hours", "just now"
std::string age_text(std::chrono::seconds age);
/// "12 ms", "0.41 s", "2 min 3 s"
std::string duration_text(std::chrono::microseconds duration);
/// A number with its noun: "1 policy", "12 policies".
std::string counted(std::size_t number, std::string_view one, std::string_view many);

}  // namespace harness
