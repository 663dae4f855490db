// HCL's native syntax. Documentation: HCL, "HCL Native Syntax Specification"; Sentinel,
// configuration.
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <unordered_map>
#include <utility>

#include "plugin/sentinel/config/document.h"
#include "plugin/sentinel/config/text.h"

namespace sentinel {
namespace {

using base::ConfigEntry;
using base::ConfigNode;
using base::Span;

/// Ends the reading; caught in read_hcl.
struct SyntaxError {
  base::Diagnostic diagnostic;
};

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
    base::Diagnostic diagnostic;
    diagnostic.what = std::move(what);
    diagnostic.where = source_->locate(span);
    diagnostic.advice = std::move(advice);
    throw SyntaxError{std::move(diagnostic)};
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
    if (++values_ > kMostConfigurationValues) {
      fail("the file holds more than " + std::to_string(kMostConfigurationValues) + " values",
           here(), {});
    }
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
      fail("the text is not UTF-8", {offset(begin + *bad), offset(begin + *bad + 1)}, {});
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
        ConfigNode text = read_quoted();
        label = {std::move(text.text), text.span};
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
        entry.value = read_expression();
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

  ConfigNode read_expression() {
    ConfigNode value = read_value();
    // Behind a value only its end may stand; an operator there deserves a word of its own.
    const std::size_t end = at_;
    skip_spaces();
    const char c = peek();
    const bool operation =
        !at_end() && (c == '+' || c == '-' || c == '*' || c == '/' || c == '%' || c == '?' ||
                      c == '<' || c == '>' || c == '&' || c == '|' ||
                      (c == '=' && peek(1) == '=') || c == '!' || c == '[' || c == '(' || c == '.');
    if (operation) {
      fail("found " + found() + " behind a value", here(),
           "operators, functions and variables are not supported here: write the value out");
    }
    at_ = end;
    return value;
  }

