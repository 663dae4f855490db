#include "plugin/sentinel/syntax/token.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <utf8proc.h>

namespace sentinel {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(TokenKind::Xor) + 1> kSpelling = {
    "",        "",       "",    "",      "",       "",         "",         "",        "+",
    "-",       "*",      "/",   "%",     "=",      "+=",       "-=",       "*=",      "/=",
    "%=",      "==",     "!=",  "<",     "<=",     ">",        ">=",       "!",       "(",
    ")",       "[",      "]",   "{",     "}",      ",",        ".",        ":",       "all",
    "and",     "any",    "as",  "break", "case",   "contains", "continue", "default", "else",
    "empty",   "filter", "for", "func",  "if",     "import",   "in",       "is",      "map",
    "matches", "not",    "or",  "param", "return", "rule",     "when",     "xor"};

}  // namespace

std::string_view spelling(TokenKind kind) {
  return kSpelling[static_cast<std::size_t>(kind)];
}

TokenKind word_kind(std::string_view text) {
  if (text.size() < 2 || text.size() > 8) return TokenKind::Identifier;
  const auto* const first = kSpelling.begin() + static_cast<std::size_t>(TokenKind::All);
  const auto* const found = std::lower_bound(first, kSpelling.end(), text);
  if (found == kSpelling.end() || *found != text) return TokenKind::Identifier;
  return static_cast<TokenKind>(found - kSpelling.begin());
}

bool ends_statement(TokenKind kind) {
  switch (kind) {
  case TokenKind::Identifier:
  case TokenKind::Int:
  case TokenKind::Float:
  case TokenKind::String:
  case TokenKind::RawString:
  case TokenKind::Break:
  case TokenKind::Continue:
  case TokenKind::Return:
  case TokenKind::Empty:
  case TokenKind::RightParen:
  case TokenKind::RightBracket:
  case TokenKind::RightBrace:
    return true;
  default:
    return false;
  }
}

std::size_t letter_length(std::string_view text, bool digits) {
  if (text.empty()) return 0;
  const char c = text.front();
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') return 1;
  if (c >= '0' && c <= '9') return digits ? 1 : 0;
  if (static_cast<unsigned char>(c) < 0x80) return 0;
  utf8proc_int32_t point = 0;
  const auto length = utf8proc_iterate(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size(), 4)), &point);
  if (length <= 0) return 0;
  switch (utf8proc_category(point)) {
  case UTF8PROC_CATEGORY_LU:
  case UTF8PROC_CATEGORY_LL:
  case UTF8PROC_CATEGORY_LT:
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_LO:
    return static_cast<std::size_t>(length);
  case UTF8PROC_CATEGORY_ND:
    return digits ? static_cast<std::size_t>(length) : 0;
  default:
    return 0;
  }
}

bool is_identifier(std::string_view text) {
  std::size_t at = letter_length(text, false);
  if (at == 0) return false;
  while (at < text.size()) {
    const std::size_t step = letter_length(text.substr(at), true);
    if (step == 0) return false;
    at += step;
  }
  return word_kind(text) == TokenKind::Identifier;
}

}  // namespace sentinel
