#include "plugin/sentinel/syntax/parser.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "plugin/sentinel/syntax/lexer.h"
#include "plugin/sentinel/syntax/literal.h"

namespace sentinel {
namespace {

constexpr std::size_t kMostErrors = 12;

/// How tightly a binary operator binds, 0 where a token is none.
int level_of(TokenKind kind) {
  switch (kind) {
  case TokenKind::Multiply:
  case TokenKind::Divide:
  case TokenKind::Remainder:
    return 6;
  case TokenKind::Add:
  case TokenKind::Subtract:
    return 5;
  case TokenKind::Else:
    return 4;
  case TokenKind::Equal:
  case TokenKind::NotEqual:
  case TokenKind::Less:
  case TokenKind::LessEqual:
  case TokenKind::Greater:
  case TokenKind::GreaterEqual:
  case TokenKind::Is:
  case TokenKind::Matches:
  case TokenKind::Contains:
  case TokenKind::In:
  case TokenKind::Not:  // `not in`, `not contains`, `not matches`
    return 3;
  case TokenKind::And:
    return 2;
  case TokenKind::Or:
  case TokenKind::Xor:
    return 1;
  default:
    return 0;
  }
}

BinaryOperator operator_of(TokenKind kind) {
  switch (kind) {
  case TokenKind::Multiply:
    return BinaryOperator::Multiply;
  case TokenKind::Divide:
    return BinaryOperator::Divide;
  case TokenKind::Remainder:
    return BinaryOperator::Remainder;
  case TokenKind::Add:
    return BinaryOperator::Add;
  case TokenKind::Subtract:
    return BinaryOperator::Subtract;
  case TokenKind::Else:
    return BinaryOperator::Else;
  case TokenKind::NotEqual:
    return BinaryOperator::NotEqual;
  case TokenKind::Less:
    return BinaryOperator::Less;
  case TokenKind::LessEqual:
    return BinaryOperator::LessEqual;
  case TokenKind::Greater:
    return BinaryOperator::Greater;
  case TokenKind::GreaterEqual:
    return BinaryOperator::GreaterEqual;
  case TokenKind::Matches:
    return BinaryOperator::Matches;
  case TokenKind::Contains:
    return BinaryOperator::Contains;
  case TokenKind::In:
    return BinaryOperator::In;
  case TokenKind::And:
    return BinaryOperator::And;
  case TokenKind::Or:
    return BinaryOperator::Or;
  case TokenKind::Xor:
    return BinaryOperator::Xor;
  default:
    return BinaryOperator::Equal;
  }
}

std::optional<AssignOperator> assign_operator_of(TokenKind kind) {
  switch (kind) {
  case TokenKind::Assign:
    return AssignOperator::Set;
  case TokenKind::AddAssign:
    return AssignOperator::Add;
  case TokenKind::SubtractAssign:
    return AssignOperator::Subtract;
  case TokenKind::MultiplyAssign:
    return AssignOperator::Multiply;
  case TokenKind::DivideAssign:
    return AssignOperator::Divide;
  case TokenKind::RemainderAssign:
    return AssignOperator::Remainder;
  default:
    return std::nullopt;
  }
}

/// Recursive descent, a function per construct. The first error of a statement is thrown up to the
/// file level (as a Panic), which goes on at the next line that begins in column 1.
class Parser {
 public:
  explicit Parser(base::SourcePtr source)
      : tree_(std::make_shared<Tree>()), text_(source->text()), lexer_(source->text(), &comments_) {
    tree_->source = std::move(source);
    tree_->arena = std::make_shared<std::pmr::monotonic_buffer_resource>(
        std::clamp<std::size_t>(text_.size(), 1024, std::size_t{1} << 20U));
  }

  ParseResult run();

 private:
  struct Panic {};

  // tokens
  void advance();
  Token peek(int ahead = 1) const;
  bool is(TokenKind kind) const { return token_.kind == kind; }
  bool accept(TokenKind kind);
  Token expect(TokenKind kind, std::string_view expected);
  void close(TokenKind kind, base::Span opened, std::string_view expected);
  void end_statement();
  std::string_view text_of(base::Span span) const {
    return text_.substr(span.begin, span.end - span.begin);
  }
  bool is_word(const Token& token, std::string_view word) const {
    return token.kind == TokenKind::Identifier && text_of(token.span) == word;
  }
  std::string found() const;

  // errors
  void report(base::Span span, std::string what, std::string advice = {});
  [[noreturn]] void fail(base::Span span, std::string what, std::string advice = {});
  [[noreturn]] void fail_expecting(std::string_view expected, std::string advice = {});
  void recover(std::uint32_t begin, std::size_t statements);

  // nodes
  template <class T>
  T* make(NodeKind kind, std::uint32_t begin, std::uint32_t position);
  template <class T>
  T* make(NodeKind kind, std::uint32_t begin) {
    return make<T>(kind, begin, begin);
  }
  void hold(Node& node, const Node* child);
  void hold(Node& node, std::span<Statement* const> block);
  template <class T>
  std::span<T> keep(std::vector<T>& scratch, std::size_t from);
  std::string_view keep(std::string_view text);

  /// Counts a level of recursion.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > kDeepestTree) parser_.fail_too_deep();
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --parser_.depth_; }

