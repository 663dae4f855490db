// HCL's native syntax. Documentation: HCL, "HCL Native Syntax Specification"; Sentinel,
// configuration.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <utility>

#include "plugin/sentinel/config/document.h"
#include "plugin/sentinel/config/hcl_expression.h"
#include "plugin/sentinel/config/text.h"

namespace sentinel {
namespace {

using base::ConfigEntry;
using base::ConfigNode;
using base::Span;
using Kind = HclExpression::Kind;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_word(char c) {
  return is_word_start(c) || is_digit(c) || c == '-';
}

class Reader {
 public:
  explicit Reader(const base::SourcePtr& source) : source_(source), text_(source->text()) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  void read(std::vector<ConfigBlock>& blocks) {
    while (true) {
      skip_lines();
      if (at_end()) return;
      blocks.push_back(read_top_block());
    }
  }

 private:
  static std::uint32_t offset(std::size_t at) { return static_cast<std::uint32_t>(at); }
  Span here() const { return {offset(at_), offset(std::min(at_ + 1, text_.size()))}; }
  bool at_end() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool starts_with(std::string_view word) const { return text_.substr(at_).starts_with(word); }

  [[noreturn]] void fail(std::string what, Span span, std::string advice) const {
    fail_hcl(*source_, std::move(what), span, std::move(advice));
  }

  /// What stands at the reading position, for "found …, expected …".
  std::string found() const {
    if (at_end()) return "the end of the file";
    const char c = peek();
    if (c == '\n' || c == '\r') return "the end of the line";
    if (is_word_start(c)) {
      std::size_t end = at_;
      while (end < text_.size() && is_word(text_[end]))
        ++end;
      return '`' + shorten(text_.substr(at_, end - at_)) + '`';
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return "a control character";
    return std::string("`") + c + '`';
  }

  [[noreturn]] void fail_expected(std::string_view expected) const {
    fail("found " + found() + ", expected " + std::string(expected), here(), {});
  }

  // Spaces and comments; line ends stay. A `//` or `#` comment ends before its line end.
  void skip_spaces() {
    while (!at_end()) {
      const char c = peek();
      if (c == ' ' || c == '\t' || (c == '\r' && peek(1) == '\n')) {
        ++at_;
      } else if (c == '#' || (c == '/' && peek(1) == '/')) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == '/' && peek(1) == '*') {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) {
          fail("the comment is not closed", {offset(at_), offset(at_ + 2)}, "close it with `*/`");
        }
        at_ = end + 2;
      } else {
        return;
      }
    }
  }

  /// One more value or block: all of them are bounded.
  void count() {
    if (budget_.values == 0) {
      fail("the file holds more than " + std::to_string(kMostConfigurationValues) + " values",
           here(), {});
    }
    --budget_.values;
  }

  void skip_lines() {
    skip_spaces();
    while (!at_end() && peek() == '\n') {
      ++at_;
      skip_spaces();
    }
  }

  std::string_view read_word(Span& span) {
    const std::size_t begin = at_;
    while (!at_end() && is_word(peek()))
      ++at_;
    span = {offset(begin), offset(at_)};
    check_utf8(begin);
    return text_.substr(begin, at_ - begin);
  }

  /// What was read since `begin`. Comments may hold any bytes.
  void check_utf8(std::size_t begin) const {
    if (const auto bad = find_invalid_utf8(text_.substr(begin, at_ - begin))) {
      fail("the text is not UTF-8", {offset(begin + *bad), offset(begin + *bad + 1)},
           "save the file as UTF-8 text");
    }
  }

  struct Head {
    std::string name;
    Span name_span;
    std::vector<BlockLabel> labels;
  };

  /// The labels of a block and its `{`.
  void read_labels(Head& head) {
    while (true) {
      skip_spaces();
      if (peek() == '{' && !at_end()) {
        ++at_;
        return;
      }
      BlockLabel label;
      if (peek() == '"') {
        HclExpression text = read_quoted();
        if (text.kind != Kind::Literal || text.literal.kind != ConfigNode::Kind::String) {
          fail("a label is no template", text.span, "`$${` is a literal `${`");
        }
        label = {std::move(text.literal.text), text.span};
      } else if (!at_end() && is_word_start(peek())) {
        label.text = read_word(label.span);
      } else {
        fail_expected(head.labels.empty() ? "`=`, a label or `{`" : "a label or `{`");
      }
      head.labels.push_back(std::move(label));
    }
  }

