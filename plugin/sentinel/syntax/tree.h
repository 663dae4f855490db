// The syntax tree. Nodes and their texts live in the Tree's arena and point at each other; nothing
// in a tree changes after parsing. Positions are byte ranges in the Tree's source.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>

#include "plugin/base/source.h"

namespace sentinel {

enum class NodeKind : std::uint8_t {
  // expressions
  IntLiteral,
  FloatLiteral,
  StringLiteral,
  ListLiteral,
  MapLiteral,
  Name,
  Unary,
  Binary,
  Empty,    // x is [not] empty
  Defined,  // x is [not] defined
  Select,   // x.name
  Index,    // x[i]
  Slice,    // x[l:h]
  Call,
  Quantifier,  // all any filter map
  FunctionLiteral,
  RuleLiteral,
  // statements
  Assign,
  If,
  Case,
  For,
  Break,
  Continue,
  Return,
  FunctionDeclaration,
  ExpressionStatement,
};

enum class UnaryOperator : std::uint8_t { Plus, Minus, Not };

enum class BinaryOperator : std::uint8_t {
  Multiply,
  Divide,
  Remainder,
  Add,
  Subtract,
  Else,
  Equal,
  NotEqual,  // ==, is; !=, is not
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
};

enum class QuantifierKind : std::uint8_t { All, Any, Filter, Map };

/// `=` is Set.
enum class AssignOperator : std::uint8_t { Set, Add, Subtract, Multiply, Divide, Remainder };

struct Node {
  NodeKind kind;
  /// Levels of nodes below this one: what a recursion over the tree costs. At most kDeepestTree.
  std::uint16_t height;
  base::Span span;  // the whole construct
  /// Where an error or a trace points (a byte offset): the name of a selector, the `[` of an index
  /// or a slice, else where the construct begins (so a binary expression's left operand, a call's
  /// callee). What is said about an operand points at that operand: the collection of a loop or
  /// quantifier, the condition of an `if`.
  std::uint32_t position;
};

inline constexpr std::uint16_t kDeepestTree = 1000;

struct Expression : Node {};
struct Statement : Node {};
using Block = std::span<Statement* const>;

struct IntLiteral : Expression {
  std::int64_t value;
};
struct FloatLiteral : Expression {
  double value;
};
struct StringLiteral : Expression {
  std::string_view value; /* escapes resolved */
};
struct ListLiteral : Expression {
  std::span<Expression* const> items;
};
struct MapLiteralEntry {
  Expression* key;
  Expression* value;
};
struct MapLiteral : Expression {
  std::span<const MapLiteralEntry> entries;
};
/// Any identifier, predeclared ones (`true`, `undefined`, `length`) included.
struct Name : Expression {
  std::string_view name;
};
struct Unary : Expression {
  UnaryOperator op;
  Expression* operand;
};
struct Binary : Expression {
  BinaryOperator op;
  Expression* left;
  Expression* right;
  base::Span op_span;
};
struct Empty : Expression {
  Expression* operand;
  bool negated;
};
struct Defined : Expression {
  Expression* operand;
  bool negated;
};
struct Select : Expression {
  Expression* base;
  std::string_view name;
  base::Span name_span;
};
struct Index : Expression {
  Expression* base;
  Expression* index;
};
struct Slice : Expression {
  Expression* base;
  Expression* low;
  Expression* high; /* null: open */
};
struct Call : Expression {
  Expression* callee;
  std::span<Expression* const> arguments;
};
struct Quantifier : Expression {
  QuantifierKind quantifier;
  Expression* collection;
  Name* first;
  Name* second;  // null: one name
  Expression* body;
};
struct Parameter {
  std::string_view name;
  base::Span span;
};
struct FunctionLiteral : Expression {
  std::span<const Parameter> parameters;
  Block body;
};
struct RuleLiteral : Expression {
  Expression* when; /* null: always */
  Expression* body;
};

struct Assign : Statement {
  AssignOperator op;
  Expression* target;  // Name or Index
  Expression* value;
  std::string_view description;  // the comment directly above, for rules; without comment marks
};
struct If : Statement {
  Expression* condition;
  Block then_body;
  Block else_body; /* `else if`: one If in it */
};
struct CaseClause {
  std::span<Expression* const> values; /* empty: else */
  Block body;
  base::Span span;
};
struct Case : Statement {
  Expression* subject; /* null: true */
  std::span<const CaseClause> clauses;
};
struct For : Statement {
  Expression* collection;
  Name* first;
  Name* second; /* null: one name */
  Block body;
};
struct Break : Statement {};
struct Continue : Statement {};
struct Return : Statement {
  Expression* value;
};
struct FunctionDeclaration : Statement {
  std::string_view name;
  base::Span name_span;
  FunctionLiteral* function;
};
struct ExpressionStatement : Statement {
  Expression* expression;
};

struct ImportDeclaration {
  std::string_view path;  // "tfplan/v2"
  std::string_view name;  // the identifier it is bound to
  base::Span span;
  base::Span path_span;
  base::Span name_span;  // of the alias, or of the path
};

struct ParameterDeclaration {
  std::string_view name;
  base::Span span;
  base::Span name_span;
  Expression* default_value;  // null: required. A constant expression
  std::string_view description;
};

/// A parsed policy, module or mock. Immutable; shared between threads.
struct Tree {
  base::SourcePtr source;
  std::string_view description;  // the first comments of the file
  std::span<const ImportDeclaration> imports;
  std::span<const ParameterDeclaration> parameters;
  Block statements;
  std::shared_ptr<std::pmr::monotonic_buffer_resource> arena;
};

using TreePtr = std::shared_ptr<const Tree>;

}  // namespace sentinel