   private:
    Parser& parser_;
  };
  [[noreturn]] void fail_too_deep();

  // the file
  ImportDeclaration import_declaration();
  ParameterDeclaration parameter_declaration();
  void check_constant(const Expression* value);
  std::string_view description_above(std::uint32_t begin);
  std::string_view description_of_file(std::uint32_t begin);
  using Comments = std::vector<base::Span>::const_iterator;
  std::string_view description(Comments from, Comments to);

  // statements
  Statement* statement();
  Block block();
  Block clause_body();
  Statement* simple_statement();
  Statement* if_statement();
  Statement* case_statement();
  Statement* for_statement();
  Statement* return_statement();
  Statement* function_declaration();

  // expressions
  Expression* expression();
  Expression* binary(int least);
  Expression* unary();
  Expression* postfix();
  Expression* selected();
  Expression* operand();
  Expression* int_literal(bool negative);
  Expression* float_literal();
  Expression* string_literal();
  std::string_view string_value();
  Expression* list_literal();
  Expression* map_literal();
  Expression* call(Expression* callee, std::uint32_t begin);
  Expression* index_or_slice(Expression* base, std::uint32_t begin);
  Expression* quantifier();
  Expression* rule_literal();
  FunctionLiteral* function_rest(std::uint32_t begin);
  Name* name(std::string_view expected);

  std::shared_ptr<Tree> tree_;
  std::string_view text_;
  std::vector<base::Span> comments_;
  Lexer lexer_;
  Token token_;
  std::uint32_t last_end_ = 0;  // of the token before
  std::uint32_t depth_ = 0;
  std::uint32_t functions_ = 0;  // function bodies around here
  std::uint32_t loops_ = 0;      // `for` bodies around here, in the innermost function
  std::uint32_t blocks_ = 0;     // braces of statements around here
  std::vector<base::Diagnostic> errors_;
  // What is being collected, as stacks: the innermost construct's is at the end.
  std::vector<Expression*> expressions_;
  std::vector<MapLiteralEntry> entries_;
  std::vector<Statement*> statements_;
  std::vector<CaseClause> clauses_;
  std::vector<Parameter> parameters_;
};

// ---- tokens

void Parser::advance() {
  last_end_ = token_.span.end;
  token_ = lexer_.next();
  if (is(TokenKind::Error)) {
    const LexicalError error = lexer_.error();
    fail(error.span, error.what, error.advice);
  }
}

Token Parser::peek(int ahead) const {
  Lexer lexer = lexer_;
  lexer.drop_comments();
  Token token;
  for (int i = 0; i < ahead; ++i)
    token = lexer.next();
  return token;
}

bool Parser::accept(TokenKind kind) {
  if (!is(kind)) return false;
  advance();
  return true;
}

Token Parser::expect(TokenKind kind, std::string_view expected) {
  if (!is(kind)) fail_expecting(expected);
  const Token token = token_;
  advance();
  return token;
}

void Parser::close(TokenKind kind, base::Span opened, std::string_view expected) {
  if (is(kind)) {
    advance();
    return;
  }
  std::string advice;
  const base::Location at = tree_->source->locate(opened);
  const bool line_ends = is(TokenKind::Semicolon) && token_.flag;
  if (line_ends && expected.find(',') != expected.npos) {
    advice = fmt::format("end the line with `,`, or write `{}` on it", spelling(kind));
  } else if (line_ends && kind != TokenKind::RightBrace) {
    advice = fmt::format("write `{}` on the line, or end it with an operator", spelling(kind));
  } else {
    advice = fmt::format("the `{}` of line {} is open here", text_of(opened), at.line);
  }
  fail_expecting(expected, std::move(advice));
}

/// A statement ends with a semicolon, or right before what closes its block.
void Parser::end_statement() {
  if (accept(TokenKind::Semicolon) || is(TokenKind::End)) return;
  if (is(TokenKind::RightBrace) && blocks_ > 0) return;
  fail_expecting("a line end");
}

std::string Parser::found() const {
  switch (token_.kind) {
  case TokenKind::End:
    return "the end of the file";
  case TokenKind::Semicolon:
    if (!token_.flag) return "`;`";
    return token_.span.begin >= text_.size() ? "the end of the file" : "a line end";
  case TokenKind::String:
  case TokenKind::RawString:
    return "a string";
  default: {
    std::string_view text = text_of(token_.span);
    if (text.size() <= 40) return fmt::format("`{}`", text);
    std::size_t cut = 40;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80)
      --cut;
    return fmt::format("`{}…`", text.substr(0, cut));
  }
  }
}

// ---- errors

void Parser::report(base::Span span, std::string what, std::string advice) {
  if (errors_.size() >= kMostErrors) return;
  base::Diagnostic error;
  error.what = std::move(what);
  error.where = tree_->source->locate(span);
  error.advice = std::move(advice);
  errors_.push_back(std::move(error));
}

void Parser::fail(base::Span span, std::string what, std::string advice) {
  report(span, std::move(what), std::move(advice));
  throw Panic{};
}

void Parser::fail_expecting(std::string_view expected, std::string advice) {
  base::Span span = token_.span;
  // What is missing belongs behind the last token, not behind its comment or on an empty last line.
  if (is(TokenKind::Semicolon) && token_.flag) span = {last_end_, last_end_ + 1};
  if (is(TokenKind::End)) {
    const auto end = static_cast<std::uint32_t>(text_.find_last_not_of(" \t\r\n") + 1);
    span = {end, end + 1};
  }
  fail(span, fmt::format("found {}, expected {}", found(), expected), std::move(advice));
}