  ConfigBlock read_top_block() {
    if (!is_word_start(peek())) fail_expected("a block");
    Head head;
    head.name = read_word(head.name_span);
    skip_spaces();
    if (peek() == '=') {
      fail("`" + head.name + "` is set outside a block", head.name_span,
           "settings stand in a block, as in `param \"" + head.name + "\" { value = … }`");
    }
    read_labels(head);
    ConfigBlock block;
    block.type = std::move(head.name);
    block.source = source_;
    block.span = {head.name_span.begin,
                  head.labels.empty() ? head.name_span.end : head.labels.back().span.end};
    block.labels = std::move(head.labels);
    block.body = read_body(head.name_span);
    block.origins.assign(block.body.entries.size(), source_);
    end_of_line("a block");
    return block;
  }

  void end_of_line(std::string_view after) {
    skip_spaces();
    if (at_end()) return;
    if (peek() != '\n') fail_expected("the end of the line after " + std::string(after));
    ++at_;
  }

  /// The inside of a block, behind its `{`, and its `}`.
  ConfigNode read_body(Span opener) {
    const Depth depth(*this);
    count();
    ConfigNode body;
    std::unordered_map<std::string, Span> keys;
    body.kind = ConfigNode::Kind::Map;
    body.span.begin = offset(at_ - 1);
    skip_spaces();
    const bool one_line = !at_end() && peek() != '\n';
    while (true) {
      skip_lines();
      if (at_end()) fail("the block is not closed", opener, "close it with `}`");
      if (peek() == '}') {
        ++at_;
        body.span.end = offset(at_);
        return body;
      }
      if (!is_word_start(peek())) {
        if (peek() == '"') {
          fail("found a text, expected the name of a setting", here(),
               "names of settings are written without quotes");
        }
        fail_expected("a setting or `}`");
      }
      if (one_line && !body.entries.empty()) {
        fail("a block on one line may hold one setting only", here(),
             "put each setting on its own line");
      }
      Head head;
      head.name = read_word(head.name_span);
      skip_spaces();
      ConfigEntry entry;
      entry.key = head.name;
      entry.key_span = head.name_span;
      if (peek() == '=' && !at_end()) {
        ++at_;
        skip_spaces();
        entry.value = read_constant();
      } else {
        if (one_line) {
          fail("a block on one line may not hold another block", head.name_span,
               "put the inner block on its own line");
        }
        read_labels(head);
        entry.value = read_body(head.name_span);
        // `module "x" { … }` inside a block: labels become levels.
        for (auto label = head.labels.rbegin(); label != head.labels.rend(); ++label) {
          ConfigNode outer;
          outer.kind = ConfigNode::Kind::Map;
          outer.span = entry.value.span;
          outer.entries.push_back({label->text, label->span, std::move(entry.value)});
          entry.value = std::move(outer);
        }
      }
      check_new(keys, entry);
      body.entries.push_back(std::move(entry));
      skip_spaces();
      if (at_end()) fail("the block is not closed", opener, "close it with `}`");
      if (peek() == '}' && one_line) continue;
      if (peek() != '\n') {
        if (one_line) {
          fail("a block on one line may hold one setting only", here(),
               "put each setting on its own line");
        }
        fail_expected("the end of the line after the value of `" + body.entries.back().key + "`");
      }
      if (one_line) fail_expected("`}` on the line of `{`");
    }
  }

  void check_new(std::unordered_map<std::string, Span>& keys, const ConfigEntry& entry) const {
    const auto [first, is_new] = keys.emplace(entry.key, entry.key_span);
    if (is_new) return;
    fail("`" + entry.key + "` is set twice", entry.key_span,
         "it was set on line " + std::to_string(source_->locate(first->second).line));
  }

  /// Counts nesting.
  class Depth {
   public:
    explicit Depth(Reader& reader) : reader_(reader) {
      if (++reader_.depth_ > kDeepestConfiguration) {
        reader_.fail(
            "values are nested more than " + std::to_string(kDeepestConfiguration) + " levels deep",
            reader_.here(), {});
      }
    }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    ~Depth() { --reader_.depth_; }

   private:
    Reader& reader_;
  };

  /// An expression whose value is wanted now.
  ConfigNode read_constant() {
    HclExpression expression = read_operand();
    // Data is literals with nothing behind them: they are not handed from rank to rank.
    if (expression.kind == Kind::Literal) {
      skip_blanks();
      constexpr std::string_view kEnds = ",]}\n";
      if (at_end() || kEnds.find(peek()) != std::string_view::npos) {
        return std::move(expression.literal);
      }
    }
    expression = read_conditional(read_operation(0, read_access(std::move(expression))));
    const Span span = expression.span;
    ConfigNode value = evaluate_hcl(*source_, std::move(expression), budget_);
    value.span = span;
    return value;
  }

