// Program + inputs → outcome: one evaluation of one policy, on the calling thread. Evaluations of
// shared programs and shared data may run in parallel. Sections: Sentinel specification, "Program
// execution"; the verdict of a `main` that is no boolean: language documentation, "main".
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plugin/base/cancel.h"
#include "plugin/base/diagnostic.h"
#include "plugin/base/system.h"
#include "plugin/sentinel/eval/explanation.h"
#include "plugin/sentinel/resolve/resolve.h"
#include "plugin/sentinel/value/value.h"

namespace sentinel {

/// A value that lives in somebody's arena, with what keeps that arena alive. Lists and maps in it
/// must be frozen: evaluations share them.
struct OwnedValue {
  Value value;
  std::shared_ptr<const void> owner;
};

struct NamedValue {
  std::string name;
  OwnedValue value;
};

/// What `import "path"` gives, where it is not (or not only) a standard import.
struct ImportBinding {
  enum class Kind {
    Data,      // a mock of pure data: a map whose entries are the members
    Module,    // a module, or a mock that is code: evaluated once per evaluation
    Static,    // `import "static"`: plain data, itself a value, entered by longer paths too
    Standard,  // a standard import with a configuration
    Refused,   // importing it is a language error: external plugins, what could not be read
  };
  std::string path;  // as a policy writes it: "tfplan/v2"
  Kind kind = Kind::Data;
  OwnedValue data;      // Data, Static; Standard: the configuration, a map
  ProgramPtr module;    // Module
  std::string refusal;  // Refused: the message
};

/// Hitting one is a language error.
struct Limits {
  std::uint32_t depth = 500;  // calls, as documented
  std::uint64_t steps = UINT64_MAX;
  std::size_t memory = std::size_t{2} << 30U;   // bytes of what the evaluation itself makes
  std::size_t prints = std::size_t{64} << 20U;  // bytes of printed text
  std::optional<std::chrono::milliseconds> time;
};

/// What to record beyond rules and prints. All off costs nothing.
struct Observe {
  bool explanation = false;  // of a main that does not pass, and of rules that are false
  bool trace = false;        // every evaluated expression with its value
  bool coverage = false;
};

struct Inputs {
  ProgramPtr policy;
  std::vector<ImportBinding> imports;  // unique paths; they go before standard imports
  std::vector<NamedValue> parameters;
  std::vector<NamedValue> globals;
  Limits limits;
  base::CancelToken cancel;
  bool allow_network = false;
  Observe observe;
};

/// A rule that was evaluated (wholly or until it failed).
struct RuleResult {
  std::string name;
  std::string description;
  base::Location where;      // of the assignment
  std::uint32_t offset = 0;  // of the same, in bytes from 0
  bool in_policy = true;     // false: a module's
  bool failed = false;       // evaluating it ended in the error
  Value value;               // undefined: the rule's value is
};

struct EvaluationError {
  enum class Kind {
    Language,          // the policy's fault
    MissingParameter,  // `requires value for parameter x`
    Limit,             // depth, steps, memory, printed text
    Timeout,           // limits.time
    Cancelled,         // the token was pulled
  };
  Kind kind = Kind::Language;
  std::string message;  // without position
  std::optional<base::Location> where;
  std::vector<base::Location> calls;  // where the functions that were running were called
};

struct CoveredLine {
  std::string file;
  std::uint32_t line = 0;
  std::uint64_t hits = 0;

  bool operator==(const CoveredLine&) const = default;
};

/// What an evaluation came to. Its values stay good as long as the outcome (or a copy) lives.
struct Outcome {
  enum class Result { Pass, Fail, Undefined, Error };

  Result result = Result::Error;
  Value main;                       // undefined also where there was an error
  std::vector<RuleResult> rules;    // `main` first, then in the order they were begun
  std::vector<std::string> prints;  // one a call; may hold line ends
  std::optional<EvaluationError> error;
  std::optional<base::Location> undefined_origin;  // of main: where the undefined was made
  std::vector<Explanation> explanations;
  std::vector<std::string> trace;      // lines
  std::vector<CoveredLine> coverage;   // every line that holds something to run
  std::shared_ptr<const void> memory;  // owns the values
};

Outcome evaluate(const Inputs& inputs, const base::System& system);

/// `param` declarations of a program, in order.
struct ParameterInfo {
  std::string name;
  std::string description;
  base::Location where;  // of the name
  bool required = false;
};
std::vector<ParameterInfo> parameters(const Program& program);

/// The description of a policy: the first comments of its file.
std::string description(const Program& program);

}  // namespace sentinel