void Parser::fail_too_deep() {
  fail(token_.span, fmt::format("nested deeper than {} levels", kDeepestTree),
       "split it into several statements");
}

/// Goes on where a line begins with a word in column 1, behind `begin`.
void Parser::recover(std::uint32_t begin, std::size_t statements) {
  depth_ = functions_ = loops_ = blocks_ = 0;
  statements_.resize(statements);
  expressions_.clear();
  entries_.clear();
  clauses_.clear();
  parameters_.clear();
  for (;;) {
    const std::uint32_t at = token_.span.begin;
    if (is(TokenKind::End)) return;
    const bool word = is(TokenKind::Identifier) || is_reserved_word(token_.kind);
    if (word && at > begin && text_[at - 1] == '\n') return;
    last_end_ = token_.span.end;
    token_ = lexer_.next();
  }
}

// ---- nodes

template <class T>
T* Parser::make(NodeKind kind, std::uint32_t begin, std::uint32_t position) {
  static_assert(std::is_trivially_destructible_v<T>);
  T* const node = new (tree_->arena->allocate(sizeof(T), alignof(T))) T{};
  node->kind = kind;
  node->span = {begin, last_end_};
  node->position = position;
  return node;
}

void Parser::hold(Node& node, const Node* child) {
  if (child == nullptr || child->height < node.height) return;
  if (child->height >= kDeepestTree) fail_too_deep();
  node.height = static_cast<std::uint16_t>(child->height + 1);
}

void Parser::hold(Node& node, std::span<Statement* const> block) {
  for (const Statement* statement : block)
    hold(node, statement);
}

template <class T>
std::span<T> Parser::keep(std::vector<T>& scratch, std::size_t from) {
  const std::size_t count = scratch.size() - from;
  if (count == 0) return {};
  T* const kept = std::pmr::polymorphic_allocator<T>(tree_->arena.get()).allocate(count);
  std::uninitialized_copy(scratch.begin() + static_cast<std::ptrdiff_t>(from), scratch.end(), kept);
  scratch.resize(from);
  return {kept, count};
}

std::string_view Parser::keep(std::string_view text) {
  if (text.empty()) return {};
  char* const kept = static_cast<char*>(tree_->arena->allocate(text.size(), 1));
  std::copy(text.begin(), text.end(), kept);
  return {kept, text.size()};
}

// ---- the file

ParseResult Parser::run() {
  // Declarations are collected in lists of their own, and take their place in the tree at the end.
  std::vector<ImportDeclaration> imports;
  std::vector<ParameterDeclaration> parameters;
  bool first = true;
  bool started = false;
  while (errors_.size() < kMostErrors) {
    std::uint32_t begin = token_.span.begin;
    const std::size_t statements = statements_.size();
    try {
      if (!started) {
        started = true;
        advance();
        begin = token_.span.begin;
      }
      if (is(TokenKind::End)) break;
      if (accept(TokenKind::Semicolon)) continue;
      if (std::exchange(first, false)) tree_->description = description_of_file(begin);
      if (is(TokenKind::Import)) {
        if (!statements_.empty() || !parameters.empty())
          report(token_.span, "found an import behind other declarations",
                 "imports come first in a file");
        imports.push_back(import_declaration());
      } else if (is(TokenKind::Param)) {
        if (!statements_.empty())
          report(token_.span, "found a parameter behind other statements",
                 "parameters come after the imports and before everything else");
        parameters.push_back(parameter_declaration());
      } else {
        Statement* const made = statement();
        statements_.push_back(made);
      }
      end_statement();
    } catch (const Panic&) {
      recover(begin, statements);
    }
  }
  ParseResult result;
  result.errors = std::move(errors_);
  if (!result.errors.empty()) return result;
  tree_->imports = keep(imports, 0);
  tree_->parameters = keep(parameters, 0);
  tree_->statements = keep(statements_, 0);
  result.tree = std::move(tree_);
  return result;
}

ImportDeclaration Parser::import_declaration() {
  const std::uint32_t begin = token_.span.begin;
  advance();
  ImportDeclaration out{};
  out.path_span = token_.span;
  if (!is(TokenKind::String) && !is(TokenKind::RawString))
    fail_expecting("the name of an import in quotes");
  out.path = string_value();
  if (accept(TokenKind::As)) {
    out.name_span = token_.span;
    out.name = text_of(expect(TokenKind::Identifier, "a name for the import").span);
  } else {
    out.name_span = out.path_span;
    out.name = out.path;
    if (!is_identifier(out.path))
      report(out.path_span, fmt::format("import `{}` needs a name of its own", out.path),
             "add `as` and a name: its path cannot be one");
  }
  out.span = {begin, last_end_};
  return out;
}

ParameterDeclaration Parser::parameter_declaration() {
  const std::uint32_t begin = token_.span.begin;
  advance();
  ParameterDeclaration out{};
  out.description = description_above(begin);
  out.name_span = token_.span;
  out.name = text_of(expect(TokenKind::Identifier, "the name of a parameter").span);
  if (accept(TokenKind::Default)) {
    out.default_value = expression();
    check_constant(out.default_value);
  }
  out.span = {begin, last_end_};
  return out;
}

