// Who evaluates policies: HashiCorp's `sentinel` (sentinel_cli/) or our own library (in_process/).
// A runtime reports an Outcome, what it saw; only harness/run/judge.cpp makes a verdict of it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace policy_runtime {

struct RuntimeInfo {
  std::string name;     // "builtin", "sentinel"
  std::string version;  // "1.0", "0.40.0"
  base::Path program;   // of a CLI; empty for the built-in one
};

/// One case of a policy: a file in the Sentinel test directory.
struct CaseRequest {
  std::string name;      // whatever the caller calls it; not interpreted
  base::Path case_file;  // relative to the request's directory: policies/test/restrict-ssh/x.hcl
};

/// The cases of one policy. Both runtimes work on the same Sentinel test directory.
struct PolicyRequest {
  base::Path directory;  // root of the Sentinel test directory, absolute
  base::Path policy;     // relative to it: policies/restrict-ssh.sentinel
  std::vector<CaseRequest> cases;
  std::chrono::milliseconds case_timeout{60'000};
  bool explain = true;        // say which operands made a rule false (built-in only)
  bool explain_pass = false;  // and which made one true
  bool trace = false;         // every evaluated expression with its value (built-in only)
  bool coverage = false;      // built-in only
  bool network = false;       // `import "http"` may be used
};

/// A value in its JSON form (for reports and comparison) and as Sentinel prints it.
struct ShownValue {
  std::string json;
  std::string text;

  bool operator==(const ShownValue&) const = default;
};

struct RuleValue {
  std::string name;
  std::string description;
  base::Location where;
  bool undefined = false;
  ShownValue value;
};

/// One operand of the expression that decided: `r.cidr_blocks = ["0.0.0.0/0"]`, and where in which
/// mock the value stands:
/// `resource_changes["aws_security_group.web"].change.after.ingress[1].cidr_blocks`.
struct Operand {
  std::string expression;
  ShownValue value;
  std::string mock_path;  // empty: not from a mock

  bool operator==(const Operand&) const = default;
};

/// Why a rule has the value it has: the deciding expression and, below, what decided in that.
struct Explanation {
  base::Location where;
  std::string note;  // "false: element 2 of 2 is false"
  std::vector<Operand> operands;
  std::vector<Explanation> causes;
};

struct LanguageError {
  std::string message;
  std::optional<base::Location> where;
  std::vector<base::Location> calls;  // innermost first
};

struct CoveredLine {
  std::string file;
  std::uint32_t line = 0;
  std::uint64_t hits = 0;
};

/// What a runtime saw of one case.
struct Outcome {
  enum class Result { Pass, Fail, Undefined, Error };

  Result result = Result::Error;
  bool result_known = true;  // false: this CLI cannot tell undefined from false
  std::optional<ShownValue> main;
  std::vector<RuleValue> rules;     // evaluated ones, in the order of a trace
  std::vector<std::string> prints;  // a line each
  std::optional<LanguageError> error;
  bool parse_error = false;  // the policy does not parse: all its cases have this outcome
  bool timed_out = false;
  std::vector<Explanation> explanations;
  std::optional<base::Location> undefined_origin;
  std::vector<std::string> trace;  // lines
  std::vector<CoveredLine> coverage;
  std::vector<std::string> warnings;
  std::chrono::microseconds duration{0};
};

/// Thread-safe: several policies are run in parallel.
class PolicyRuntime {
 public:
  virtual ~PolicyRuntime();
  virtual const RuntimeInfo& info() const = 0;
  /// One outcome a case, in order. An error is a host failure: the runtime is missing, too old,
  /// crashed or printed what is no JSON.
  virtual base::Result<std::vector<Outcome>> run(const PolicyRequest& request,
                                                 const base::CancelToken& cancel) = 0;
};

}  // namespace policy_runtime