  /// A literal, where its value can be had now; else a tree. Line ends behind it are left where
  /// they matter.
  HclExpression read_expression() {
    return read_conditional(read_operation(0, read_access(read_operand())));
  }

  HclExpression read_conditional(HclExpression condition) {
    if (at_end() || peek() != '?') return condition;
    const Depth depth(*this);
    const Later later(*this);
    HclExpression out = make(Kind::Conditional, condition.span.begin);
    ++at_;
    add(out, std::move(condition));
    skip_blanks();
    add(out, read_expression());
    if (peek() != ':' || at_end()) fail_expected("`:` and the other value");
    ++at_;
    skip_blanks();
    add(out, read_expression());
    out.span.end = out.parts.back().span.end;
    return out;
  }

  struct Operator {
    std::string_view text;
    int rank;  // those of a higher one bind tighter
  };

  std::optional<Operator> peek_operator() const {
    static constexpr std::array<Operator, 13> kOperators = {{{"||", 0},
                                                             {"&&", 1},
                                                             {"==", 2},
                                                             {"!=", 2},
                                                             {"<=", 3},
                                                             {">=", 3},
                                                             {"<", 3},
                                                             {">", 3},
                                                             {"+", 4},
                                                             {"-", 4},
                                                             {"*", 5},
                                                             {"/", 5},
                                                             {"%", 5}}};
    if (at_end()) return std::nullopt;
    for (const Operator& known : kOperators) {
      if (starts_with(known.text)) return known;
    }
    return std::nullopt;
  }

  /// `left` with the operators of `rank` or higher that follow, their operands and the blanks
  /// behind. Operators of one rank become one chain: what stands in a row is not nested.
  HclExpression read_operation(int rank, HclExpression left) {
    int chained = -1;
    skip_blanks();
    while (const auto found = peek_operator()) {
      if (found->rank < rank) break;
      at_ += found->text.size();
      skip_blanks();
      HclExpression right = read_operation(found->rank + 1, read_access(read_operand()));
      if (chained != found->rank) {
        HclExpression chain = make(Kind::Chain, left.span.begin);
        add(chain, std::move(left));
        left = std::move(chain);
        chained = found->rank;
      }
      left.operators.push_back(found->text);
      left.span.end = right.span.end;
      add(left, std::move(right));
    }
    return left;
  }

  /// A value, or one with a sign, which is of the value and the steps into it.
  HclExpression read_operand() {
    if (at_end()) fail_expected("a value");
    const bool is_minus = peek() == '-' && !is_digit(peek(1));
    if (peek() != '!' && !is_minus) return read_value();
    const Depth depth(*this);
    HclExpression out = make(is_minus ? Kind::Minus : Kind::Not, offset(at_));
    ++at_;
    skip_spaces();
    add(out, read_access(read_operand()));
    out.span.end = out.parts.back().span.end;
    return out;
  }

  /// `value` and the steps into it that follow.
  HclExpression read_access(HclExpression value) {
    const std::size_t end = at_;
    skip_blanks();
    if (!at_step()) {
      at_ = end;
      return value;
    }
    HclExpression out = make(Kind::Access, value.span.begin);
    add(out, std::move(value));
    while (at_step()) {
      add(out, peek() == '.' ? read_attribute() : read_index());
      out.span.end = offset(at_);
      skip_blanks();
    }
    return out;
  }

  bool at_step() const {
    return !at_end() && (peek() == '[' || (peek() == '.' && !starts_with("...")));
  }

  HclExpression read_attribute() {
    HclExpression step = make(Kind::Attribute, offset(at_));
    ++at_;
    skip_spaces();
    if (peek() == '*') {
      ++at_;
      step.kind = Kind::AttributeSplat;
    } else if (is_digit(peek())) {
      const std::size_t begin = at_;
      while (is_digit(peek()))
        ++at_;
      step.kind = Kind::Literal;
      step.literal.text = text_.substr(begin, at_ - begin);
      set_number(step.literal, true);
    } else if (!at_end() && is_word_start(peek())) {
      step.name = read_word(step.span);
    } else {
      fail_expected("a name, an index or `*` behind `.`");
    }
    step.span = {step.span.begin, offset(at_)};
    return step;
  }