void Parser::check_constant(const Expression* value) {
  switch (value->kind) {
  case NodeKind::IntLiteral:
  case NodeKind::FloatLiteral:
  case NodeKind::StringLiteral:
    return;
  case NodeKind::Name: {
    const std::string_view name = static_cast<const Name*>(value)->name;
    if (name == "true" || name == "false") return;
    break;
  }
  case NodeKind::Unary: {
    const auto* const unary = static_cast<const Unary*>(value);
    const NodeKind inner = unary->operand->kind;
    if (unary->op != UnaryOperator::Not &&
        (inner == NodeKind::IntLiteral || inner == NodeKind::FloatLiteral))
      return;
    break;
  }
  case NodeKind::ListLiteral:
    for (const Expression* item : static_cast<const ListLiteral*>(value)->items)
      check_constant(item);
    return;
  case NodeKind::MapLiteral:
    for (const MapLiteralEntry& entry : static_cast<const MapLiteral*>(value)->entries) {
      check_constant(entry.key);
      check_constant(entry.value);
    }
    return;
  default:
    break;
  }
  report(value->span, "found an expression, expected a constant as a parameter's default",
         "a string, a number, `true`, `false`, or a list or map of those");
}

/// The comments that end on the line above `begin`.
std::string_view Parser::description_above(std::uint32_t begin) {
  const auto own_line = [&](std::uint32_t at) {
    while (at > 0 && (text_[at - 1] == ' ' || text_[at - 1] == '\t' || text_[at - 1] == '\r' ||
                      text_[at - 1] == ';'))
      --at;
    return at == 0 || text_[at - 1] == '\n' || (at == 3 && text_.starts_with("\xef\xbb\xbf"));
  };
  if (!own_line(begin)) return {};
  const auto after = std::lower_bound(
      comments_.begin(), comments_.end(), begin,
      [](const base::Span& comment, std::uint32_t at) { return comment.begin < at; });
  auto from = after;
  for (std::uint32_t below = begin; from != comments_.begin();) {
    const base::Span comment = *(from - 1);
    const std::string_view gap = text_.substr(comment.end, below - comment.end);
    if (gap.find_first_not_of(" \t\r\n;") != std::string_view::npos) break;
    if (std::count(gap.begin(), gap.end(), '\n') != 1 || !own_line(comment.begin)) break;
    below = comment.begin;
    --from;
  }
  return description(from, after);
}

/// The first comments of a file, up to an empty line or the statement at `begin`: HashiCorp's
/// sample of `sentinel test -json` has a blank line between them and what follows.
std::string_view Parser::description_of_file(std::uint32_t begin) {
  auto to = comments_.cbegin();
  for (std::uint32_t end = 0; to != comments_.cend() && to->begin < begin; ++to) {
    const std::string_view gap = text_.substr(end, to->begin - end);
    if (to != comments_.cbegin() && std::count(gap.begin(), gap.end(), '\n') > 1) break;
    end = to->end;
  }
  return description(comments_.cbegin(), to);
}

/// Comments without their marks; lines are kept.
std::string_view Parser::description(Comments from, Comments to) {
  std::string out;
  const auto add_line = [&](std::string_view line) {
    while (line.ends_with(' ') || line.ends_with('\t') || line.ends_with('\r'))
      line.remove_suffix(1);
    if (line.starts_with(' ')) line.remove_prefix(1);
    out += line;
    out += '\n';
  };
  for (; from != to; ++from) {
    std::string_view comment = text_of(*from);
    if (!comment.starts_with("/*")) {
      add_line(comment.substr(comment.starts_with('#') ? 1 : 2));
      continue;
    }
    comment = comment.substr(2, comment.size() - 4);
    while (!comment.empty()) {
      const std::size_t end = std::min(comment.find('\n'), comment.size());
      std::string_view line = comment.substr(0, end);
      const std::size_t text = line.find_first_not_of(" \t");
      line.remove_prefix(std::min(text, line.size()));
      if (line.starts_with('*')) line.remove_prefix(1);
      add_line(line);
      comment.remove_prefix(std::min(end + 1, comment.size()));
    }
  }
  const std::size_t first = out.find_first_not_of('\n');
  if (first == std::string::npos) return {};
  out.resize(out.find_last_not_of('\n') + 1);
  return keep(std::string_view(out).substr(first));
}

// ---- statements

Statement* Parser::statement() {
  const Level level(*this);
  switch (token_.kind) {
  case TokenKind::If:
    return if_statement();
  case TokenKind::Case:
    return case_statement();
  case TokenKind::For:
    return for_statement();
  case TokenKind::Break:
  case TokenKind::Continue: {
    const bool is_break = is(TokenKind::Break);
    const base::Span span = token_.span;
    if (loops_ == 0) report(span, fmt::format("found `{}` outside a `for`", text_of(span)));
    advance();
    if (is_break) return make<Break>(NodeKind::Break, span.begin);
    return make<Continue>(NodeKind::Continue, span.begin);
  }
  case TokenKind::Return:
    return return_statement();
  case TokenKind::Func:
    if (peek().kind == TokenKind::Identifier) return function_declaration();
    return simple_statement();
  case TokenKind::And:
  case TokenKind::Or:
  case TokenKind::Xor:
  case TokenKind::Else:
  case TokenKind::In:
  case TokenKind::Is:
  case TokenKind::Contains:
  case TokenKind::Matches:
  case TokenKind::Multiply:
  case TokenKind::Divide:
  case TokenKind::Remainder:
  case TokenKind::Dot:
    fail_expecting("a statement", fmt::format("a line goes on below if `{}` stands at its end",
                                              spelling(token_.kind)));
  default:
    return simple_statement();
  }
}

