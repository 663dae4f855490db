// The words of the language. Sentinel specification, "Lexical elements".
#pragma once

#include <cstdint>
#include <string_view>

#include "plugin/base/source.h"

namespace sentinel {

enum class TokenKind : std::uint8_t {
  End,
  Error,  // the lexer's `error()` says why
  Semicolon,
  Identifier,
  Int,
  Float,
  String,     // in double quotes, escapes not yet resolved
  RawString,  // in backquotes

  Add,
  Subtract,
  Multiply,
  Divide,
  Remainder,
  Assign,
  AddAssign,
  SubtractAssign,
  MultiplyAssign,
  DivideAssign,
  RemainderAssign,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Bang,
  LeftParen,
  RightParen,
  LeftBracket,
  RightBracket,
  LeftBrace,
  RightBrace,
  Comma,
  Dot,
  Colon,

  // words; `All` stays the first and `Xor` the last of them
  All,
  And,
  Any,
  As,
  Break,
  Case,
  Contains,
  Continue,
  Default,
  Else,
  Empty,
  Filter,
  For,
  Func,
  If,
  Import,
  In,
  Is,
  Map,
  Matches,
  Not,
  Or,
  Param,
  Return,
  Rule,
  When,
  Xor,
};

struct Token {
  TokenKind kind = TokenKind::End;
  /// A semicolon that stands for a line end; a string with a backslash in it.
  bool flag = false;
  base::Span span;
};

/// The reserved word that `text` is, or Identifier.
TokenKind word_kind(std::string_view text);

inline bool is_reserved_word(TokenKind kind) {
  return kind >= TokenKind::All && kind <= TokenKind::Xor;
}

/// How operators, brackets and reserved words are written; empty for the other kinds.
std::string_view spelling(TokenKind kind);

/// Whether `text` could name a variable: a letter or `_`, then letters and digits, and not
/// reserved.
bool is_identifier(std::string_view text);

/// What a line end after such a token means: the statement ends.
bool ends_statement(TokenKind kind);

/// The length in bytes of the letter (any Unicode letter or `_`) that `text` begins with, or of
/// the letter or decimal digit if `digits`; 0 where it begins with something else.
std::size_t letter_length(std::string_view text, bool digits);

}  // namespace sentinel