  HclExpression read_index() {
    const Depth depth(*this);
    const Span opener = here();
    const LineEnds line_ends(*this, true);
    ++at_;
    skip_lines();
    HclExpression step = make(Kind::Splat, opener.begin);
    if (peek() == '*') {
      ++at_;
      skip_lines();
    } else {
      step = read_expression();
    }
    if (peek() != ']' || at_end()) fail("the index is not closed", opener, "close it with `]`");
    ++at_;
    return step;
  }

  HclExpression read_value() {
    if (at_end()) fail_expected("a value");
    count();
    const char c = peek();
    if (c == '"') return read_quoted();
    if (c == '<' && peek(1) == '<') return read_heredoc();
    if (c == '[') return read_list();
    if (c == '{') return read_object();
    if (is_digit(c) || c == '-') return literal(read_number());
    if (c == '(') {
      const Depth depth(*this);
      const LineEnds line_ends(*this, true);
      const Span opener = here();
      ++at_;
      skip_lines();
      HclExpression value = read_expression();
      if (peek() != ')' || at_end()) {
        fail("the parenthesis is not closed", opener, "close it with `)`");
      }
      ++at_;
      value.span = value.literal.span = {opener.begin, offset(at_)};
      return value;
    }
    if (is_word_start(c)) return read_name();
    fail_expected("a value");
  }

  HclExpression read_name() {
    HclExpression out = make(Kind::Variable, offset(at_));
    const std::string_view word = read_word(out.span);
    if (word == "true" || word == "false" || word == "null") {
      ConfigNode value;
      value.span = out.span;
      if (word != "null") value.kind = ConfigNode::Kind::Bool;
      value.boolean = word == "true";
      return literal(std::move(value));
    }
    out.name = word;
    if (peek() != '(' || at_end()) return out;
    out.kind = Kind::Call;
    const Depth depth(*this);
    const LineEnds line_ends(*this, true);
    const Span opener = here();
    ++at_;
    const Later later(*this);
    while (true) {
      skip_lines();
      if (at_end()) fail("the call is not closed", opener, "close it with `)`");
      if (peek() == ')') break;
      (void)read_expression();  // whatever it is called with, there are no functions
      if (starts_with("...")) at_ += 3;
      skip_lines();
      if (peek() == ',') {
        ++at_;
      } else if (peek() != ')' && !at_end()) {
        fail_expected("`,` or `)`");
      }
    }
    ++at_;
    return out;
  }

  ConfigNode read_number() {
    ConfigNode value;
    const std::size_t begin = at_;
    if (peek() == '-') {
      ++at_;
      skip_spaces();
    }
    const std::size_t digits = at_;
    while (is_digit(peek()))
      ++at_;
    if (at_ == digits) fail_expected("a number behind `-`");
    bool whole = true;
    if (peek() == '.' && is_digit(peek(1))) {
      whole = false;
      ++at_;
      while (is_digit(peek()))
        ++at_;
    }
    if (peek() == 'e' || peek() == 'E') {
      const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if (is_digit(peek(1 + sign))) {
        whole = false;
        at_ += 1 + sign;
        while (is_digit(peek()))
          ++at_;
      }
    }
    value.span = {offset(begin), offset(at_)};
    if (!at_end() && is_word_start(peek())) {
      fail("found " + found() + " behind a number", here(), "put text in quotes");
    }
    value.text = text_[begin] == '-' ? "-" : "";
    value.text += text_.substr(digits, at_ - digits);
    set_number(value, whole);
    if (!std::isfinite(value.number)) fail("the number is too large", value.span, {});
    return value;
  }

  HclExpression read_list() {
    const Depth depth(*this);
    const LineEnds line_ends(*this, true);
    const Span opener = here();
    HclExpression list = make(later_ > 0 ? Kind::List : Kind::Literal, opener.begin);
    list.literal.kind = ConfigNode::Kind::List;
    ++at_;
    skip_lines();
    if (at_word("for")) {
      list = read_for(opener, Kind::ForList);
      close_for(opener, ']');
      list.span = {opener.begin, offset(at_)};
      return list;
    }
    while (true) {
      skip_lines();
      if (at_end()) fail("the list is not closed", opener, "close it with `]`");
      if (peek() == ']') break;
      if (list.kind == Kind::List) {
        add(list, read_expression());
      } else {
        list.literal.items.push_back(read_constant());
      }
      skip_lines();
      if (peek() == ',') {
        ++at_;
      } else if (peek() != ']' || at_end()) {
        if (at_end()) fail("the list is not closed", opener, "close it with `]`");
        fail_expected("`,` or `]`");
      }
    }
    ++at_;
    list.span = list.literal.span = {opener.begin, offset(at_)};
    return list;
  }