/// `{ … }`, the braces included.
Block Parser::block() {
  const Token open = expect(TokenKind::LeftBrace, "`{`");
  const std::size_t from = statements_.size();
  ++blocks_;
  while (!is(TokenKind::RightBrace)) {
    if (is(TokenKind::End)) close(TokenKind::RightBrace, open.span, "`}`");
    if (accept(TokenKind::Semicolon)) continue;
    Statement* const made = statement();
    statements_.push_back(made);
    end_statement();
  }
  --blocks_;
  advance();
  return keep(statements_, from);
}

/// The statements of a `when` or `else`, up to the next or the closing brace.
Block Parser::clause_body() {
  const std::size_t from = statements_.size();
  while (!is(TokenKind::RightBrace) && !is(TokenKind::When) && !is(TokenKind::Else) &&
         !is(TokenKind::End)) {
    if (accept(TokenKind::Semicolon)) continue;
    Statement* const made = statement();
    statements_.push_back(made);
    end_statement();
  }
  return keep(statements_, from);
}

Statement* Parser::simple_statement() {
  const std::uint32_t begin = token_.span.begin;
  Expression* const left = expression();
  const auto op = assign_operator_of(token_.kind);
  if (!op) {
    auto* const out = make<ExpressionStatement>(NodeKind::ExpressionStatement, begin);
    out->expression = left;
    hold(*out, left);
    return out;
  }
  if (left->kind == NodeKind::Select) {
    const auto* const select = static_cast<const Select*>(left);
    report(select->name_span, "found an assignment to a selector",
           fmt::format("write `[\"{}\"]` to set an entry of a map", select->name));
  } else if ((left->kind != NodeKind::Name && left->kind != NodeKind::Index) ||
             text_[begin] == '(') {
    report({begin, last_end_}, "found an expression, expected a name or an index before `=`",
           is(TokenKind::Assign) ? "a comparison is written `==` or `is`" : "");
  }
  advance();
  Expression* const value = expression();
  auto* const out = make<Assign>(NodeKind::Assign, begin);
  out->op = *op;
  out->target = left;
  out->value = value;
  if (value->kind == NodeKind::RuleLiteral) out->description = description_above(begin);
  hold(*out, left);
  hold(*out, value);
  return out;
}

Statement* Parser::if_statement() {
  const std::uint32_t begin = token_.span.begin;
  advance();
  Expression* const condition = expression();
  const Block then_body = block();
  Block else_body;
  if (accept(TokenKind::Else)) {
    if (is(TokenKind::If)) {
      Statement* const inner = statement();
      const std::size_t from = statements_.size();
      statements_.push_back(inner);
      else_body = keep(statements_, from);
    } else if (is(TokenKind::LeftBrace)) {
      else_body = block();
    } else {
      fail_expecting("`if` or `{` after `else`");
    }
  }
  auto* const out = make<If>(NodeKind::If, begin);
  out->condition = condition;
  out->then_body = then_body;
  out->else_body = else_body;
  hold(*out, condition);
  hold(*out, then_body);
  hold(*out, else_body);
  return out;
}

Statement* Parser::case_statement() {
  const std::uint32_t begin = token_.span.begin;
  advance();
  Expression* subject = nullptr;
  // A brace right behind `case` opens the clauses, unless what follows shows a map.
  if (is(TokenKind::LeftBrace)) {
    const TokenKind next = peek().kind;
    if (next != TokenKind::When && next != TokenKind::Else && next != TokenKind::RightBrace)
      subject = expression();
  } else {
    subject = expression();
  }
  const Token open = expect(TokenKind::LeftBrace, "`{`");
  const std::size_t from = clauses_.size();
  bool has_else = false;
  std::uint16_t height = 0;
  ++blocks_;
  while (!is(TokenKind::RightBrace)) {
    if (accept(TokenKind::Semicolon)) continue;
    const base::Span begins = token_.span;
    CaseClause clause{};
    Node below{};
    if (accept(TokenKind::When)) {
      const std::size_t values = expressions_.size();
      do {
        Expression* const value = expression();
        expressions_.push_back(value);
        hold(below, value);
      } while (accept(TokenKind::Comma));
      clause.values = keep(expressions_, values);
    } else if (accept(TokenKind::Else)) {
      if (std::exchange(has_else, true))
        report(begins, "found a second `else` in a `case`", "a `case` has at most one");
    } else {
      close(TokenKind::RightBrace, open.span, "`when`, `else` or `}`");
      break;
    }
    expect(TokenKind::Colon, "`:`");
    clause.body = clause_body();
    clause.span = {begins.begin, last_end_};
    hold(below, clause.body);
    height = std::max(height, below.height);
    clauses_.push_back(clause);
  }
  --blocks_;
  advance();
  auto* const out = make<Case>(NodeKind::Case, begin);
  out->subject = subject;
  out->clauses = keep(clauses_, from);
  out->height = height;
  hold(*out, subject);
  return out;
}

