// The resolved program: what the evaluator walks. A compact tree whose names are places.
//
// A frame holds the variables of one run of a function, a rule body or the package (the file
// itself): parameters first, then what it assigns, then the names of its loops and quantifiers,
// which are scopes of the language but no frames. Frames of functions and rules know the frame they
// were made in.
//
// Scope in Sentinel is partly decided while running: an assignment changes the nearest binding that
// exists *then*, and makes one in its own scope otherwise. Where the resolver can prove which one
// that is, the place is fixed; else the node lists the candidates, innermost first, and a slot that
// is not set yet holds the mark `unset`.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugin/sentinel/resolve/resolve.h"
#include "plugin/sentinel/value/arena.h"
#include "plugin/sentinel/value/value.h"

namespace sentinel {

/// What a slot holds before its first assignment. Never a value that a program sees.
inline Value unset() {
  return Value::module(nullptr);
}
inline bool is_unset(const Value& value) {
  return value.is(Kind::Module) && value.as_module() == nullptr;
}

namespace code {

enum class Op : std::uint8_t {
  Constant,
  UndefinedLiteral,
  FrozenLiteral,  // a constant list or map that is evaluated once: only its header is made
  ListLiteral,
  MapLiteral,
  Local,    // a slot of this frame
  Outer,    // a slot of a frame further out, not the package's
  Package,  // a slot of the package's frame
  Free,     // a global of the host, a built-in function, or nothing
  Import,
  Not,
  Plus,
  Minus,
  Multiply,
  Divide,
  Remainder,
  Add,
  Subtract,
  Else,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Matches,
  NotMatches,
  Contains,
  NotContains,
  In,
  NotIn,
  And,
  Or,
  Xor,
  IsEmpty,
  IsNotEmpty,
  IsDefined,
  IsNotDefined,
  Select,
  SelectImport,  // a member of an import
  Index,
  IndexName,  // x["name"], a Select node
  Slice,
  Call,
  CallMember,  // x.name(…)
  CallImport,  // a function of an import
  All,
  Any,
  Filter,
  MapTo,
  Function,
  Rule,
};
constexpr std::size_t kOps = static_cast<std::size_t>(Op::Rule) + 1;

/// What the operands of arithmetic and of an order are: for the common pairs the walker has
/// functions of their own, which ask nothing about where an operand stands.
enum class Operands : std::uint8_t {
  Any,
  LocalLocal,  // two slots of this frame
  LocalInt,    // a slot of this frame and a constant int
  LocalAny,
  AnyInt,
};
constexpr std::size_t kOperands = static_cast<std::size_t>(Operands::AnyInt) + 1;

/// Where the walker's function for an expression stands in its table.
constexpr std::uint16_t row_of(Op op, Operands operands) {
  return static_cast<std::uint16_t>(static_cast<std::size_t>(operands) * kOps +
                                    static_cast<std::size_t>(op));
}

enum class StatementOp : std::uint8_t {
  Assign,       // to one place
  AssignChain,  // to the first candidate that is set
  AssignIndex,
  If,
  Case,
  For,
  Break,
  Continue,
  Return,
  Evaluate,
};
constexpr std::size_t kStatementOps = static_cast<std::size_t>(StatementOp::Evaluate) + 1;

/// Byte offsets in the program's source.
struct Expression {
  Op op;
  std::uint16_t row = 0;  // see row_of
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t position = 0;  // where an error or a trace points
};

struct Statement {
  StatementOp op;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t position = 0;
};

using Block = std::span<const Statement* const>;
using Expressions = std::span<const Expression* const>;

/// Constant, FrozenLiteral.
struct Constant : Expression {
  Value value;
};
struct ListLiteral : Expression {
  Expressions items;
};
struct MapEntryCode {
  const Expression* key;
  const Expression* value;
};
struct MapLiteral : Expression {
  std::span<const MapEntryCode> entries;
};

/// Local, Outer, Package, Free, Import: one reading of a name.
struct Name : Expression {
  std::uint16_t depth = 0;  // Outer: how many frames out
  std::uint32_t slot = 0;   // Import: number in Program::imports; Free: in Program::free_names
  std::string_view name;
  const Name* otherwise = nullptr;  // the next candidate, where the slot is not set
};

struct Unary : Expression {
  const Expression* operand;
};
struct Binary : Expression {
  const Expression* left;
  const Expression* right;
  /// Matches: number of a constant pattern in Program::patterns, +1; 0: the pattern varies.
  std::uint32_t pattern = 0;
};

struct Select : Expression {
  const Expression* base;
  std::string_view name;
  std::uint32_t guess = 0;          // its number among Program::selections
  std::uint32_t name_position = 0;  // of an IndexName
};
struct SelectImport : Expression {
  std::uint32_t import;
  std::uint32_t site;  // number of this member among Program::sites
  std::string_view name;
};
struct Index : Expression {
  const Expression* base;
  const Expression* index;
  std::uint32_t guess = 0;  // its number among Program::selections
};
struct Slice : Expression {
  const Expression* base;
  const Expression* low;   // null: open
  const Expression* high;  // null: open
};

struct Call : Expression {
  const Expression* callee;
  Expressions arguments;
};
struct CallMember : Expression {
  const Expression* base;
  std::string_view name;
  std::uint32_t guess = 0;
  Expressions arguments;
  std::uint32_t member_position;
};
struct CallImport : Expression {
  std::uint32_t import;
  std::uint32_t site;
  std::string_view name;
  Expressions arguments;
};

/// Iteration names, and the slots that a loop's scope clears when it is entered.
struct Scope {
  std::uint32_t first_slot = 0;
  std::uint32_t slots = 0;
};

struct Quantifier : Expression {
  const Expression* collection;
  const Expression* body;
  Scope scope;  // the names: first_slot, and first_slot + 1 where there are two
  bool two_names = false;
};

struct Function : Expression {
  std::string_view name;  // of a declaration or of the variable it is assigned to; may be empty
  std::uint32_t parameters = 0;
  std::uint32_t slots = 0;
  bool captured = false;  // functions or rules made inside keep its frame
  Block body;
  const Expression* only = nullptr;  // of a body that is just `return only`
};

struct Rule : Expression {
  std::string_view name;         // what it is assigned to; empty: evaluated in place
  std::string_view description;  // the comment above
  std::uint32_t assignment = 0;  // offset of the assignment, which traces name
  std::uint32_t number = 0;      // among the program's rules
  std::uint32_t slots = 0;
  bool captured = false;
  const Expression* when = nullptr;
  const Expression* body = nullptr;
};

struct Place {
  enum class Where : std::uint8_t { Local, Outer, Package };
  Where where = Where::Local;
  std::uint16_t depth = 0;
  std::uint32_t slot = 0;
};

/// Assign, AssignChain.
struct Assign : Statement {
  Place place;                        // Assign
  std::span<const Place> candidates;  // AssignChain: innermost first
  const Expression* value;            // `x op= y` is resolved as `x = x op (y)`
};
struct AssignIndex : Statement {
  const Expression* base;
  const Expression* index;
  const Expression* value;
  Op operation = Op::Constant;  // an arithmetic operator for `x[i] op= y`
};
struct If : Statement {
  const Expression* condition;
  Block then_body;
  Block else_body;
};
struct CaseClause {
  Expressions values;  // empty: else
  Block body;
};
struct Case : Statement {
  const Expression* subject;  // null: true
  std::span<const CaseClause> clauses;
};
struct For : Statement {
  const Expression* collection;
  Scope scope;
  bool two_names = false;
  Block body;
};
/// Return, Evaluate.
struct Simple : Statement {
  const Expression* value;
};

}  // namespace code

struct ProgramImport {
  std::string_view path;
  std::string_view name;
  std::uint32_t position;  // of the alias, or of the path
};

struct ProgramParameter {
  std::string_view name;
  std::string_view description;
  std::uint32_t position;  // of the name
  std::uint32_t slot;
  const code::Expression* default_value;  // null: required
};

struct Program {
  TreePtr tree;  // owns the texts
  Arena arena;   // nodes and constants
  std::vector<ProgramImport> imports;
  std::vector<ProgramParameter> parameters;
  std::vector<std::string_view> slots;                          // names of the package's variables
  std::unordered_map<std::string_view, std::uint32_t> members;  // the same, by name
  std::uint32_t frame_slots = 0;             // those, and the names of loops at the top
  std::vector<std::string_view> free_names;  // what the host or the built-ins must supply
  std::vector<std::string_view> patterns;    // constant regular expressions
  std::uint32_t sites = 0;                   // members of imports that are mentioned
  std::uint32_t selections = 0;              // `x.name`, `x["name"]`, `x[i]` that are mentioned
  std::vector<const code::Rule*> rules;
  code::Block body;
  /// Regular expressions, by number, once an evaluation has compiled them.
  mutable std::mutex compiled_mutex;
  mutable std::vector<std::shared_ptr<const void>> compiled;
};

}  // namespace sentinel
