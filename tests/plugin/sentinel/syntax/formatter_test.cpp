#include "plugin/sentinel/syntax/formatter.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/plugin/sentinel/syntax/dump.h"

namespace {

using syntax_test::Case;

std::string formatted(std::string text) {
  const auto result =
      sentinel::format(std::make_shared<base::Source>("p.sentinel", std::move(text)));
  return result.errors.empty() ? result.text : base::to_text(result.errors.front());
}

template <std::size_t N>
void expect_formatted(const Case (&cases)[N]) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const std::string once = formatted(c.source);
    EXPECT_EQ(once, c.result);
    EXPECT_EQ(formatted(once), once);
    EXPECT_EQ(syntax_test::dump(once), syntax_test::dump(c.source));
  }
}

TEST(Format, PutsBlanksWhereTheyBelong) {
  expect_formatted({
      {"operators", "a=1+2*3;b = -1-  -2", "a = 1 + 2 * 3\nb = -1 - -2\n"},
      {"words", "a   =   not(b)  or  !c", "a = not (b) or !c\n"},
      {"suffixes", "a=b   is    not   empty and c is   defined",
       "a = b is not empty and c is defined\n"},
      {"two words", "a = b  not   in c", "a = b not in c\n"},
      {"brackets", "a = [ 1,2 , 3, ]", "a = [1, 2, 3]\n"},
      {"braces", "a = { \"b\" :1 , \"c\":[ ] }", "a = {\"b\": 1, \"c\": []}\n"},
      {"calls", "a = f ( 1,g( ) ) [ 0 ] [1 : 2] . b", "a = f(1, g())[0][1:2].b\n"},
      {"a selector of a number", "a = 1 .b", "a = 1 .b\n"},
      {"rules", "a=rule{b}\nc=rule when d{e}", "a = rule { b }\nc = rule when d { e }\n"},
      {"quantifiers", "a=any b as c,d{c is d}", "a = any b as c, d { c is d }\n"},
      {"functions", "a=func(b,c){return b}", "a = func(b, c) { return b }\n"},
      {"imports and parameters", "import   \"a/b\"   as  c\nparam  d  default  1",
       "import \"a/b\" as c\nparam d default 1\n"},
      {"parentheses stay", "a = ((b) + (c))", "a = ((b) + (c))\n"},
      {"empty literals", "a = {\n}\nb = [\n\n]\nc = f(\n)", "a = {}\nb = []\nc = f()\n"},
  });
}

TEST(Format, LaysOutBlocks) {
  expect_formatted({
      {"conditions", "if a { b } else if c {\n  d } else { e }",
       "if a {\n\tb\n} else if c {\n\td\n} else {\n\te\n}\n"},
      {"loops", "for a as b, c { print(b); print(c) }",
       "for a as b, c {\n\tprint(b)\n\tprint(c)\n}\n"},
      {"cases", "case a { when 1,2: b\nelse: c }",
       "case a {\n\twhen 1, 2:\n\t\tb\n\telse:\n\t\tc\n}\n"},
      {"cases of nothing have two blanks", "case {\nwhen a:\n b\n}",
       "case  {\n\twhen a:\n\t\tb\n}\n"},
      {"functions", "f = func(a) {\n    return a }\nfunc g() { x = 1\nreturn x }",
       "f = func(a) {\n\treturn a\n}\nfunc g() {\n\tx = 1\n\treturn x\n}\n"},
      {"a broken rule", "main = rule { a and\n b }", "main = rule {\n\ta and\n\tb\n}\n"},
      {"a rule's brace", "main = rule\n{\n\ta\n}", "main = rule {\n\ta\n}\n"},
      {"empty blocks", "if a {\n}\nf = func() { }", "if a {}\nf = func() {}\n"},
      {"a function as an argument", "a = f(b, func(c) {\n return c\n})",
       "a = f(b, func(c) {\n\treturn c\n})\n"},
  });
}

TEST(Format, IndentsWhatGoesOn) {
  expect_formatted({
      {"not in a rule", "a = rule {\nb and\n(c or\nd) and\ne\n}",
       "a = rule {\n\tb and\n\t(c or\n\t\td) and\n\te\n}\n"},
      {"in a quantifier", "a = filter b as _, c {\nc.d and\nc.e and\n(c.f or\nc.g)\n}",
       "a = filter b as _, c {\n\tc.d and\n\t\tc.e and\n\t\t(c.f or\n\t\t\tc.g)\n}\n"},
      {"in a condition", "if a and\nb {\nc\n}", "if a and\n\tb {\n\tc\n}\n"},
      {"in an assignment", "a =\nb +\nc", "a =\n\tb +\n\t\tc\n"},
      {"in arguments", "f(a,\nb, c)\ng(\na, b)", "f(a,\n\tb, c)\ng(\n\ta, b)\n"},
      {"behind a dot", "a = b.\nc.\nd", "a = b.\n\tc.\n\td\n"},
  });
}