  HclExpression read_object() {
    const Depth depth(*this);
    const Span opener = here();
    HclExpression object = make(later_ > 0 ? Kind::Object : Kind::Literal, opener.begin);
    object.literal.kind = ConfigNode::Kind::Map;
    ++at_;
    if (at_for_object()) {
      const LineEnds line_ends(*this, true);
      skip_lines();
      object = read_for(opener, Kind::ForObject);
      close_for(opener, '}');
      object.span = {opener.begin, offset(at_)};
      return object;
    }
    const LineEnds line_ends(*this, false);
    while (true) {
      skip_lines();
      if (at_end()) fail("the object is not closed", opener, "close it with `}`");
      if (peek() == '}') break;
      HclExpression key = read_key();
      skip_spaces();
      if (peek() != '=' && peek() != ':') fail_expected("`=` or `:` behind the key");
      ++at_;
      skip_lines();
      if (object.kind == Kind::Object) {
        add(object, std::move(key));
        add(object, read_expression());
      } else {
        object.literal.entries.push_back(read_entry(std::move(key)));
      }
      skip_spaces();
      if (at_end()) fail("the object is not closed", opener, "close it with `}`");
      if (peek() == ',') {
        ++at_;
      } else if (peek() != '}' && peek() != '\n') {
        fail_expected("`,`, the end of the line or `}`");
      }
    }
    ++at_;
    object.span = object.literal.span = {opener.begin, offset(at_)};
    return object;
  }

  /// The entry of a key that has a value now.
  base::ConfigEntry read_entry(HclExpression key) {
    base::ConfigEntry entry;
    entry.key_span = key.span;
    if (key.kind == Kind::Literal && key.literal.kind == ConfigNode::Kind::String) {
      entry.key = std::move(key.literal.text);
    } else {
      HclExpression text = make(Kind::Text, key.span.begin);
      text.span = key.span;
      add(text, std::move(key));
      entry.key = evaluate_hcl(*source_, std::move(text), budget_).text;
    }
    entry.value = read_constant();
    return entry;
  }

  /// A text, a number, a name that stands for itself, or an expression in parentheses.
  HclExpression read_key() {
    if (peek() == '"') return read_quoted();
    if (is_digit(peek())) return literal(read_number());
    if (peek() == '(') return read_value();
    if (at_end() || !is_word_start(peek())) fail_expected("a key or `}`");
    ConfigNode name;
    name.kind = ConfigNode::Kind::String;
    name.text = read_word(name.span);
    return literal(std::move(name));
  }

  bool at_word(std::string_view word) const {
    return starts_with(word) && !is_word(peek(word.size()));
  }

  /// Whether the object behind `{` is a `for`, and not one with a key of that name.
  bool at_for_object() {
    const std::size_t begin = at_;
    skip_lines();
    bool found = at_word("for");
    if (found) {
      at_ += 3;
      skip_lines();
      found = peek() != '=' && peek() != ':';
    }
    at_ = begin;
    return found;
  }

  /// `for NAME, NAME in COLLECTION` and `: ITEM if CONDITION`, or `: KEY => ITEM...` for an object.
  /// Of a text only the first half: its items are the text behind it.
  HclExpression read_for(Span opener, Kind kind) {
    HclExpression out = make(kind, opener.begin);
    at_ += 3;
    skip_lines();
    out.name = read_for_name();
    if (peek() == ',') {
      ++at_;
      skip_lines();
      out.second = std::exchange(out.name, read_for_name());
    }
    if (!at_word("in")) fail_expected("`in`");
    at_ += 2;
    skip_lines();
    add(out, read_expression());
    if (kind == Kind::ForText) return out;
    if (peek() != ':' || at_end()) fail_expected("`:` and the value of each element");
    ++at_;
    skip_lines();
    const Later later(*this);
    HclExpression key;
    if (kind == Kind::ForObject) {
      key = read_expression();
      if (!starts_with("=>")) fail_expected("`=>` and the value of the key");
      at_ += 2;
      skip_lines();
    }
    add(out, read_expression());
    if (kind == Kind::ForObject && starts_with("...")) {
      out.grouped = true;
      at_ += 3;
      skip_lines();
    }
    if (at_word("if")) {
      at_ += 2;
      skip_lines();
      add(out, read_expression());
    } else {
      add(out, always());
    }
    if (kind == Kind::ForObject) add(out, std::move(key));
    return out;
  }

