#include "plugin/sentinel/syntax/lexer.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace {

using sentinel::Lexer;
using sentinel::Token;
using sentinel::TokenKind;

/// Tokens divided by blanks; `$` stands for a line end that ends a statement.
std::string tokens(const std::string& text) {
  Lexer lexer(text);
  std::string out;
  for (;;) {
    const Token token = lexer.next();
    if (token.kind == TokenKind::End) return out;
    if (!out.empty()) out += ' ';
    if (token.kind == TokenKind::Error) {
      out += "error";
    } else if (token.kind == TokenKind::Semicolon && token.flag) {
      out += '$';
    } else {
      out += text.substr(token.span.begin, token.span.end - token.span.begin);
    }
  }
}

TEST(Lexer, TakesTheLongestOperator) {
  EXPECT_EQ(tokens("a<=b<c!=d!e==f=g+=h+i"), "a <= b < c != d ! e == f = g += h + i $");
  EXPECT_EQ(tokens("a-=b*=c/=d%=e"), "a -= b *= c /= d %= e $");
  EXPECT_EQ(tokens("{[(:,.;)]}"), "{ [ ( : , . ; ) ] } $");
}

TEST(Lexer, EndsStatementsBehindWhatCanEndOne) {
  EXPECT_EQ(tokens("a\n1\n1.5\n\"s\"\n`r`\n)\n]\n}\nbreak\ncontinue\nreturn\nempty\n"),
            "a $ 1 $ 1.5 $ \"s\" $ `r` $ ) $ ] $ } $ break $ continue $ return $ empty $");
  EXPECT_EQ(tokens("(\n[\n{\n,\n.\n+\nand\nis\nrule\nfunc\nelse\nin\nimport\n"),
            "( [ { , . + and is rule func else in import");
  EXPECT_EQ(tokens("a\n\n\nb"), "a $ b $");
  EXPECT_EQ(tokens("a.rule\na.in\n"), "a . rule $ a . in $");
}

TEST(Lexer, PassesOverCommentsAndKeepsTheirPlaces) {
  const std::string text = "a # b\n/* c */ d // e";
  std::vector<base::Span> comments;
  Lexer lexer(text, &comments);
  while (lexer.next().kind != TokenKind::End) {
  }
  std::vector<std::string> texts;
  for (const base::Span& comment : comments)
    texts.push_back(text.substr(comment.begin, comment.end - comment.begin));
  EXPECT_EQ(texts, (std::vector<std::string>{"# b", "/* c */", "// e"}));
}

TEST(Lexer, GoesOnBehindAnError) {
  EXPECT_EQ(tokens("a ? b"), "a error b $");
}

TEST(Lexer, KnowsIdentifiers) {
  EXPECT_TRUE(sentinel::is_identifier("a_1"));
  EXPECT_TRUE(sentinel::is_identifier("_"));
  EXPECT_TRUE(sentinel::is_identifier("größe"));
  EXPECT_TRUE(sentinel::is_identifier("defined"));
  EXPECT_FALSE(sentinel::is_identifier(""));
  EXPECT_FALSE(sentinel::is_identifier("1a"));
  EXPECT_FALSE(sentinel::is_identifier("a-b"));
  EXPECT_FALSE(sentinel::is_identifier("map"));
  EXPECT_FALSE(sentinel::is_identifier("\xff"));
}

TEST(Lexer, KnowsEveryReservedWord) {
  for (const std::string_view word :
       {"all",    "any", "as",       "break", "case",   "continue", "default", "else",   "empty",
        "filter", "for", "func",     "if",    "import", "map",      "param",   "return", "rule",
        "when",   "and", "contains", "in",    "is",     "matches",  "not",     "or",     "xor"}) {
    const TokenKind kind = sentinel::word_kind(word);
    EXPECT_TRUE(sentinel::is_reserved_word(kind)) << word;
    EXPECT_EQ(sentinel::spelling(kind), word);
  }
  EXPECT_EQ(sentinel::word_kind("true"), TokenKind::Identifier);
  EXPECT_EQ(sentinel::word_kind("alll"), TokenKind::Identifier);
}

}  // namespace