Statement* Parser::for_statement() {
  const std::uint32_t begin = token_.span.begin;
  advance();
  Expression* const collection = expression();
  expect(TokenKind::As, "`as`");
  Name* const first = name("a name for the element");
  Name* const second = accept(TokenKind::Comma) ? name("a name for the value") : nullptr;
  ++loops_;
  const Block body = block();
  --loops_;
  auto* const out = make<For>(NodeKind::For, begin);
  out->collection = collection;
  out->first = first;
  out->second = second;
  out->body = body;
  hold(*out, collection);
  hold(*out, first);
  hold(*out, body);
  return out;
}

Statement* Parser::return_statement() {
  const base::Span span = token_.span;
  if (functions_ == 0) report(span, "found `return` outside a function");
  advance();
  if (is(TokenKind::Semicolon) || is(TokenKind::RightBrace))
    fail_expecting("the value to return", "a function always returns a value: `return undefined`");
  Expression* const value = expression();
  auto* const out = make<Return>(NodeKind::Return, span.begin);
  out->value = value;
  hold(*out, value);
  return out;
}

Statement* Parser::function_declaration() {
  const std::uint32_t begin = token_.span.begin;
  if (blocks_ > 0)
    report(token_.span, "found a function declaration inside a block",
           "write `name = func(…) { … }` here: declarations stand at the outermost level");
  advance();
  const base::Span name_span = token_.span;
  advance();
  FunctionLiteral* const function = function_rest(begin);
  auto* const out = make<FunctionDeclaration>(NodeKind::FunctionDeclaration, begin);
  out->name = text_of(name_span);
  out->name_span = name_span;
  out->function = function;
  hold(*out, function);
  return out;
}

// ---- expressions

Expression* Parser::expression() {
  const Level level(*this);
  return binary(1);
}

Expression* Parser::binary(int least) {
  const std::uint32_t begin = token_.span.begin;
  Expression* left = unary();
  for (;;) {
    const int level = level_of(token_.kind);
    if (level < least || level == 0) return left;
    base::Span op_span = token_.span;
    BinaryOperator op = operator_of(token_.kind);
    if (is(TokenKind::Is)) {
      advance();
      if (is(TokenKind::Not)) {
        op = BinaryOperator::NotEqual;
        op_span.end = token_.span.end;
        advance();
      }
    } else if (is(TokenKind::Not)) {
      advance();
      op_span.end = token_.span.end;
      switch (token_.kind) {
      case TokenKind::In:
        op = BinaryOperator::NotIn;
        break;
      case TokenKind::Contains:
        op = BinaryOperator::NotContains;
        break;
      case TokenKind::Matches:
        op = BinaryOperator::NotMatches;
        break;
      default:
        fail_expecting("`in`, `contains` or `matches` after `not`");
      }
      advance();
    } else {
      advance();
    }
    Expression* const right = binary(level + 1);
    auto* const out = make<Binary>(NodeKind::Binary, begin);
    out->op = op;
    out->left = left;
    out->right = right;
    out->op_span = op_span;
    hold(*out, left);
    hold(*out, right);
    left = out;
  }
}

Expression* Parser::unary() {
  UnaryOperator op{};
  switch (token_.kind) {
  case TokenKind::Add:
    op = UnaryOperator::Plus;
    break;
  case TokenKind::Subtract:
    op = UnaryOperator::Minus;
    break;
  case TokenKind::Bang:
  case TokenKind::Not:
    op = UnaryOperator::Not;
    break;
  default:
    return postfix();
  }
  const Level level(*this);
  const std::uint32_t begin = token_.span.begin;
  advance();
  // The smallest int has no literal of its own.
  if (op == UnaryOperator::Minus && is(TokenKind::Int) &&
      text_of(token_.span) == "9223372036854775808") {
    Expression* const least = int_literal(true);
    least->span.begin = least->position = begin;
    return least;
  }
  Expression* const operand = unary();
  auto* const out = make<Unary>(NodeKind::Unary, begin);
  out->op = op;
  out->operand = operand;
  hold(*out, operand);
  return out;
}

/// An operand with its selectors, and `is [not] empty` or `is [not] defined` behind it.
Expression* Parser::postfix() {
  const std::uint32_t begin = token_.span.begin;
  Expression* const inner = selected();
  if (!is(TokenKind::Is)) return inner;
  Token next = peek();
  const bool negated = next.kind == TokenKind::Not;
  if (negated) next = peek(2);
  if (next.kind == TokenKind::Empty) {
    advance();
    if (negated) advance();
    advance();
    auto* const out = make<Empty>(NodeKind::Empty, begin);
    out->operand = inner;
    out->negated = negated;
    hold(*out, inner);
    return out;
  }
  if (!is_word(next, "defined")) return inner;
  advance();
  if (negated) advance();
  advance();
  auto* const out = make<Defined>(NodeKind::Defined, begin);
  out->operand = inner;
  out->negated = negated;
  hold(*out, inner);
  return out;
}