  std::string read_for_name() {
    if (at_end() || !is_word_start(peek())) fail_expected("a name behind `for`");
    Span span;
    std::string name(read_word(span));
    skip_lines();
    return name;
  }

  void close_for(Span opener, char closer) {
    if (at_end()) {
      fail("the `for` is not closed", opener, std::string("close it with `") + closer + '`');
    }
    if (peek() != closer) fail_expected(std::string("`") + closer + "` behind the `for`");
    ++at_;
  }

  /// A condition that was left out.
  HclExpression always() const {
    ConfigNode yes;
    yes.kind = ConfigNode::Kind::Bool;
    yes.boolean = true;
    return literal(std::move(yes));
  }

  static HclExpression literal(ConfigNode value) {
    HclExpression out;
    out.span = value.span;
    out.literal = std::move(value);
    return out;
  }

  static HclExpression make(Kind kind, std::uint32_t begin) {
    HclExpression out;
    out.kind = kind;
    out.span = {begin, begin};
    return out;
  }

  /// Trees take memory: what is added to one is bounded.
  void add(HclExpression& parent, HclExpression part) {
    if (++expressions_ > kMostExpressions) {
      fail("the file holds more than " + std::to_string(kMostExpressions) +
               " operands of expressions",
           part.span, {});
    }
    parent.parts.push_back(std::move(part));
  }

  /// While one lives, expressions are kept as trees.
  class Later {
   public:
    explicit Later(Reader& reader) : reader_(reader) { ++reader_.later_; }
    Later(const Later&) = delete;
    Later& operator=(const Later&) = delete;
    ~Later() { --reader_.later_; }

   private:
    Reader& reader_;
  };

  /// Whether line ends are blanks while one lives: in brackets and parentheses they are.
  class LineEnds {
   public:
    LineEnds(Reader& reader, bool are_blanks)
        : reader_(reader), before_(std::exchange(reader.line_ends_are_blanks_, are_blanks)) {}
    LineEnds(const LineEnds&) = delete;
    LineEnds& operator=(const LineEnds&) = delete;
    ~LineEnds() { reader_.line_ends_are_blanks_ = before_; }

   private:
    Reader& reader_;
    bool before_;
  };

  void skip_blanks() {
    if (line_ends_are_blanks_) {
      skip_lines();
    } else {
      skip_spaces();
    }
  }

  /// How a text is written, and whether blanks are left out behind `~}`.
  struct TextForm {
    bool is_quoted = true;   // else a heredoc
    std::size_t margin = 0;  // blanks that are left out at the beginning of lines of a heredoc
    bool trims = false;
  };

  /// What ends a part of a text.
  enum class TextEnd { End, Else, EndIf, EndFor };

  HclExpression read_quoted() {
    const std::size_t begin = at_++;
    HclExpression text = make(Kind::Text, offset(begin));
    TextForm form;
    read_whole_text(text, form);
    if (at_end() || peek() != '"') {
      fail("the text is not closed", {offset(begin), offset(at_)}, "close it with `\"`");
    }
    ++at_;
    text.span.end = offset(at_);
    // `"${x}"` is x, which may be no text.
    if (text.kind == Kind::Text && text.parts.size() == 1) {
      HclExpression only = std::move(text.parts.front());
      only.span = text.span;
      text = std::move(only);
    }
    if (text.kind == Kind::Literal) text.literal.span = text.span;
    return text;
  }

  void read_whole_text(HclExpression& text, TextForm& form) {
    Span end_span;
    if (read_text(text, form, end_span) != TextEnd::End) {
      fail("the directive ends nothing", end_span, "it belongs behind `%{if …}` or `%{for …}`");
    }
  }

  /// The pieces of `text` up to its end or to a directive that ends a part of it, whose place goes
  /// to `end_span`. Becomes a Literal where it has no templates.
  TextEnd read_text(HclExpression& text, TextForm& form, Span& end_span) {
    std::string& plain = text.literal.text;
    TextEnd end = TextEnd::End;
    while (true) {
      read_plain(plain, form);
      if (at_end() || (form.is_quoted && (peek() == '"' || peek() == '\n'))) break;
      if (peek() == '$') {
        read_interpolation(text, form);
      } else {
        end = read_directive(text, form, end_span);
        if (end != TextEnd::End) break;
      }
    }
    if (text.parts.empty()) {
      text.kind = Kind::Literal;
      text.literal.kind = ConfigNode::Kind::String;
    } else {
      add_plain(text);
    }
    return end;
  }

