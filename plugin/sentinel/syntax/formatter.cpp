// The tree says what a construct is, the tokens say how it was written: the printer walks the tree
// and takes the tokens one after the other, so that none is lost. Comments are put out before the
// first token that follows them.
#include "plugin/sentinel/syntax/formatter.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/sentinel/syntax/lexer.h"

namespace sentinel {
namespace {

/// A token or comment and the lines it stands on.
struct Piece {
  TokenKind kind = TokenKind::End;
  base::Span span;
  std::uint32_t first_line = 0;
  std::uint32_t last_line = 0;
};

/// A line of output: cells that stand in columns, as long as no section begins.
struct Line {
  int indent = 0;
  bool blank_above = false;
  bool section = false;  // its cells have nothing to do with the line above
  bool several = false;  // holds a line end (a raw string, a comment)
  std::vector<std::string> cells{""};
  std::vector<std::size_t> widths;
};

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
  }));
}

/// Gives each cell from `column` on the width of its column. A column goes over neighbouring lines
/// that have a cell behind it.
void align(std::span<Line> lines, std::size_t column) {
  for (std::size_t i = 0; i < lines.size();) {
    if (lines[i].cells.size() <= column + 1) {
      ++i;
      continue;
    }
    std::size_t end = i;
    std::size_t most = 0;
    for (; end < lines.size() && lines[end].cells.size() > column + 1; ++end)
      most = std::max(most, width(lines[end].cells[column]));
    for (std::size_t each = i; each < end; ++each)
      lines[each].widths.push_back(most + 1);
    align(lines.subspan(i, end - i), column + 1);
    i = end;
  }
}

class Printer {
 public:
  explicit Printer(const Tree& tree) : tree_(tree), text_(tree.source->text()) { read_pieces(); }

  std::string print();

 private:
  // pieces
  void read_pieces();
  std::string_view text_of(const Piece& piece) const {
    return text_.substr(piece.span.begin, piece.span.end - piece.span.begin);
  }
  const Piece& next() const { return tokens_[at_]; }
  bool is(TokenKind kind) const { return next().kind == kind; }
  bool on_new_line() const { return next().first_line > last_line_; }
  std::uint32_t column(const Piece& piece) const;
  bool comment_before(std::uint32_t offset) const {
    return comment_ < comments_.size() && comments_[comment_].span.begin < offset;
  }
  /// Whether the source from the next token to `end` stands on one line and stays there.
  bool stays_on_line(std::uint32_t end) const;
  std::size_t size_until(std::uint32_t end) const;
  std::size_t piece_at(std::uint32_t offset) const;

  // output
  void token();
  void comments();
  void comment(const Piece& piece);
  void put(std::string_view text);
  void open_line(bool blank);
  void blank() { blank_ = true; }
  /// The next piece begins a line; an empty line of the source is kept.
  void line(bool section = true) {
    line_ = true;
    section_ = section_ || section;
  }
  /// A line end after an operator and the like: kept, with what follows one level deeper.
  bool kept_break() {
    if (!on_new_line()) return false;
    ++indent_;
    line();
    return true;
  }
  std::string finish();

  // constructs
  void import_declaration();
  void parameter_declaration(const ParameterDeclaration& parameter);
  void statements(Block block);
  void statement(const Statement& node);
  void block(Block block, bool may_stay);
  void close_block();
  void case_statement(const Case& node);
  void expression(const Expression& node, bool flat = false);
  void bare_expression(const Expression& node, bool flat);
  void binary(const Binary& node, bool flat);
  template <class Items, class PrintItem, class SizeItem>
  void items(const Items& all, PrintItem print_item, SizeItem size_item);
  void list(std::span<Expression* const> all);
  void map(std::span<const MapLiteralEntry> entries);
  void function(const FunctionLiteral& node);
  void body(const Expression& node, bool flat);
  void names(bool two);

  const Tree& tree_;
  std::string_view text_;
  std::vector<Piece> tokens_;  // without semicolons; End is last
  std::vector<Piece> comments_;
  std::size_t at_ = 0;
  std::size_t comment_ = 0;