Expression* Parser::selected() {
  const std::uint32_t begin = token_.span.begin;
  Expression* out = operand();
  for (;;) {
    switch (token_.kind) {
    case TokenKind::Dot: {
      advance();
      const base::Span name_span = token_.span;
      expect(TokenKind::Identifier, "a name after `.`");
      auto* const select = make<Select>(NodeKind::Select, begin, name_span.begin);
      select->base = out;
      select->name = text_of(name_span);
      select->name_span = name_span;
      hold(*select, out);
      out = select;
      break;
    }
    case TokenKind::LeftBracket:
      out = index_or_slice(out, begin);
      break;
    case TokenKind::LeftParen:
      out = call(out, begin);
      break;
    default:
      return out;
    }
  }
}

Expression* Parser::index_or_slice(Expression* base, std::uint32_t begin) {
  const Token open = token_;
  advance();
  Expression* low = nullptr;
  if (!is(TokenKind::Colon)) {
    low = expression();
    if (!is(TokenKind::Colon)) {
      close(TokenKind::RightBracket, open.span, "`]` or `:`");
      auto* const out = make<Index>(NodeKind::Index, begin, open.span.begin);
      out->base = base;
      out->index = low;
      hold(*out, base);
      hold(*out, low);
      return out;
    }
  }
  advance();
  Expression* const high = is(TokenKind::RightBracket) ? nullptr : expression();
  close(TokenKind::RightBracket, open.span, "`]`");
  auto* const out = make<Slice>(NodeKind::Slice, begin, open.span.begin);
  out->base = base;
  out->low = low;
  out->high = high;
  hold(*out, base);
  hold(*out, low);
  hold(*out, high);
  return out;
}

Expression* Parser::call(Expression* callee, std::uint32_t begin) {
  const Token open = token_;
  advance();
  const std::size_t from = expressions_.size();
  while (!is(TokenKind::RightParen)) {
    Expression* const argument = expression();
    expressions_.push_back(argument);
    if (!accept(TokenKind::Comma)) break;
  }
  close(TokenKind::RightParen, open.span, "`,` or `)`");
  auto* const out = make<Call>(NodeKind::Call, begin);
  out->callee = callee;
  out->arguments = keep(expressions_, from);
  hold(*out, callee);
  for (const Expression* argument : out->arguments)
    hold(*out, argument);
  return out;
}

Expression* Parser::operand() {
  switch (token_.kind) {
  case TokenKind::Identifier:
    return name("an expression");
  case TokenKind::Int:
    return int_literal(false);
  case TokenKind::Float:
    return float_literal();
  case TokenKind::String:
  case TokenKind::RawString:
    return string_literal();
  case TokenKind::LeftBracket:
    return list_literal();
  case TokenKind::LeftBrace:
    return map_literal();
  case TokenKind::LeftParen: {
    const Token open = token_;
    advance();
    Expression* const inner = expression();
    close(TokenKind::RightParen, open.span, "`)`");
    return inner;
  }
  case TokenKind::All:
  case TokenKind::Any:
  case TokenKind::Filter:
  case TokenKind::Map:
    return quantifier();
  case TokenKind::Rule:
    return rule_literal();
  case TokenKind::Func: {
    const std::uint32_t begin = token_.span.begin;
    advance();
    if (is(TokenKind::Identifier))
      fail_expecting("`(`", "a function inside an expression has no name");
    return function_rest(begin);
  }
  case TokenKind::Semicolon:
    if (token_.flag) fail_expecting("an expression");
    [[fallthrough]];
  default:
    fail_expecting("an expression",
                   is_reserved_word(token_.kind)
                       ? fmt::format("`{}` is a reserved word", spelling(token_.kind))
                       : std::string());
  }
}

Name* Parser::name(std::string_view expected) {
  const base::Span span = token_.span;
  if (!is(TokenKind::Identifier) && is_reserved_word(token_.kind))
    fail_expecting(expected, fmt::format("`{}` is a reserved word", spelling(token_.kind)));
  expect(TokenKind::Identifier, expected);
  auto* const out = make<Name>(NodeKind::Name, span.begin);
  out->name = text_of(span);
  return out;
}

Expression* Parser::int_literal(bool negative) {
  const base::Span span = token_.span;
  const auto value = int_value(text_of(span), negative);
  if (!value)
    report(span, fmt::format("integer `{}` does not fit 64 bits", text_of(span).substr(0, 40)),
           "the largest is 9223372036854775807");
  advance();
  auto* const out = make<IntLiteral>(NodeKind::IntLiteral, span.begin);
  out->value = value.value_or(0);
  return out;
}

Expression* Parser::float_literal() {
  const base::Span span = token_.span;
  advance();
  auto* const out = make<FloatLiteral>(NodeKind::FloatLiteral, span.begin);
  out->value = float_value(text_of(span));
  return out;
}

/// Resolves the string at hand and goes past it.
std::string_view Parser::string_value() {
  const Token token = token_;
  std::string_view inside = text_of({token.span.begin + 1, token.span.end - 1});
  std::string resolved;
  std::string_view out = inside;
  if (token.kind == TokenKind::RawString) {
    // As in Go: so that a file means the same with either kind of line ends.
    if (inside.find('\r') != std::string_view::npos) {
      resolved = inside;
      std::erase(resolved, '\r');
      out = keep(resolved);
    }
  } else if (token.flag) {
    if (const auto problem = resolve_escapes(inside, resolved)) {
      const auto at = token.span.begin + 1 + static_cast<std::uint32_t>(problem->begin);
      report({at, at + static_cast<std::uint32_t>(problem->length)}, problem->what,
             problem->advice);
    }
    out = keep(resolved);
  }
  advance();
  return out;
}