  void add_plain(HclExpression& text) {
    if (text.literal.text.empty()) return;
    ConfigNode piece;
    piece.kind = ConfigNode::Kind::String;
    piece.text = std::exchange(text.literal.text, {});
    add(text, literal(std::move(piece)));
  }

  static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
  }

  static void append(std::string& out, std::string_view piece, TextForm& form) {
    while (form.trims && !piece.empty()) {
      // In a heredoc each line is a piece of its own.
      form.trims = is_space(piece.front()) && (form.is_quoted || piece.front() != '\n');
      if (is_space(piece.front())) piece.remove_prefix(1);
    }
    out += piece;
  }

  /// Text up to its end or to `${` or `%{`; `$${` and `%%{` stand for these.
  void read_plain(std::string& out, TextForm& form) {
    const std::string_view special = form.is_quoted    ? "\"\n\\$%"
                                     : form.margin > 0 ? "\n\r$%"
                                                       : "\r$%";
    while (!at_end()) {
      const std::size_t begin = at_;
      at_ = std::min(text_.find_first_of(special, at_), text_.size());
      check_utf8(begin);
      append(out, text_.substr(begin, at_ - begin), form);
      if (at_end()) return;
      const char c = peek();
      if (c == '\\') {
        std::string escaped;
        read_escape(escaped);
        append(out, escaped, form);
      } else if (c == '$' || c == '%') {
        if (peek(1) == '{') return;
        const bool is_escape = peek(1) == c && peek(2) == '{';
        append(out, text_.substr(at_ + (is_escape ? 1 : 0), is_escape ? 2 : 1), form);
        at_ += is_escape ? 3 : 1;
      } else if (form.is_quoted) {
        return;
      } else if (c == '\n') {
        append(out, "\n", form);
        ++at_;
        skip_margin(form.margin);
      } else {
        if (peek(1) != '\n') append(out, "\r", form);
        ++at_;
      }
    }
  }

  void skip_margin(std::size_t margin) {
    for (std::size_t i = 0; i < margin && (peek() == ' ' || peek() == '\t'); ++i)
      ++at_;
  }

  /// Behind `${` or `%{`.
  void open_template(HclExpression& text, TextForm& form) {
    at_ += 2;
    if (peek() == '~') {
      ++at_;
      std::string& plain = text.literal.text;
      while (!plain.empty() && is_space(plain.back()) && (form.is_quoted || plain.back() != '\n'))
        plain.pop_back();
    }
    form.trims = false;
    add_plain(text);
    skip_lines();
  }

  void close_template(Span opener, TextForm& form) {
    skip_lines();
    if (peek() == '~') {
      ++at_;
      form.trims = true;
    }
    if (at_end() || peek() != '}') fail("the template is not closed", opener, "close it with `}`");
    ++at_;
  }

  void read_interpolation(HclExpression& text, TextForm& form) {
    const Depth depth(*this);
    const LineEnds line_ends(*this, true);
    const Span opener{offset(at_), offset(at_ + 2)};
    open_template(text, form);
    add(text, read_expression());
    close_template(opener, form);
  }

  /// `%{if …}` and `%{for …}` with all that they enclose: End. Or one of the directives that end
  /// these or a part of them.
  TextEnd read_directive(HclExpression& text, TextForm& form, Span& span) {
    const Depth depth(*this);
    const LineEnds line_ends(*this, true);
    const Span opener{offset(at_), offset(at_ + 2)};
    open_template(text, form);
    struct Ending {
      std::string_view word;
      TextEnd end;
    };
    static constexpr std::array<Ending, 3> kEndings = {
        {{"else", TextEnd::Else}, {"endif", TextEnd::EndIf}, {"endfor", TextEnd::EndFor}}};
    for (const Ending& ending : kEndings) {
      if (!at_word(ending.word)) continue;
      at_ += ending.word.size();
      close_template(opener, form);
      span = {opener.begin, offset(at_)};
      return ending.end;
    }
    if (at_word("if")) {
      HclExpression out = make(Kind::Conditional, opener.begin);
      at_ += 2;
      skip_lines();
      add(out, read_expression());
      close_template(opener, form);
      const Later later(*this);
      TextEnd end = read_part(out, form);
      if (end == TextEnd::Else) {
        end = read_part(out, form);
      } else {
        ConfigNode nothing;
        nothing.kind = ConfigNode::Kind::String;
        add(out, literal(std::move(nothing)));
      }
      if (end != TextEnd::EndIf) {
        fail("the `if` is not closed", opener, "close it with `%{endif}`");
      }
      out.span.end = offset(at_);
      add(text, std::move(out));
    } else if (at_word("for")) {
      HclExpression out = read_for(opener, Kind::ForText);
      close_template(opener, form);
      const Later later(*this);
      if (read_part(out, form) != TextEnd::EndFor) {
        fail("the `for` is not closed", opener, "close it with `%{endfor}`");
      }
      add(out, always());
      out.span.end = offset(at_);
      add(text, std::move(out));
    } else {
      fail_expected("`if`, `else`, `endif`, `for` or `endfor`");
    }
    return TextEnd::End;
  }

