#include "plugin/sentinel/syntax/lexer.h"

#include <array>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace sentinel {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool is_ascii_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

/// The bytes that a run of plain characters in a quoted string stops at.
constexpr auto kStopsString = [] {
  std::array<bool, 256> stops{};
  for (const char c : {'"', '\\', '\n', '\0'})
    stops[static_cast<unsigned char>(c)] = true;
  return stops;
}();

}  // namespace

Lexer::Lexer(std::string_view text, std::vector<base::Span>* comments)
    : text_(text.data()), size_(static_cast<std::uint32_t>(text.size())), comments_(comments) {
  if (text.starts_with("\xef\xbb\xbf")) at_ = 3;  // a byte order mark
}

Token Lexer::make(TokenKind kind, std::uint32_t begin, bool flag) {
  ends_ = ends_statement(kind);
  after_dot_ = kind == TokenKind::Dot;
  return {kind, flag, {begin, at_}};
}

Token Lexer::fail(base::Span span, std::string what, std::string advice) {
  error_ = {span, std::move(what), std::move(advice)};
  return make(TokenKind::Error, span.begin);
}

bool Lexer::skip_space(Token& out) {
  for (;;) {
    const char c = at(at_);
    if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c == '\n') {
      const std::uint32_t begin = at_++;
      if (!ends_) continue;
      out = make(TokenKind::Semicolon, begin, true);
      return true;
    } else if (c == '#' || (c == '/' && at(at_ + 1) == '/')) {
      const std::uint32_t begin = at_;
      const void* const end = std::memchr(text_ + at_, '\n', size_ - at_);
      at_ = end == nullptr ? size_
                           : static_cast<std::uint32_t>(static_cast<const char*>(end) - text_);
      if (comments_ != nullptr) comments_->push_back({begin, at_});
    } else if (c == '/' && at(at_ + 1) == '*') {
      const std::uint32_t begin = at_;
      const std::string_view rest(text_ + at_, size_ - at_);
      const std::size_t end = rest.find("*/", 2);
      if (end == std::string_view::npos) {
        at_ = size_;
        out = fail({begin, begin + 2}, "comment without an end", "write `*/` where it ends");
        return true;
      }
      at_ += static_cast<std::uint32_t>(end) + 2;
      if (comments_ != nullptr) comments_->push_back({begin, at_});
      if (!ends_ || rest.substr(0, end).find('\n') == std::string_view::npos) continue;
      out = make(TokenKind::Semicolon, begin, true);
      return true;
    } else {
      return false;
    }
  }
}

Token Lexer::next() {
  Token token;
  if (skip_space(token)) return token;
  const std::uint32_t begin = at_;
  if (at_ >= size_) {
    if (ends_) return make(TokenKind::Semicolon, begin, true);
    return make(TokenKind::End, begin);
  }
  const char c = at(at_);
  if (c == '"') return quoted(begin);
  if (is_digit(c) || (c == '.' && is_digit(at(at_ + 1)))) return number(begin);
  if (is_ascii_word(c)) return word(begin);
  if (c == '`') return raw(begin);
  if (static_cast<unsigned char>(c) >= 0x80) return word(begin);
  return symbol(begin);
}

Token Lexer::word(std::uint32_t begin) {
  for (;;) {
    while (is_ascii_word(at(at_)))
      ++at_;
    if (static_cast<unsigned char>(at(at_)) < 0x80) break;
    const std::size_t step = letter_length({text_ + at_, size_ - at_}, at_ != begin);
    if (step == 0) break;
    at_ += static_cast<std::uint32_t>(step);
  }
  if (at_ == begin) {
    // Not a letter: one whole character if it is one, so that a file of them is not a million
    // errors.
    std::uint32_t end = begin + 1;
    while (end < size_ && (static_cast<unsigned char>(at(end)) & 0xC0U) == 0x80)
      ++end;
    at_ = end;
    const std::string_view bytes(text_ + begin, end - begin);
    const bool whole = bytes.size() > 1 && bytes.size() <= 4;
    return fail({begin, end},
                whole ? fmt::format("found `{}`, which is no letter", bytes)
                      : fmt::format("found byte 0x{:02x}, which is not UTF-8",
                                    static_cast<unsigned>(static_cast<unsigned char>(bytes[0]))),
                whole ? "such characters may stand in strings and comments only"
                      : "save the file as UTF-8 text");
  }
  const TokenKind kind =
      after_dot_ ? TokenKind::Identifier : word_kind({text_ + begin, at_ - begin});
  return make(kind, begin);
}