Expression* Parser::string_literal() {
  const std::uint32_t begin = token_.span.begin;
  const std::string_view value = string_value();
  auto* const out = make<StringLiteral>(NodeKind::StringLiteral, begin);
  out->value = value;
  return out;
}

Expression* Parser::list_literal() {
  const Token open = token_;
  advance();
  const std::size_t from = expressions_.size();
  while (!is(TokenKind::RightBracket)) {
    Expression* const item = expression();
    expressions_.push_back(item);
    if (!accept(TokenKind::Comma)) break;
  }
  close(TokenKind::RightBracket, open.span, "`,` or `]`");
  auto* const out = make<ListLiteral>(NodeKind::ListLiteral, open.span.begin);
  out->items = keep(expressions_, from);
  for (const Expression* item : out->items)
    hold(*out, item);
  return out;
}

Expression* Parser::map_literal() {
  const Token open = token_;
  advance();
  const std::size_t from = entries_.size();
  while (!is(TokenKind::RightBrace)) {
    Expression* const key = expression();
    expect(TokenKind::Colon, "`:` and the value of this key");
    Expression* const value = expression();
    entries_.push_back({key, value});
    if (!accept(TokenKind::Comma)) break;
  }
  close(TokenKind::RightBrace, open.span, "`,` or `}`");
  auto* const out = make<MapLiteral>(NodeKind::MapLiteral, open.span.begin);
  out->entries = keep(entries_, from);
  for (const MapLiteralEntry& entry : out->entries) {
    hold(*out, entry.key);
    hold(*out, entry.value);
  }
  return out;
}

Expression* Parser::quantifier() {
  const Token word = token_;
  if (peek().kind == TokenKind::Assign) {
    advance();
    fail_expecting("an expression", fmt::format("`{}` is a reserved word", spelling(word.kind)));
  }
  advance();
  Expression* const collection = expression();
  expect(TokenKind::As, "`as`");
  Name* const first = name("a name for the element");
  Name* const second = accept(TokenKind::Comma) ? name("a name for the value") : nullptr;
  const Token open = expect(TokenKind::LeftBrace, "`{`");
  Expression* const body = expression();
  accept(TokenKind::Semicolon);
  close(TokenKind::RightBrace, open.span, "`}`");
  auto* const out = make<Quantifier>(NodeKind::Quantifier, word.span.begin);
  switch (word.kind) {
  case TokenKind::All:
    out->quantifier = QuantifierKind::All;
    break;
  case TokenKind::Any:
    out->quantifier = QuantifierKind::Any;
    break;
  case TokenKind::Filter:
    out->quantifier = QuantifierKind::Filter;
    break;
  default:
    out->quantifier = QuantifierKind::Map;
    break;
  }
  out->collection = collection;
  out->first = first;
  out->second = second;
  out->body = body;
  hold(*out, collection);
  hold(*out, first);
  hold(*out, body);
  return out;
}

Expression* Parser::rule_literal() {
  const std::uint32_t begin = token_.span.begin;
  advance();
  Expression* const when = accept(TokenKind::When) ? expression() : nullptr;
  const Token open = expect(TokenKind::LeftBrace, "`{`");
  Expression* const body = expression();
  accept(TokenKind::Semicolon);
  close(TokenKind::RightBrace, open.span, "`}`");
  auto* const out = make<RuleLiteral>(NodeKind::RuleLiteral, begin);
  out->when = when;
  out->body = body;
  hold(*out, when);
  hold(*out, body);
  return out;
}

/// Parameters and body, behind `func` and the name.
FunctionLiteral* Parser::function_rest(std::uint32_t begin) {
  const Token open = expect(TokenKind::LeftParen, "`(`");
  const std::size_t from = parameters_.size();
  std::unordered_set<std::string_view> seen;
  while (!is(TokenKind::RightParen)) {
    const Name* const parameter = name("the name of a parameter");
    if (!seen.insert(parameter->name).second)
      report(parameter->span, fmt::format("found parameter `{}` twice", parameter->name));
    parameters_.push_back({parameter->name, parameter->span});
    if (!accept(TokenKind::Comma)) break;
  }
  close(TokenKind::RightParen, open.span, "`,` or `)`");
  const auto parameters = keep(parameters_, from);
  const std::uint32_t loops = std::exchange(loops_, 0);
  ++functions_;
  const Block body = block();
  --functions_;
  loops_ = loops;
  auto* const out = make<FunctionLiteral>(NodeKind::FunctionLiteral, begin);
  out->parameters = parameters;
  out->body = body;
  hold(*out, body);
  return out;
}

}  // namespace

ParseResult parse(base::SourcePtr source) {
  if (source->text().size() >= std::numeric_limits<std::uint32_t>::max()) {
    base::Diagnostic error;
    error.what = "file is 4 GiB or larger";
    error.where = base::Location{source->name()};
    return {nullptr, {error}};
  }
  return Parser(std::move(source)).run();
}

}  // namespace sentinel