  std::vector<Line> lines_;
  int indent_ = 0;
  // Between the last piece and the next:
  bool line_ = false;
  bool section_ = false;
  bool blank_ = false;
  std::uint32_t last_line_ = 0;  // of the source, where the last piece ended
  TokenKind last_ = TokenKind::End;
  /// Comments before `when` or `else`: those in its column stand at its level.
  bool clause_follows_ = false;
};

// ---- pieces

void Printer::read_pieces() {
  std::vector<base::Span> comments;
  Lexer lexer(text_, &comments);
  std::uint32_t at = 0;
  std::uint32_t line = 1;
  const auto advance = [&](std::uint32_t to) {
    line += static_cast<std::uint32_t>(std::count(text_.begin() + at, text_.begin() + to, '\n'));
    at = to;
    return line;
  };
  std::size_t seen = 0;
  for (;;) {
    const Token token = lexer.next();
    // Comments before the token; those behind an inserted semicolon come with the next one.
    for (; seen < comments.size() && comments[seen].begin < token.span.begin; ++seen) {
      Piece piece;
      piece.span = comments[seen];
      piece.first_line = advance(piece.span.begin);
      piece.last_line = advance(piece.span.end);
      comments_.push_back(piece);
    }
    if (token.kind == TokenKind::Semicolon) continue;
    Piece piece;
    piece.kind = token.kind;
    piece.span = token.span;
    piece.first_line = advance(token.span.begin);
    piece.last_line = advance(token.span.end);
    tokens_.push_back(piece);
    if (token.kind == TokenKind::End || token.kind == TokenKind::Error) return;
  }
}

std::uint32_t Printer::column(const Piece& piece) const {
  std::uint32_t begin = piece.span.begin;
  while (begin > 0 && text_[begin - 1] != '\n')
    --begin;
  return piece.span.begin - begin;
}

std::size_t Printer::piece_at(std::uint32_t offset) const {
  return static_cast<std::size_t>(
      std::lower_bound(tokens_.begin() + static_cast<std::ptrdiff_t>(at_), tokens_.end(), offset,
                       [](const Piece& piece, std::uint32_t to) { return piece.span.begin < to; }) -
      tokens_.begin());
}

/// Whether a line end between these two tokens is written too. Others are not: behind `:`, before
/// the brace of a rule and so on.
bool keeps_line_end(TokenKind before_that, const Piece& before, const Piece& after, bool defined) {
  switch (after.kind) {
  case TokenKind::RightParen:
  case TokenKind::RightBracket:
  case TokenKind::RightBrace:
    return true;
  default:
    break;
  }
  const bool suffix = after.kind == TokenKind::Empty || defined;
  switch (before.kind) {
  case TokenKind::Comma:
  case TokenKind::LeftParen:
  case TokenKind::LeftBracket:
  case TokenKind::LeftBrace:
  case TokenKind::Dot:
  case TokenKind::Bang:
  case TokenKind::Else:
  case TokenKind::Matches:
  case TokenKind::Contains:
  case TokenKind::In:
  case TokenKind::And:
  case TokenKind::Or:
  case TokenKind::Xor:
    return true;
  case TokenKind::Is:
    return after.kind != TokenKind::Not && !suffix;
  case TokenKind::Not:
    return before_that == TokenKind::Is && !suffix;
  default:
    return before.kind >= TokenKind::Add && before.kind <= TokenKind::GreaterEqual;
  }
}

