// Text → tokens, one at a time. Line ends that end a statement come out as semicolons.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugin/sentinel/syntax/token.h"

namespace sentinel {

struct LexicalError {
  base::Span span;
  std::string what;
  std::string advice;
};

/// A place in a text. Cheap to copy (for looking ahead) while no error is held.
class Lexer {
 public:
  /// `text` must stay, and a NUL must stand behind its last byte, as behind a std::string's. At
  /// most 4 GiB. `comments`, where given, receives the span of every comment passed over.
  explicit Lexer(std::string_view text, std::vector<base::Span>* comments = nullptr);

  /// The next token. After the end: End, again and again. An Error token is passed over by the
  /// following call.
  Token next();

  /// Of the last Error token.
  const LexicalError& error() const { return error_; }

  /// From here on comments are nobody's.
  void drop_comments() { comments_ = nullptr; }

 private:
  Token make(TokenKind kind, std::uint32_t begin, bool flag = false);
  Token fail(base::Span span, std::string what, std::string advice = {});
  Token word(std::uint32_t begin);
  Token number(std::uint32_t begin);
  Token quoted(std::uint32_t begin);
  Token raw(std::uint32_t begin);
  Token symbol(std::uint32_t begin);
  /// Space and comments. True: a line end was met that ends the statement; it is put into `out`.
  bool skip_space(Token& out);
  char at(std::uint32_t offset) const { return text_[offset]; }

  const char* text_;
  std::uint32_t size_;
  std::uint32_t at_ = 0;
  bool ends_ = false;       // a line end here ends the statement
  bool after_dot_ = false;  // reserved words are names here
  std::vector<base::Span>* comments_;
  LexicalError error_;
};

}  // namespace sentinel
