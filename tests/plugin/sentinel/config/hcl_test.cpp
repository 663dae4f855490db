#include <gtest/gtest.h>

#include "tests/plugin/sentinel/config/printed.h"

namespace sentinel {
namespace {

/// What a text reads as: its blocks, or its error.
std::string read(std::string text) {
  std::vector<base::Diagnostic> errors;
  const Document document =
      read_hcl(std::make_shared<const base::Source>("x.hcl", std::move(text)), errors);
  return errors.empty() ? printed(document) : printed(errors);
}

struct Case {
  const char* name;
  std::string text;
  std::string result;
};

TEST(Hcl, ReadsLiteralValues) {
  const Case kCases[] = {
      {"nothing", "", ""},
      {"comments only", "# a\n// b\n/* c\n d */\n", ""},
      {"a block without labels", "test {\n}", "test{}"},
      {"labels in quotes and bare", "import \"static\" x {\n}", "import(static)(x){}"},
      {"a block on one line", "param \"x\" { value = 1 }", "param(x){value: int 1}"},
      {"a mark of byte order", "\xEF\xBB\xBFtest {}", "test{}"},
      {"line ends of Windows", "a {\r\n  x = 1\r\n}\r\n", "a{x: int 1}"},
      {"scalars",
       "a {\n b = true\n c = false\n d = null\n e = -1.5e2\n f = 12345678901234567890\n}",
       "a{b: true, c: false, d: null, e: float -150.000000, f: float 12345678901234567168.000000}"},
      {"escapes", R"(a { x = "\n\t\"\\\u00e9\U0001F600" })",
       "a{x: '\\n\t\"\\\xC3\xA9\xF0\x9F\x98\x80'}"},
      {"literal dollars", R"(a { x = "$ $1 $${x} %%{y} %" })", "a{x: '$ $1 ${x} %{y} %'}"},
      {"lists", "a {\n x = [1, # one\n 2,\n]\n y = []\n}", "a{x: [int 1, int 2], y: []}"},
      {"objects with `=`, `:`, commas and line ends",
       "a {\n x = { b = 1, \"c d\" : 2\n  e = 3\n  4 = {} }\n}",
       "a{x: {b: int 1, c d: int 2, e: int 3, 4: {}}}"},
      {"a key in parentheses", "a { x = { (\"k\") = 1 } }", "a{x: {k: int 1}}"},
      {"a value in parentheses", "a { x = (\n 1\n) }", "a{x: int 1}"},
      {"blocks in blocks", "mock \"x\" {\n module {\n  source = \"y\"\n }\n}",
       "mock(x){module: {source: 'y'}}"},
      {"labels of inner blocks are levels", "a {\n b \"c\" {\n d = 1\n }\n}",
       "a{b: {c: {d: int 1}}}"},
      {"a heredoc", "a {\n x = <<EOF\n  one\n two ${\"$\"}\n",
       "x.hcl:2:6: the text is not closed\n"
       "     2 |  x = <<EOF\n       |      ^~~~~ close it with a line that holds only `EOF`\n"},
      {"a heredoc", "a {\n x = <<EOF\n  one\n two $${z}\nEOF\n}", "a{x: '  one\\n two ${z}\\n'}"},
      {"a heredoc without margin", "a {\n x = <<-EOF\n    one\n\n      two\n    EOF\n}",
       "a{x: 'one\\n\\n  two\\n'}"},
      {"any bytes in comments", "# \xFF\na { x = 1 } // \xC3\n/* \xE4 */", "a{x: int 1}"},
      {"dashes in names", "a { x-y = 1 }", "a{x-y: int 1}"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(read(c.text), c.result);
  }
}

TEST(Hcl, SaysWhatIsWrongAndWhere) {
  const Case kCases[] = {
      {"no block", "= 1",
       "x.hcl:1:1: found `=`, expected a block\n"
       "     1 | = 1\n       | ^\n"},
      {"a setting outside", "x = 1",
       "x.hcl:1:1: `x` is set outside a block\n     1 | x = 1\n"
       "       | ^ settings stand in a block, as in `param \"x\" { value = … }`\n"},
      {"a variable", "a { x = var.y }",
       "x.hcl:1:9: `var` is not a value\n     1 | a { x = var.y }\n"
       "       |         ^~~ variables and functions are not supported here: put text in quotes\n"},
      {"an operator", "a { x = 1 + 2 }",
       "x.hcl:1:11: found `+` behind a value\n     1 | a { x = 1 + 2 }\n"
       "       |           ^ operators, functions and variables are not supported here: write the "
       "value "
       "out\n"},
      {"a template", R"(a { x = "b${c}" })",
       "x.hcl:1:11: templates are not supported here\n     1 | a { x = \"b${c}\" }\n"
       "       |           ^~ write `$${` for a literal `${`\n"},
      {"a directive", R"(a { x = "%{if}" })",
       "x.hcl:1:10: templates are not supported here\n     1 | a { x = \"%{if}\" }\n"
       "       |          ^~ write `%%{` for a literal `%{`\n"},
      {"an unknown escape", R"(a { x = "\d" })",
       "x.hcl:1:10: unknown escape\n     1 | a { x = \"\\d\" }\n"
       "       |          ^~ known are \\n \\r \\t \\\" \\\\ \\uXXXX \\UXXXXXXXX\n"},
      {"half of a pair", R"(a { x = "\ud800" })",
       "x.hcl:1:10: the escape is no character of Unicode\n     1 | a { x = \"\\ud800\" }\n"
       "       |          ^~~~~~\n"},
      {"an open text", "a { x = \"b\n}",
       "x.hcl:1:9: the text is not closed\n     1 | a { x = \"b\n       |         ^~ close it with "
       "`\"`\n"},
      {"an open block", "a {\n x = 1",
       "x.hcl:1:1: the block is not closed\n     1 | a {\n       | ^ close it with `}`\n"},
      {"an open comment", "/* a",
       "x.hcl:1:1: the comment is not closed\n     1 | /* a\n       | ^~ close it with `*/`\n"},
      {"set twice", "a {\n x = 1\n x = 2\n}",
       "x.hcl:3:2: `x` is set twice\n     3 |  x = 2\n       |  ^ it was set on line 2\n"},
      {"two settings on a line", "a { x = 1, y = 2 }",
       "x.hcl:1:10: a block on one line may hold one setting only\n     1 | a { x = 1, y = 2 }\n"
       "       |          ^ put each setting on its own line\n"},
      {"a missing line end", "a {\n x = 1 y = 2\n}",
       "x.hcl:2:8: found `y`, expected the end of the line after the value of `x`\n"
       "     2 |  x = 1 y = 2\n       |        ^\n"},
      {"no UTF-8", "a { x = \"\xFF\" }",
       "x.hcl:1:10: the text is not UTF-8\n     1 | a { x = \"\xFF\" }\n       |          ^\n"},
      {"too large a number", "a { x = 1e999 }",
       "x.hcl:1:9: the number is too large\n     1 | a { x = 1e999 }\n       |         ^~~~~\n"},
      {"binary", std::string("\0\1", 2),
       "x.hcl:1:1: found a control character, expected a block\n     1 |   \n       | ^\n"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(read(c.text), c.result);
  }
}

TEST(Hcl, BoundsNesting) {
  for (const std::string& opener : {std::string("["), std::string("{ a = "), std::string("(")}) {
    std::string text = "a {\n x = ";
    for (int i = 0; i < 100'000; ++i)
      text += opener;
    const std::string error = read(text);
    EXPECT_NE(error.find("values are nested more than 200 levels deep"), std::string::npos)
        << error;
  }
}

TEST(Hcl, KeepsTheBlocksBeforeAnError) {
  std::vector<base::Diagnostic> errors;
  const Document document = read_hcl(
      std::make_shared<const base::Source>("x.hcl", "param \"a\" { value = 1 }\nparam {{"), errors);
  EXPECT_EQ(printed(document), "param(a){value: int 1}");
  EXPECT_EQ(errors.size(), 1U);
}

}  // namespace
}  // namespace sentinel