  /// The text behind a directive.
  TextEnd read_part(HclExpression& into, TextForm& form) {
    HclExpression part = make(Kind::Text, offset(at_));
    Span span;
    const TextEnd end = read_text(part, form, span);
    part.span.end = offset(at_);
    add(into, std::move(part));
    return end;
  }

  void read_escape(std::string& out) {
    const std::size_t begin = at_;
    const char c = peek(1);
    at_ += 2;
    switch (c) {
    case 'n':
      out += '\n';
      return;
    case 'r':
      out += '\r';
      return;
    case 't':
      out += '\t';
      return;
    case '"':
    case '\\':
      out += c;
      return;
    case 'u':
    case 'U': {
      const std::size_t count = c == 'u' ? 4 : 8;
      std::uint32_t code = 0;
      std::size_t i = 0;
      for (; i < count; ++i) {
        const int digit = hex_digit(peek());
        if (digit < 0) break;
        code = code * 16 + static_cast<std::uint32_t>(digit);
        ++at_;
      }
      const Span span{offset(begin), offset(at_)};
      if (i < count) {
        fail(
            "the escape is too short", span,
            "`\\" + std::string(1, c) + "` takes " + std::to_string(count) + " hexadecimal digits");
      }
      if (!append_utf8(out, code)) fail("the escape is no character of Unicode", span, {});
      return;
    }
    default:
      at_ = std::min(at_, text_.size());
      fail("unknown escape", {offset(begin), offset(at_)},
           R"(known are \n \r \t \" \\ \uXXXX \UXXXXXXXX)");
    }
  }

  HclExpression read_heredoc() {
    const std::size_t begin = at_;
    at_ += 2;
    const bool flush = peek() == '-';
    if (flush) ++at_;
    Span word_span;
    const std::string_view marker = at_end() || !is_word_start(peek()) ? "" : read_word(word_span);
    if (marker.empty()) fail_expected("the word that ends the text behind `<<`");
    if (peek() == '\r') ++at_;
    if (peek() != '\n' || at_end()) {
      fail_expected("the end of the line behind `<<" + std::string(marker) + "`");
    }
    ++at_;
    const std::size_t body = at_;
    std::size_t margin = std::string_view::npos;
    std::size_t behind = 0;
    while (true) {
      const std::size_t end = text_.find('\n', at_);
      std::string_view line = text_.substr(at_, end == std::string_view::npos ? end : end - at_);
      if (line.ends_with('\r')) line.remove_suffix(1);
      const std::size_t spaces = std::min(line.find_first_not_of(" \t"), line.size());
      if (line.substr(spaces) == marker) {
        behind = at_ + line.size();
        break;
      }
      if (end == std::string_view::npos) {
        fail("the text is not closed", {offset(begin), word_span.end},
             "close it with a line that holds only `" + std::string(marker) + "`");
      }
      if (spaces < line.size()) margin = std::min(margin, spaces);
      at_ = end + 1;
    }
    HclExpression text = make(Kind::Text, offset(begin));
    TextForm form;
    form.is_quoted = false;
    if (flush && margin != std::string_view::npos) form.margin = margin;
    // Templates in the text end before the marker.
    const std::string_view file = std::exchange(text_, text_.substr(0, at_));
    at_ = body;
    skip_margin(form.margin);
    read_whole_text(text, form);
    text_ = file;
    at_ = behind;
    text.span.end = text.literal.span.end = offset(at_);
    text.literal.span.begin = offset(begin);
    return text;
  }

  base::SourcePtr source_;
  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool line_ends_are_blanks_ = false;
  int later_ = 0;
  HclBudget budget_{kMostConfigurationValues, kMostComputedText};
  std::size_t expressions_ = 0;
};

}  // namespace

Document read_hcl(const base::SourcePtr& source, std::vector<base::Diagnostic>& errors) {
  Document document;
  try {
    Reader(source).read(document.blocks);
  } catch (HclError& error) {
    errors.push_back(std::move(error.diagnostic));
  }
  return document;
}

}  // namespace sentinel