bool Printer::stays_on_line(std::uint32_t end) const {
  for (std::size_t i = at_; i < tokens_.size() && tokens_[i].span.begin < end; ++i) {
    const Piece& piece = tokens_[i];
    if (piece.first_line != piece.last_line) return false;
    // Reserved words that stand behind a dot come as identifiers.
    if (piece.kind == TokenKind::If || piece.kind == TokenKind::For ||
        piece.kind == TokenKind::Case)
      return false;
    if (i == at_) continue;
    const Piece& before = tokens_[i - 1];
    const std::string_view gap = text_.substr(before.span.end, piece.span.begin - before.span.end);
    if (gap.find_first_of(";\n") == std::string_view::npos) continue;
    const bool plain = gap.find_first_not_of(" \t\r\n;") == std::string_view::npos;
    const bool empty =
        (before.kind == TokenKind::LeftBrace && piece.kind == TokenKind::RightBrace) ||
        (before.kind == TokenKind::LeftBracket && piece.kind == TokenKind::RightBracket) ||
        (before.kind == TokenKind::LeftParen && piece.kind == TokenKind::RightParen);
    if (empty && plain) continue;  // will be written `{}`
    // A comment with a line end in it, or two statements in a line, which become two lines.
    if (!plain || gap.find(';') != std::string_view::npos) return false;
    if (keeps_line_end(i > 1 ? tokens_[i - 2].kind : TokenKind::End, before, piece,
                       text_of(piece) == "defined"))
      return false;
  }
  return true;
}

/// How wide what stands up to `end` will be, about: the same before and after formatting.
std::size_t Printer::size_until(std::uint32_t end) const {
  std::size_t size = 0;
  for (std::size_t i = at_; i < tokens_.size() && tokens_[i].span.begin < end; ++i) {
    if (tokens_[i].kind != TokenKind::Comma) size += text_of(tokens_[i]).size();
  }
  return size;
}

// ---- output

void Printer::open_line(bool blank) {
  Line made;
  made.indent = indent_;
  made.blank_above = blank && !lines_.empty();
  made.section = section_;
  lines_.push_back(std::move(made));
}

void Printer::put(std::string_view text) {
  if (lines_.empty()) open_line(false);
  Line& last = lines_.back();
  last.cells.back() += text;
  if (text.find('\n') != std::string_view::npos) last.several = true;
}

void Printer::token() {
  comments();
  const Piece& piece = next();
  if (line_ || lines_.empty()) {
    open_line(piece.first_line > last_line_ + 1);
  } else if (blank_) {
    put(" ");
  }
  line_ = section_ = blank_ = false;
  std::string_view text = text_of(piece);
  if (piece.kind == TokenKind::RawString && text.find('\r') != std::string_view::npos) {
    std::string without(text);
    std::erase(without, '\r');  // means nothing: see the parser
    put(without);
  } else {
    put(text);
  }
  last_line_ = piece.last_line;
  last_ = piece.kind;
  if (piece.kind != TokenKind::End) ++at_;
}

void Printer::comments() {
  while (comment_before(next().span.begin))
    comment(comments_[comment_++]);
}