Token Lexer::number(std::uint32_t begin) {
  const auto digits = [&] {
    while (is_digit(at(at_)))
      ++at_;
  };
  bool is_float = false;
  bool good = true;
  if (at(at_) == '0' && (at(at_ + 1) == 'x' || at(at_ + 1) == 'X')) {
    at_ += 2;
    const std::uint32_t first = at_;
    while (is_hex(at(at_)))
      ++at_;
    good = at_ != first;
  } else {
    digits();
    if (at(at_) == '.') {
      is_float = true;
      ++at_;
      digits();
    }
    if (at(at_) == 'e' || at(at_) == 'E') {
      is_float = true;
      ++at_;
      if (at(at_) == '+' || at(at_) == '-') ++at_;
      good = is_digit(at(at_));
      digits();
    }
    if (!is_float && at(begin) == '0') {
      for (std::uint32_t i = begin; i < at_; ++i)
        good = good && at(i) < '8';
    }
  }
  if (is_ascii_word(at(at_))) {
    good = false;
    while (is_ascii_word(at(at_)))
      ++at_;
  }
  if (!good) {
    const std::string_view text(text_ + begin, at_ - begin);
    const bool octal = text.find_first_not_of("0123456789") == std::string_view::npos;
    return fail({begin, at_}, fmt::format("`{}` is not a number", text.substr(0, 40)),
                octal ? "a number that begins with 0 is octal: digits 0 to 7" : "");
  }
  return make(is_float ? TokenKind::Float : TokenKind::Int, begin);
}

Token Lexer::quoted(std::uint32_t begin) {
  bool escaped = false;
  ++at_;
  for (;;) {
    while (!kStopsString[static_cast<unsigned char>(at(at_))])
      ++at_;
    const char c = at(at_);
    if (c == '"') {
      ++at_;
      return make(TokenKind::String, begin, escaped);
    }
    if (c == '\\') {
      escaped = true;
      ++at_;
      if (at_ < size_ && at(at_) != '\n') ++at_;
    } else if (c == '\n' || at_ >= size_) {
      return fail({begin, begin + 1}, "string without an end on its line",
                  "close it with `\"`, or write it in backquotes to span lines");
    } else {
      ++at_;  // a NUL byte
    }
  }
}

Token Lexer::raw(std::uint32_t begin) {
  const void* const end = std::memchr(text_ + begin + 1, '`', size_ - begin - 1);
  if (end == nullptr) {
    at_ = size_;
    return fail({begin, begin + 1}, "raw string without an end", "close it with a backquote");
  }
  at_ = static_cast<std::uint32_t>(static_cast<const char*>(end) - text_) + 1;
  return make(TokenKind::RawString, begin);
}

Token Lexer::symbol(std::uint32_t begin) {
  const char c = at(at_++);
  const auto with_equals = [&](TokenKind with, TokenKind without) {
    if (at(at_) != '=') return make(without, begin);
    ++at_;
    return make(with, begin);
  };
  switch (c) {
  case '+':
    return with_equals(TokenKind::AddAssign, TokenKind::Add);
  case '-':
    return with_equals(TokenKind::SubtractAssign, TokenKind::Subtract);
  case '*':
    return with_equals(TokenKind::MultiplyAssign, TokenKind::Multiply);
  case '/':
    return with_equals(TokenKind::DivideAssign, TokenKind::Divide);
  case '%':
    return with_equals(TokenKind::RemainderAssign, TokenKind::Remainder);
  case '=':
    return with_equals(TokenKind::Equal, TokenKind::Assign);
  case '!':
    return with_equals(TokenKind::NotEqual, TokenKind::Bang);
  case '<':
    return with_equals(TokenKind::LessEqual, TokenKind::Less);
  case '>':
    return with_equals(TokenKind::GreaterEqual, TokenKind::Greater);
  case '(':
    return make(TokenKind::LeftParen, begin);
  case ')':
    return make(TokenKind::RightParen, begin);
  case '[':
    return make(TokenKind::LeftBracket, begin);
  case ']':
    return make(TokenKind::RightBracket, begin);
  case '{':
    return make(TokenKind::LeftBrace, begin);
  case '}':
    return make(TokenKind::RightBrace, begin);
  case ',':
    return make(TokenKind::Comma, begin);
  case '.':
    return make(TokenKind::Dot, begin);
  case ':':
    return make(TokenKind::Colon, begin);
  case ';':
    return make(TokenKind::Semicolon, begin);
  case '&':
  case '|': {
    if (at(at_) == c) ++at_;
    const bool twice = at_ - begin == 2;
    return fail({begin, at_},
                fmt::format("found `{}`, which is no operator", std::string(at_ - begin, c)),
                !twice     ? ""
                : c == '&' ? "write `and`"
                           : "write `or`");
  }
  case '\'':
    return fail({begin, at_}, "found `'`, which begins nothing", "strings stand in `\"`");
  default:
    break;
  }
  const bool visible = c > ' ' && c < 0x7f;
  return fail({begin, at_}, visible ? fmt::format("found `{}`, which begins nothing", c)
                                    : fmt::format("found byte 0x{:02x}, which begins nothing",
                                                  static_cast<unsigned>(c)));
}

}  // namespace sentinel