  ConfigNode read_value() {
    if (at_end()) fail_expected("a value");
    count();
    const char c = peek();
    if (c == '"') return read_quoted();
    if (c == '<' && peek(1) == '<') return read_heredoc();
    if (c == '[') return read_list();
    if (c == '{') return read_object();
    if (is_digit(c) || c == '-') return read_number();
    if (c == '(') {
      const Depth depth(*this);
      const Span opener = here();
      ++at_;
      skip_lines();
      ConfigNode value = read_expression();
      skip_lines();
      if (peek() != ')') fail("the parenthesis is not closed", opener, "close it with `)`");
      ++at_;
      return value;
    }
    if (is_word_start(c)) {
      ConfigNode value;
      const std::string_view word = read_word(value.span);
      if (word == "true" || word == "false") {
        value.kind = ConfigNode::Kind::Bool;
        value.boolean = word == "true";
        return value;
      }
      if (word == "null") return value;
      fail("`" + shorten(word) + "` is not a value", value.span,
           "variables and functions are not supported here: put text in quotes");
    }
    fail_expected("a value");
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

  ConfigNode read_list() {
    const Depth depth(*this);
    const Span opener = here();
    ConfigNode list;
    list.kind = ConfigNode::Kind::List;
    ++at_;
    while (true) {
      skip_lines();
      if (at_end()) fail("the list is not closed", opener, "close it with `]`");
      if (peek() == ']') break;
      if (starts_with("for") && !is_word(peek(3))) {
        fail("`for` expressions are not supported here", {offset(at_), offset(at_ + 3)},
             "write the values out");
      }
      list.items.push_back(read_expression());
      skip_lines();
      if (peek() == ',') {
        ++at_;
      } else if (peek() != ']' || at_end()) {
        if (at_end()) fail("the list is not closed", opener, "close it with `]`");
        fail_expected("`,` or `]`");
      }
    }
    ++at_;
    list.span = {opener.begin, offset(at_)};
    return list;
  }

  ConfigNode read_object() {
    const Depth depth(*this);
    const Span opener = here();
    ConfigNode object;
    object.kind = ConfigNode::Kind::Map;
    ++at_;
    while (true) {
      skip_lines();
      if (at_end()) fail("the object is not closed", opener, "close it with `}`");
      if (peek() == '}') break;
      ConfigEntry entry = read_key();
      skip_spaces();
      if (peek() != '=' && peek() != ':') fail_expected("`=` or `:` behind the key");
      ++at_;
      skip_lines();
      entry.value = read_expression();
      object.entries.push_back(std::move(entry));
      skip_spaces();
      if (at_end()) fail("the object is not closed", opener, "close it with `}`");
      if (peek() == ',') {
        ++at_;
      } else if (peek() != '}' && peek() != '\n') {
        fail_expected("`,`, the end of the line or `}`");
      }
    }
    ++at_;
    object.span = {opener.begin, offset(at_)};
    return object;
  }

  ConfigEntry read_key() {
    ConfigEntry entry;
    if (peek() == '"') {
      ConfigNode text = read_quoted();
      entry.key = std::move(text.text);
      entry.key_span = text.span;
    } else if (is_digit(peek())) {
      ConfigNode number = read_number();
      entry.key = std::move(number.text);
      entry.key_span = number.span;
    } else if (is_word_start(peek())) {
      entry.key = read_word(entry.key_span);
      if (entry.key == "for") {
        skip_spaces();
        if (peek() != '=' && peek() != ':') {
          fail("`for` expressions are not supported here", entry.key_span, "write the values out");
        }
      }
    } else if (peek() == '(') {
      const Span opener = here();
      ++at_;
      skip_lines();
      if (peek() != '"') fail_expected("a text in quotes");
      ConfigNode text = read_quoted();
      entry.key = std::move(text.text);
      skip_lines();
      if (peek() != ')') fail("the parenthesis is not closed", opener, "close it with `)`");
      ++at_;
      entry.key_span = {opener.begin, offset(at_)};
    } else {
      fail_expected("a key or `}`");
    }
    return entry;
  }

  void refuse_template(Span span) const {
    fail("templates are not supported here", span,
         "write `" + std::string(1, peek()) + std::string(1, peek()) + "{` for a literal `" +
             std::string(1, peek()) + "{`");
  }

  /// `$${` and `%%{` are literal, `${` and `%{` would begin a template. True: handled.
  bool read_dollar(std::string& out) {
    const char c = peek();
    if (c != '$' && c != '%') return false;
    if (peek(1) == c && peek(2) == '{') {
      out += c;
      out += '{';
      at_ += 3;
      return true;
    }
    if (peek(1) == '{') refuse_template({offset(at_), offset(at_ + 2)});
    return false;
  }

  ConfigNode read_quoted() {
    ConfigNode node;
    node.kind = ConfigNode::Kind::String;
    const std::size_t begin = at_++;
    while (true) {
      if (at_end() || peek() == '\n') {
        fail("the text is not closed", {offset(begin), offset(at_)}, "close it with `\"`");
      }
      const char c = peek();
      if (c == '"') break;
      if (c == '\\') {
        read_escape(node.text);
      } else if (!read_dollar(node.text)) {
        node.text += c;
        ++at_;
      }
    }
    ++at_;
    check_utf8(begin);
    node.span = {offset(begin), offset(at_)};
    return node;
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

  ConfigNode read_heredoc() {
    ConfigNode node;
    node.kind = ConfigNode::Kind::String;
    const std::size_t begin = at_;
    at_ += 2;
    const bool flush = peek() == '-';
    if (flush) ++at_;
    Span word_span;
    const std::string marker(read_word(word_span));
    if (marker.empty()) fail_expected("the word that ends the text behind `<<`");
    if (peek() == '\r') ++at_;
    if (peek() != '\n' || at_end()) fail_expected("the end of the line behind `<<" + marker + "`");
    ++at_;
    std::vector<std::string_view> lines;
    while (true) {
      if (at_end()) {
        fail("the text is not closed", {offset(begin), word_span.end},
             "close it with a line that holds only `" + marker + "`");
      }
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      std::string_view line = text_.substr(at_, end - at_);
      std::string_view bare = line;
      while (!bare.empty() && (bare.front() == ' ' || bare.front() == '\t'))
        bare.remove_prefix(1);
      if (bare.ends_with('\r')) bare.remove_suffix(1);
      if (bare == marker) {
        at_ += static_cast<std::size_t>(bare.data() - line.data()) + marker.size();
        break;
      }
      if (end == text_.size()) {
        at_ = end;
        continue;
      }
      lines.push_back(text_.substr(at_, end + 1 - at_));
      at_ = end + 1;
    }
    const std::size_t behind = at_;
    std::size_t margin = 0;
    if (flush && !lines.empty()) {
      margin = std::string_view::npos;
      for (const std::string_view line : lines) {
        const std::size_t spaces = std::min(line.find_first_not_of(" \t"), line.size());
        if (spaces < line.size() && line[spaces] != '\n') margin = std::min(margin, spaces);
      }
      if (margin == std::string_view::npos) margin = 0;
    }
    for (std::string_view line : lines) {
      if (margin > 0) line.remove_prefix(std::min(margin, line.find_first_not_of(" \t")));
      at_ = static_cast<std::size_t>(line.data() - text_.data());
      const std::size_t end = at_ + line.size();
      while (at_ < end) {
        if (!read_dollar(node.text)) {
          if (peek() != '\r' || peek(1) != '\n') node.text += peek();
          ++at_;
        }
      }
    }
    at_ = behind;
    check_utf8(begin);
    node.span = {offset(begin), offset(at_)};
    return node;
  }

  base::SourcePtr source_;
  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::size_t values_ = 0;
};

}  // namespace

Document read_hcl(const base::SourcePtr& source, std::vector<base::Diagnostic>& errors) {
  Document document;
  try {
    Reader(source).read(document.blocks);
  } catch (SyntaxError& error) {
    errors.push_back(std::move(error.diagnostic));
  }
  return document;
}

}  // namespace sentinel