void Printer::comment(const Piece& piece) {
  std::string text;
  for (std::string_view rest = text_of(piece); !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view each = rest.substr(0, end);
    while (!each.empty() && (each.back() == ' ' || each.back() == '\t' || each.back() == '\r'))
      each.remove_suffix(1);
    text += each;
    if (end < rest.size()) text += '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const bool ends_line =
      !text.starts_with("/*") || next().first_line > piece.last_line || is(TokenKind::End);
  const bool trailing = last_line_ == piece.first_line && !lines_.empty();
  if (trailing) {
    if (ends_line) {
      lines_.back().cells.emplace_back();
    } else {
      put(" ");
    }
    put(text);
  } else {
    const int indent = indent_;
    if (clause_follows_ && column(piece) != column(next())) ++indent_;
    section_ = true;
    open_line(piece.first_line > last_line_ + 1);
    indent_ = indent;
    put(text);
    line_ = false;
  }
  last_line_ = piece.last_line;
  if (ends_line) {
    line(!trailing);
  } else {
    blank_ = true;
  }
}

std::string Printer::finish() {
  for (std::size_t i = 0; i < lines_.size();) {
    std::size_t end = i + 1;
    while (end < lines_.size() && !lines_[end].section && !lines_[end].blank_above &&
           !lines_[end].several && !lines_[end - 1].several &&
           lines_[end].indent == lines_[i].indent)
      ++end;
    align(std::span(lines_).subspan(i, end - i), 0);
    i = end;
  }
  std::string out;
  for (const Line& each : lines_) {
    if (each.blank_above) out += '\n';
    out.append(static_cast<std::size_t>(each.indent), '\t');
    for (std::size_t i = 0; i < each.cells.size(); ++i) {
      out += each.cells[i];
      if (i + 1 < each.cells.size()) out.append(each.widths[i] - width(each.cells[i]), ' ');
    }
    out += '\n';
  }
  return out;
}

// ---- constructs

std::string Printer::print() {
  for (std::size_t i = 0; i < tree_.imports.size(); ++i) {
    line(false);
    import_declaration();
  }
  for (const ParameterDeclaration& parameter : tree_.parameters) {
    line(false);
    parameter_declaration(parameter);
  }
  statements(tree_.statements);
  comments();
  return finish();
}

void Printer::import_declaration() {
  token();
  blank();
  token();
  if (!is(TokenKind::As)) return;
  blank();
  token();
  blank();
  token();
}

void Printer::parameter_declaration(const ParameterDeclaration& parameter) {
  token();
  blank();
  token();
  if (parameter.default_value == nullptr) return;
  blank();
  token();
  blank();
  expression(*parameter.default_value);
}

/// Each on a line of its own; a statement of several lines ends a section.
void Printer::statements(Block block) {
  bool several = false;
  for (const Statement* each : block) {
    line(several);
    comments();
    const std::size_t before = lines_.size();
    statement(*each);
    several = lines_.size() > before + 1 || lines_.back().several;
  }
}

void Printer::statement(const Statement& node) {
  switch (node.kind) {
  case NodeKind::Assign: {
    const auto& assign = static_cast<const Assign&>(node);
    expression(*assign.target);
    blank();
    token();
    const bool broken = kept_break();
    blank();
    expression(*assign.value);
    if (broken) --indent_;
    return;
  }
  case NodeKind::If: {
    const auto& branch = static_cast<const If&>(node);
    token();
    blank();
    expression(*branch.condition);
    blank();
    block(branch.then_body, false);
    if (!is(TokenKind::Else)) return;
    blank();
    token();
    blank();
    if (is(TokenKind::If)) {
      statement(*branch.else_body.front());
    } else {
      block(branch.else_body, false);
    }
    return;
  }
  case NodeKind::Case:
    case_statement(static_cast<const Case&>(node));
    return;
  case NodeKind::For: {
    const auto& loop = static_cast<const For&>(node);
    token();
    blank();
    expression(*loop.collection);
    names(loop.second != nullptr);
    block(loop.body, false);
    return;
  }
  case NodeKind::Return:
    token();
    blank();
    expression(*static_cast<const Return&>(node).value);
    return;
  case NodeKind::FunctionDeclaration:
    token();
    blank();
    function(*static_cast<const FunctionDeclaration&>(node).function);
    return;
  case NodeKind::ExpressionStatement:
    expression(*static_cast<const ExpressionStatement&>(node).expression);
    return;
  default:
    token();  // break, continue
    return;
  }
}

/// ` as a, b ` behind a collection.
void Printer::names(bool two) {
  blank();
  token();
  blank();
  token();
  if (two) {
    token();
    const bool broken = kept_break();
    blank();
    token();
    if (broken) --indent_;
  }
  blank();
}

/// The braces included. `may_stay`: a block of one statement that was written in one line stays so.
void Printer::block(Block block, bool may_stay) {
  token();
  if (block.empty() && !comment_before(next().span.begin)) {
    token();
    return;
  }
  if (may_stay && block.size() == 1) {
    const std::size_t close = piece_at(block.front()->span.end);
    const bool plain = block.front()->kind == NodeKind::Return ||
                       block.front()->kind == NodeKind::ExpressionStatement ||
                       block.front()->kind == NodeKind::Assign;
    if (plain && !on_new_line() && stays_on_line(tokens_[close].span.end)) {
      blank();
      statement(*block.front());
      blank();
      token();
      return;
    }
  }
  ++indent_;
  line();
  statements(block);
  close_block();
}

void Printer::close_block() {
  comments();
  --indent_;
  line();
  token();
}

void Printer::case_statement(const Case& node) {
  token();
  blank();
  if (node.subject != nullptr) {
    expression(*node.subject);
    blank();
  } else if (!comment_before(next().span.begin)) {
    put(" ");  // HashiCorp's formatter leaves two blanks here: `case  {`
  }
  token();
  if (node.clauses.empty() && !comment_before(next().span.begin)) {
    token();
    return;
  }
  ++indent_;
  for (const CaseClause& clause : node.clauses) {
    line();
    clause_follows_ = true;
    comments();
    clause_follows_ = false;
    token();
    for (std::size_t i = 0; i < clause.values.size(); ++i) {
      if (i > 0) token();
      const bool broken = kept_break();
      blank();
      expression(*clause.values[i]);
      if (broken) --indent_;
    }
    token();
    ++indent_;
    statements(clause.body);
    --indent_;
  }
  ++indent_;
  line();
  comments();
  --indent_;
  close_block();
}

void Printer::expression(const Expression& node, bool flat) {
  int parens = 0;
  int broken = 0;
  while (is(TokenKind::LeftParen) && next().span.begin < node.span.begin) {
    token();
    ++parens;
    if (kept_break()) ++broken;
  }
  bare_expression(node, flat && parens == 0);
  indent_ -= broken;
  for (; parens > 0; --parens)
    token();
}

void Printer::bare_expression(const Expression& node, bool flat) {
  switch (node.kind) {
  case NodeKind::ListLiteral:
    token();
    list(static_cast<const ListLiteral&>(node).items);
    return;
  case NodeKind::MapLiteral:
    token();
    map(static_cast<const MapLiteral&>(node).entries);
    return;
  case NodeKind::Unary: {
    const auto& unary = static_cast<const Unary&>(node);
    const bool word = is(TokenKind::Not);
    token();
    const bool broken = !word && kept_break();
    if (word) blank();
    expression(*unary.operand);
    if (broken) --indent_;
    return;
  }
  case NodeKind::Binary:
    binary(static_cast<const Binary&>(node), flat);
    return;
  case NodeKind::Empty:
  case NodeKind::Defined: {
    const auto& empty = static_cast<const Empty&>(node);  // both are alike
    expression(*(node.kind == NodeKind::Empty ? empty.operand
                                              : static_cast<const Defined&>(node).operand));
    while (next().span.begin < node.span.end) {
      blank();
      token();
    }
    return;
  }
  case NodeKind::Select: {
    expression(*static_cast<const Select&>(node).base);
    if (last_ == TokenKind::Int) blank();  // `1.x` would begin with a float
    token();
    const bool broken = kept_break();
    token();
    if (broken) --indent_;
    return;
  }
  case NodeKind::Index: {
    const auto& index = static_cast<const Index&>(node);
    expression(*index.base);
    token();
    const bool broken = kept_break();
    expression(*index.index);
    if (broken) --indent_;
    token();
    return;
  }
  case NodeKind::Slice: {
    const auto& slice = static_cast<const Slice&>(node);
    expression(*slice.base);
    token();
    const bool low_broken = kept_break();
    if (slice.low != nullptr) expression(*slice.low);
    token();
    if (slice.high != nullptr) expression(*slice.high);
    if (low_broken) --indent_;
    token();
    return;
  }
  case NodeKind::Call: {
    const auto& call = static_cast<const Call&>(node);
    expression(*call.callee);
    token();
    list(call.arguments);
    return;
  }
  case NodeKind::Quantifier: {
    const auto& quantifier = static_cast<const Quantifier&>(node);
    token();
    blank();
    expression(*quantifier.collection);
    names(quantifier.second != nullptr);
    body(*quantifier.body, false);
    return;
  }
  case NodeKind::FunctionLiteral:
    function(static_cast<const FunctionLiteral&>(node));
    return;
  case NodeKind::RuleLiteral: {
    const auto& rule = static_cast<const RuleLiteral&>(node);
    token();
    blank();
    if (rule.when != nullptr) {
      token();
      blank();
      expression(*rule.when);
      blank();
    }
    body(*rule.body, true);
    return;
  }
  default:
    // Names and literals; the smallest int is a minus and a literal.
    while (next().span.begin < node.span.end)
      token();
    return;
  }
}

/// Lines after the first are one level deeper, except right in a rule (`flat`).
void Printer::binary(const Binary& node, bool flat) {
  expression(*node.left, flat);
  blank();
  token();
  if (next().span.begin < node.op_span.end) {
    blank();
    token();
  }
  const bool broken = on_new_line();
  if (broken) {
    if (!flat) ++indent_;
    line();
  }
  blank();
  expression(*node.right, flat);
  if (broken && !flat) --indent_;
}

/// The braces of a rule or a quantifier and the one expression in them.
void Printer::body(const Expression& node, bool flat) {
  token();
  const std::size_t close = [&] {
    std::size_t at = piece_at(node.span.end);
    while (tokens_[at].kind != TokenKind::RightBrace)
      ++at;  // its own parentheses
    return at;
  }();
  if (!on_new_line() && stays_on_line(tokens_[close].span.end)) {
    blank();
    expression(node, flat);
    blank();
    token();
    return;
  }
  ++indent_;
  line();
  comments();
  expression(node, flat);
  close_block();
}

void Printer::function(const FunctionLiteral& node) {
  // `func`, or the name in a declaration.
  token();
  token();
  items(
      node.parameters, [&](const Parameter&, bool) { token(); },
      [](const Parameter&) { return std::size_t{0}; });
  blank();
  block(node.body, true);
}

/// What stands between brackets, divided by commas, and the closing bracket. Line ends of the
/// source are kept. `size_item` is the width by which neighbours are compared: those that differ
/// much do not share a column (0: the item has several lines).
template <class Items, class PrintItem, class SizeItem>
void Printer::items(const Items& all, PrintItem print_item, SizeItem size_item) {
  bool deeper = false;
  std::size_t last_size = 0;
  const auto deepen = [&] {
    if (!std::exchange(deeper, true)) ++indent_;
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t size = size_item(all[i]);
    const bool breaks = on_new_line();
    if (breaks) {
      deepen();
      // The thresholds are those of Go's formatter before 1.10.
      constexpr std::size_t kSmall = 20;
      constexpr std::size_t kRatio = 4;
      bool section = true;
      if (last_size > 0 && size > 0)
        section = (last_size > kSmall || size > kSmall) &&
                  (size * kRatio <= last_size || size >= last_size * kRatio);
      line(section);
    } else if (i > 0) {
      blank();
    }
    print_item(all[i], breaks && all.size() > 1 && size > 0);
    last_size = size;
    if (!is(TokenKind::Comma)) continue;
    const Piece& closing = tokens_[at_ + 1];
    const bool last = i + 1 == all.size();
    if (last && closing.first_line == next().last_line && next().first_line == last_line_ &&
        !comment_before(closing.span.begin)) {
      ++at_;  // a comma with nothing behind it
      continue;
    }
    token();
  }
  const bool commented = comment_before(next().span.begin);
  if (on_new_line() && (!all.empty() || commented)) {
    if (commented) {
      deepen();
      comments();
    }
    if (deeper) --indent_;
    line();
  } else {
    comments();
    if (deeper) --indent_;
  }
  blank_ = false;
  token();
}

void Printer::list(std::span<Expression* const> all) {
  items(
      all, [&](const Expression* item, bool) { expression(*item); },
      [&](const Expression* item) {
        return stays_on_line(item->span.end) ? size_until(item->span.end) : std::size_t{0};
      });
}

void Printer::map(std::span<const MapLiteralEntry> entries) {
  items(
      entries,
      [&](const MapLiteralEntry& entry, bool in_column) {
        expression(*entry.key);
        token();
        if (in_column && !line_ && !comment_before(next().span.begin)) {
          comments();
          lines_.back().cells.emplace_back();
        } else {
          blank();
        }
        expression(*entry.value);
      },
      [&](const MapLiteralEntry& entry) {
        return stays_on_line(entry.value->span.end) ? size_until(entry.key->span.end)
                                                    : std::size_t{0};
      });
}

}  // namespace

std::string format(const Tree& tree) {
  return Printer(tree).print();
}

FormatResult format(base::SourcePtr source) {
  ParseResult parsed = parse(std::move(source));
  if (!parsed.tree) return {{}, std::move(parsed.errors)};
  return {format(*parsed.tree), {}};
}

}  // namespace sentinel