TEST(Format, KeepsOneBlankLine) {
  expect_formatted({
      {"between statements", "\n\na = 1\n\n\n\nb = 2\nc = 3\n\n", "a = 1\n\nb = 2\nc = 3\n"},
      {"in blocks", "if a {\n\n\n\tb\n\n\n}", "if a {\n\n\tb\n\n}\n"},
      {"in maps", "a = {\n\n\"b\": 1,\n\n\n\"c\": 2,\n}",
       "a = {\n\n\t\"b\": 1,\n\n\t\"c\": 2,\n}\n"},
  });
}

TEST(Format, AlignsMapValues) {
  expect_formatted({
      {"neighbours", "a = {\n\"b\": 1,\n\"longer\": [],\n\"c\": {},\n}",
       "a = {\n\t\"b\":      1,\n\t\"longer\": [],\n\t\"c\":      {},\n}\n"},
      {"not with several lines",
       "a = {\n\"b\": 1,\n\"longer\": [\n1,\n],\n\"cc\": 2,\n\"d\": 3,\n}",
       "a = {\n\t\"b\": 1,\n\t\"longer\": [\n\t\t1,\n\t],\n\t\"cc\": 2,\n\t\"d\":  3,\n}\n"},
      {"not over a blank line", "a = {\n\"b\": 1,\n\n\"longer\": 2,\n}",
       "a = {\n\t\"b\": 1,\n\n\t\"longer\": 2,\n}\n"},
      {"not over a comment", "a = {\n\"b\": 1,\n# c\n\"longer\": 2,\n}",
       "a = {\n\t\"b\": 1,\n\t# c\n\t\"longer\": 2,\n}\n"},
      {"not where lengths differ much",
       "a = {\n\"ami\": 1,\n\"associate_public_ip_address\": 2,\n\"availability_zone\": 3,\n}",
       "a = {\n\t\"ami\": 1,\n\t\"associate_public_ip_address\": 2,\n"
       "\t\"availability_zone\":           3,\n}\n"},
      {"short keys always", "a = {\n\"b\": 1,\n\"availability_zone\": 3,\n}",
       "a = {\n\t\"b\":                 1,\n\t\"availability_zone\": 3,\n}\n"},
      {"one entry", "a = {\n\"b\":      1,\n}", "a = {\n\t\"b\": 1,\n}\n"},
  });
}

TEST(Format, KeepsComments) {
  expect_formatted({
      {"above", "#a\n\n//  b\nc = 1", "#a\n\n//  b\nc = 1\n"},
      {"behind", "a = 1 # b\nlonger = 2   // c", "a = 1      # b\nlonger = 2 // c\n"},
      {"at the end", "a = 1\n\n\n# b", "a = 1\n\n# b\n"},
      {"only", "# a  \n\n\n\n# b\n", "# a\n\n# b\n"},
      {"in blocks", "if a {\n# b\nc\n# d\n}", "if a {\n\t# b\n\tc\n\t# d\n}\n"},
      {"behind a brace", "if a { # b\nc\n} # d\ne", "if a { # b\n\tc\n} # d\ne\n"},
      {"behind braces", "if a {\nfor b as c {\nd\n} # e\n} # f",
       "if a {\n\tfor b as c {\n\t\td\n\t} # e\n} # f\n"},
      {"in maps", "a = { # b\n\"c\": 1, # d\n\"long\": 22, # e\n# f\n}",
       "a = { # b\n\t\"c\":    1,  # d\n\t\"long\": 22, # e\n\t# f\n}\n"},
      {"in an empty map", "a = {\n# b\n}", "a = {\n\t# b\n}\n"},
      {"in expressions", "a = b and # c\nd /* e */ or /* f */ g",
       "a = b and # c\n\td /* e */ or /* f */ g\n"},
      {"in cases", "case a {\n# b\nwhen 1:\nc\n# d\n    # e\nwhen 2:\nf\n}",
       "case a {\n\t# b\n\twhen 1:\n\t\tc\n\t# d\n\t\t# e\n\twhen 2:\n\t\tf\n}\n"},
      {"in front", "/* a */ b = 1", "/* a */ b = 1\n"},
      {"over lines", "/* a  \n  b */\nc = 1", "/* a\n  b */\nc = 1\n"},
      {"where they force a line", "a = // b\n1", "a = // b\n\t1\n"},
      {"in one line", "a = [1, 2, /* b */]", "a = [1, 2, /* b */]\n"},
  });
}

TEST(Format, WritesPlainLineEnds) {
  EXPECT_EQ(formatted("\xef\xbb\xbf"
                      "# a\r\nb = `c\r\nd`\r\n"),
            "# a\nb = `c\nd`\n");
}

TEST(Format, LeavesTheEmptyFileEmpty) {
  EXPECT_EQ(formatted(""), "");
  EXPECT_EQ(formatted("\n\n"), "");
}

TEST(Format, ReportsWhatItCannotRead) {
  EXPECT_EQ(formatted("a = ]"),
            "p.sentinel:1:5: found `]`, expected an expression\n"
            "     1 | a = ]\n"
            "       |     ^\n");
}

}  // namespace
