#include "plugin/sentinel/syntax/parser.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/plugin/sentinel/syntax/dump.h"

namespace {

using syntax_test::Case;
using syntax_test::dump;

template <std::size_t N>
void expect_dumps(const Case (&cases)[N]) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(dump(c.source), c.result);
  }
}

TEST(Parse, BindsOperatorsByTheirLevel) {
  expect_dumps({
      {"multiplication before addition", "a = 1 + 2 * 3", "(= a (+ 1 (* 2 3)))"},
      {"left to right", "a = 1 - 2 - 3", "(= a (- (- 1 2) 3))"},
      {"remainder with multiplication", "a = b % c / d", "(= a (/ (% b c) d))"},
      {"parentheses", "a = (1 + 2) * 3", "(= a (* (+ 1 2) 3))"},
      {"else before comparison", "a = f() else 42 == 12", "(= a (== (else (call f) 42) 12))"},
      {"addition before else", "a = b + c else d", "(= a (else (+ b c) d))"},
      {"else is left-associative", "a = x else [] else {}",
       "(= a (else (else x (list)) (map-of)))"},
      {"else before not in", R"(a = x.y else "" not in l)",
       R"((= a (not-in (else (. x y) "") l)))"},
      {"else before is", "a = b else null is null", "(= a (== (else b null) null))"},
      {"comparison before and", "a = b < 1 and c >= 2", "(= a (and (< b 1) (>= c 2)))"},
      {"and before or", "a = b or c and d", "(= a (or b (and c d)))"},
      {"or and xor share a level", "a = b or c xor d or e", "(= a (or (xor (or b c) d) e))"},
      {"not is a prefix", "a = not b is c", "(= a (== (not b) c))"},
      {"signs", "a = -b - -1 + +c", "(= a (+ (- (minus b) (minus 1)) (plus c)))"},
      {"bang", "a = !b and !!c", "(= a (and (not b) (not (not c))))"},
      {"comparisons go left to right", "a = 1 < 2 == true", "(= a (== (< 1 2) true))"},
  });
}

TEST(Parse, ReadsWordOperators) {
  expect_dumps({
      {"is", "a is b", "(== a b)"},
      {"is not", "a is not b", "(!= a b)"},
      {"is not with not", "a is not not b", "(!= a (not b))"},
      {"contains", "a contains b", "(contains a b)"},
      {"not contains", "a not contains b", "(not-contains a b)"},
      {"in", "a in b", "(in a b)"},
      {"not in", "a not in b", "(not-in a b)"},
      {"matches", R"(a matches "^x")", R"((matches a "^x"))"},
      {"not matches", R"(a not matches "^x")", R"((not-matches a "^x"))"},
      {"is empty", "a is empty", "(empty a)"},
      {"is not empty", "a is not empty", "(not-empty a)"},
      {"is defined", "a.b is defined", "(defined (. a b))"},
      {"is not defined", "a[0] is not defined", "(not-defined (index a 0))"},
      {"a suffix binds before not", "not a is defined", "(not (defined a))"},
      {"a suffix binds before plus", "a + b is empty", "(+ a (empty b))"},
      {"a suffix before and", "a is defined and b is not empty", "(and (defined a) (not-empty b))"},
      {"a suffix compared", "a is defined is true", "(== (defined a) true)"},
      {"a variable named defined", "defined = 1\na is not b", "(= defined 1)\n(!= a b)"},
      {"after a parenthesis", "(x else []) is not empty", "(not-empty (else x (list)))"},
  });
}

TEST(Parse, ReadsOperands) {
  expect_dumps({
      {"numbers", "a = [0, 42, 0600, 0xfF, 1.5, 072.40, 1., .25, 1e3, 2.5E-1]",
       "(= a (list 0 42 384 255 1.5 72.4 1.0 0.25 1000.0 0.25))"},
      {"largest int", "a = 9223372036854775807", "(= a 9223372036854775807)"},
      {"smallest int", "a = -9223372036854775808", "(= a -9223372036854775808)"},
      {"a float beyond all floats", "a = 1e999", "(= a inf)"},
      {"strings", R"(a = "x\ty\"\\\x41\101A\U0001F600")", "(= a \"x\\x09y\\\"\\\\AAA\U0001F600\")"},
      {"a raw string", "a = `x\\n\"y`", R"((= a "x\\n\"y"))"},
      {"a raw string over lines", "a = `x\r\ny`", R"((= a "x\ny"))"},
      {"a string is bytes", R"(a = "\xff")", "(= a \"\xff\")"},
      {"invalid UTF-8 in a string", "a = \"\xff\" # \xfe", "(= a \"\xff\")"},
      {"lists and maps", R"(a = {"k": [1, 2,], 3: {},})",
       R"((= a (map-of "k" (list 1 2) 3 (map-of))))"},
      {"selectors", "a = b.c[d].e(1, f,)[2:3][:4][5:][:]",
       "(= a (slice (slice (slice (slice (call (. (index (. b c) d) e) 1 f) 2 3) _ 4) 5 _) _ _))"},
      {"reserved words as selectors", "a = b.filter.rule.is.map",
       "(= a (. (. (. (. b filter) rule) is) map))"},
      {"quantifiers", "a = any b as c { all d as e, f { g } }",
       "(= a (any b (c) (all d (e f) g)))"},
      {"filter and map", "a = filter (map b as c { d }) as _, e { e }",
       "(= a (filter (map b (c) d) (_ e) e))"},
      {"a quantifier's map", "a = map b as c { { c: 1 } }", "(= a (map b (c) (map-of c 1)))"},
      {"a map as a collection", R"(a = all {"x": 1} as k { k })",
       R"((= a (all (map-of "x" 1) (k) k)))"},
      {"rules", "a = rule { b }\nc = rule when d { e }", "(= a (rule b))\n(= c (rule (when d) e))"},
      {"a rule's brace below", "a = rule\n{\n  b\n}", "(= a (rule b))"},
      {"functions", "a = func(b, c,) { return func() { return 1 } }",
       "(= a (func (b c) (return (func () (return 1)))))"},
      {"predeclared names are names", "a = [true, false, null, undefined]",
       "(= a (list true false null undefined))"},
      {"letters of all languages", "größe = 1\nx٣ = größe", "(= größe 1)\n(= x٣ größe)"},
  });
}

TEST(Parse, ReadsStatements) {
  expect_dumps({
      {"assignments", "a = 1\na += 2\na -= 3\na *= 4\na /= 5\na %= 6",
       "(= a 1)\n(+= a 2)\n(-= a 3)\n(*= a 4)\n(/= a 5)\n(%= a 6)"},
      {"index assignment", R"(m["a"][b.c] = 1)", R"((= (index (index m "a") (. b c)) 1))"},
      {"if", "if a { b } else if c { d } else { e }",
       "(if a (then b) (else (if c (then d) (else e))))"},
      {"case", "case a {\nwhen 1, 2:\n  b\n  c\nwhen 3: d\nelse:\n  e\n}",
       "(case a (when (1 2) b c) (when (3) d) (else e))"},
      {"case without a subject", "case {\nwhen a < b:\n c\n}", "(case (when ((< a b)) c))"},
      {"case of nothing", "case a { }", "(case a)"},
      {"case of a map", "case {\"a\": 1} {\nwhen b: c\n}", "(case (map-of \"a\" 1) (when (b) c))"},
      {"for", "for a as b { if b { break }\n continue }",
       "(for a (b) (if b (then (break))) (continue))"},
      {"for with two names", "for {\"a\": 1} as k, v { print(k) }",
       "(for (map-of \"a\" 1) (k v) (call print k))"},
      {"named functions", "func f(a) {\n  return a\n}", "(func f (a) (return a))"},
      {"break in a loop in a function", "f = func() { for a as b { break }\n return 1 }",
       "(= f (func () (for a (b) (break)) (return 1)))"},
      {"expressions", "print(1)\nf(2)", "(call print 1)\n(call f 2)"},
      {"empty blocks", "if a {}\nfor b as c {}", "(if a (then))\n(for b (c))"},
  });
}

TEST(Parse, ReadsImportsAndParameters) {
  expect_dumps({
      {"imports", "import \"time\"\nimport \"tfplan/v2\" as tfplan\nimport `x`",
       "(import \"time\" time)\n(import \"tfplan/v2\" tfplan)\n(import \"x\" x)"},
      {"parameters", "param a\nparam b default 1\nparam c default [-1, +2.5, \"x\", true]",
       "(param a)\n(param b 1)\n(param c (list (minus 1) (plus 2.5) \"x\" true))"},
      {"a map as default", "param a default {\n  \"b\": [{}],\n}",
       "(param a (map-of \"b\" (list (map-of))))"},
  });
}

TEST(Parse, EndsStatementsAtLineEnds) {
  expect_dumps({
      {"semicolons", "a = 1; b = 2;; c = 3", "(= a 1)\n(= b 2)\n(= c 3)"},
      {"operators go on", "a = b and\n\n  c +\n  d", "(= a (and b (+ c d)))"},
      {"so does a dot", "a = b.\n  c", "(= a (. b c))"},
      {"so does what opens", "a = f(\n  1,\n  [\n    2,\n  ],\n)", "(= a (call f 1 (list 2)))"},
      {"so does an assignment", "a =\n  1", "(= a 1)"},
      {"empty ends", "a = b is empty\nc = 1", "(= a (empty b))\n(= c 1)"},
      {"defined ends", "a = b is defined\nc = 1", "(= a (defined b))\n(= c 1)"},
      {"a reserved word behind a dot ends", "a = b.filter\nc = 1", "(= a (. b filter))\n(= c 1)"},
      {"a block comment is a blank", "a = b /* x */ + c", "(= a (+ b c))"},
      {"a block comment over lines ends", "a = b /* x\n */ c = 1", "(= a b)\n(= c 1)"},
      {"comments", "# a\na = 1 # b\n// c\nb = 2 // d\n/* e */ c = 3",
       "(description \"a\")\n(= a 1)\n(= b 2)\n(= c 3)"},
      {"carriage returns", "a = 1\r\nb = [\r\n  2,\r\n]\r\n", "(= a 1)\n(= b (list 2))"},
      {"a byte order mark",
       "\xef\xbb\xbf"
       "a = 1",
       "(= a 1)"},
      {"no line end at the end", "a = func() {\n return 1 }", "(= a (func () (return 1)))"},
      {"nothing", "", ""},
      {"a comment only", "# x", ""},
  });
}

TEST(Parse, TakesCommentsAsDescriptions) {
  expect_dumps({
      {"of the file", "# One.\n#  Two. \n\n# Three.\n# Four.\nimport \"time\"\n",
       "(description \"One.\\n Two.\")\n(import \"time\" time)"},
      {"of the file, directly above", "# One.\n#  Two. \nimport \"time\"\n",
       "(description \"One.\\n Two.\")\n(import \"time\" time)"},
      {"of the file, in a block", "/* One.\n\n Two. */\n\n\n# Three.\nimport \"time\"",
       "(description \"One.\\n\\nTwo.\")\n(import \"time\" time)"},
      {"of the file, and of its first rule", "# One.\na = rule { true }",
       "(description \"One.\")\n(= a (rule true) (description \"One.\"))"},
      {"of the file, and another of its first rule", "# One.\n\n# Two.\na = rule { true }",
       "(description \"One.\")\n(= a (rule true) (description \"Two.\"))"},
      {"of a file that begins with a statement", "x = 1\n# One.\n\nb = rule { x }",
       "(= x 1)\n(= b (rule x))"},
      {"of a rule", "a = 1\n// Why.\nb = rule { a }\n\n# No rule.\nc = 2",
       "(= a 1)\n(= b (rule a) (description \"Why.\"))\n(= c 2)"},
      {"of a parameter", "a = 1", "(= a 1)"},
      {"of parameters", "import \"time\"\n# The day.\nparam a\n# Hour.\n# 24.\nparam b default 1",
       "(import \"time\" time)\n(param a (description \"The day.\"))\n"
       "(param b 1 (description \"Hour.\\n24.\"))"},
      {"a block comment", "x = 1\n/*\n * One.\n *   Two.\n */\nb = rule { x }",
       "(= x 1)\n(= b (rule x) (description \"One.\\n  Two.\"))"},
      {"a comment behind a statement is none", "x = 1 # One.\nb = rule { x }",
       "(= x 1)\n(= b (rule x))"},
      {"semicolons are nothing", "x = 1\n;# One.\n;b = rule { x }",
       "(= x 1)\n(= b (rule x) (description \"One.\"))"},
      {"marks alone are none", "x = 1\n###\n#\nb = rule { x }",
       "(= x 1)\n(= b (rule x) (description \"##\"))"},
  });
}

TEST(Parse, SaysWhatWasFoundAndWhatWasExpected) {
  expect_dumps({
      {"an operator at the start of a line", "a = rule {\n  b\n  and c\n}",
       "3:3: found `and`, expected `}` (the `{` of line 1 is open here)"},
      {"an operator at the start of a statement", "a = b\nor c",
       "2:1: found `or`, expected a statement (a line goes on below if `or` stands at its end)"},
      {"a dot at the start of a line", "a = b\n  .c()",
       "2:3: found `.`, expected a statement (a line goes on below if `.` stands at its end)"},
      {"else on its own line", "if a {\n}\nelse {\n}",
       "3:1: found `else`, expected a statement (a line goes on below if `else` stands at its "
       "end)"},
      {"a list without its last comma", "a = [\n  1,\n  2\n]",
       "3:4: found a line end, expected `,` or `]` (end the line with `,`, or write `]` on it)"},
      {"a map without its last comma", "a = {\n  \"b\": 1\n}",
       "2:9: found a line end, expected `,` or `}` (end the line with `,`, or write `}` on it)"},
      {"a call without its last comma", "f(\n  1\n)",
       "2:4: found a line end, expected `,` or `)` (end the line with `,`, or write `)` on it)"},
      {"a parenthesis over lines", "a = (b\n)",
       "1:7: found a line end, expected `)` (write `)` on the line, or end it with an operator)"},
      {"no value", "a =", "1:4: found the end of the file, expected an expression"},
      {"C's and", "a = b && c", "1:7: found `&&`, which is no operator (write `and`)"},
      {"C's or", "a = b || c", "1:7: found `||`, which is no operator (write `or`)"},
      {"C's if", "a = b ? c : d", "1:7: found `?`, which begins nothing"},
      {"quotes of other languages", "a = 'b'",
       "1:5: found `'`, which begins nothing (strings stand in `\"`)"},
      {"a stray brace", "a = 1\n}", "2:1: found `}`, expected an expression"},
      {"an open block", "f = func() {\n  return 1\n",
       "2:11: found the end of the file, expected `}` (the `{` of line 1 is open here)"},
      {"a string over lines", "a = \"b\nc = 1",
       "1:5: string without an end on its line (close it with `\"`, or write it in backquotes to "
       "span lines)"},
      {"an open raw string", "a = `b",
       "1:5: raw string without an end (close it with a backquote)"},
      {"an open comment", "a = 1 /* b", "1:7: comment without an end (write `*/` where it ends)"},
      {"a bad escape", R"(a = "x\'y")",
       R"(1:7: `\'` is no escape (write `\\` for a backslash, or put the string in backquotes))"},
      {"a short escape", R"(a = "\x4")",
       R"(1:6: escape `\x4` has 1 hexadecimal digits, expected 2)"},
      {"no zero escape", R"(a = "\0")", R"(1:6: escape `\0` has 1 octal digits, expected 3)"},
      {"a surrogate", R"(a = "\ud800")", R"(1:6: escape `\ud800` is no Unicode character)"},
      {"too large a character", R"(a = "\U00110000")",
       R"(1:6: escape `\U00110000` is no Unicode character)"},
      {"too large a byte", R"(a = "\400")",
       R"(1:6: escape `\400` is no byte (the largest is `\377`))"},
      {"too large an int", "a = 9223372036854775808",
       "1:5: integer `9223372036854775808` does not fit 64 bits (the largest is "
       "9223372036854775807)"},
      {"a bad octal", "a = 089",
       "1:5: `089` is not a number (a number that begins with 0 is octal: digits 0 to 7)"},
      {"a bad hexadecimal", "a = 0x", "1:5: `0x` is not a number"},
      {"letters behind a number", "a = 12px", "1:5: `12px` is not a number"},
      {"a bad exponent", "a = 1e+", "1:5: `1e+` is not a number"},
      {"reserved words are no names", "filter = 1",
       "1:8: found `=`, expected an expression (`filter` is a reserved word)"},
      {"nor loop names", "for a as in { }",
       "1:10: found `in`, expected a name for the element (`in` is a reserved word)"},
      {"a reserved word as a value", "a = import",
       "1:5: found `import`, expected an expression (`import` is a reserved word)"},
      {"characters of no meaning", "a = 1 § 2",
       "1:7: found `§`, which is no letter (such characters may stand in strings and comments "
       "only)"},
      {"bytes that are not UTF-8", "a = \xff",
       "1:5: found byte 0xff, which is not UTF-8 (save the file as UTF-8 text)"},
      {"two statements on a line", "a = 1 b = 2", "1:7: found `b`, expected a line end"},
      {"no `as`", "for a { }", "1:7: found `{`, expected `as`"},
      {"a rule without a body", "a = rule { }", "1:12: found `}`, expected an expression"},
      {"statements in a rule", "a = rule {\n  b\n  c\n}",
       "3:3: found `c`, expected `}` (the `{` of line 1 is open here)"},
      {"a bare return", "f = func() {\n  return\n}",
       "2:9: found a line end, expected the value to return (a function always returns a value: "
       "`return undefined`)"},
      {"not and nothing", "a not b",
       "1:7: found `b`, expected `in`, `contains` or `matches` after `not`"},
      {"an import without quotes", "import time",
       "1:8: found `time`, expected the name of an import in quotes"},
      {"an import that needs a name", "import \"tfplan/v2\"",
       "1:8: import `tfplan/v2` needs a name of its own (add `as` and a name: its path cannot be "
       "one)"},
      {"a default that is no constant", "param a default b.c",
       "1:17: found an expression, expected a constant as a parameter's default (a string, a "
       "number, "
       "`true`, `false`, or a list or map of those)"},
      {"a selector assigned", "a.b = 1",
       "1:3: found an assignment to a selector (write `[\"b\"]` to set an entry of a map)"},
      {"a call assigned", "f() = 1",
       "1:1: found an expression, expected a name or an index before `=` (a comparison is written "
       "`==` or `is`)"},
      {"a colon missing", "case a {\nwhen 1\n  b\n}", "2:7: found a line end, expected `:`"},
      {"statements in a case", "case a {\n  b\n}",
       "2:3: found `b`, expected `when`, `else` or `}` (the `{` of line 1 is open here)"},
      {"a function's name in an expression", "a = func b() { }",
       "1:10: found `b`, expected `(` (a function inside an expression has no name)"},
  });
}

TEST(Parse, ChecksWhatNeedsNoNames) {
  expect_dumps({
      {"break outside a loop", "break", "1:1: found `break` outside a `for`"},
      {"continue in a function in a loop", "for a as b { f = func() { continue } }",
       "1:27: found `continue` outside a `for`"},
      {"return outside a function", "return 1", "1:1: found `return` outside a function"},
      {"a declaration in a block", "if a {\n  func f() { return 1 }\n}",
       "2:3: found a function declaration inside a block (write `name = func(…) { … }` here: "
       "declarations stand at the outermost level)"},
      {"a parameter twice", "f = func(a, b, a) { return 1 }", "1:16: found parameter `a` twice"},
      {"two else in a case", "case a {\nelse:\n b\nelse:\n c\n}",
       "4:1: found a second `else` in a `case` (a `case` has at most one)"},
      {"an import late", "a = 1\nimport \"time\"",
       "2:1: found an import behind other declarations (imports come first in a file)"},
      {"a parameter late", "a = 1\nparam b",
       "2:1: found a parameter behind other statements (parameters come after the imports and "
       "before "
       "everything else)"},
  });
}

TEST(Parse, ReportsSeveralErrorsOfAFile) {
  EXPECT_EQ(dump("a = (\nb = 1\nf = func() {\n  x = = 2\n  return }\n\nc = [1 2]\nd = 3\n"),
            "2:3: found `=`, expected `)` (the `(` of line 1 is open here)\n"
            "4:7: found `=`, expected an expression\n"
            "7:8: found `2`, expected `,` or `]` (the `[` of line 7 is open here)");
}

TEST(Parse, StopsAtADozenErrors) {
  std::string text;
  for (int i = 0; i < 100; ++i)
    text += "a = =\n";
  EXPECT_EQ(syntax_test::parse(text).errors.size(), 12U);
}

TEST(Parse, RefusesDeepNesting) {
  const auto repeat = [](std::string_view piece, int times) {
    std::string out;
    for (int i = 0; i < times; ++i)
      out += piece;
    return out;
  };
  for (const std::string& text : {
           "a = " + repeat("(", 100'000),
           "a = " + repeat("[", 100'000),
           "a = " + repeat("-", 100'000) + "1",
           "a = 1" + repeat(" + 1", 100'000),
           "a = b" + repeat(".c", 100'000),
           "a = b" + repeat("[0]", 100'000),
           "a = b" + repeat("()", 100'000),
           "a = b" + repeat(" else c", 100'000),
           repeat("if a { ", 100'000),
           repeat("if a { } else ", 100'000) + "{ }",
           "a = " + repeat("func() { return ", 100'000),
           "a = " + repeat("any b as c { ", 100'000),
           "a = " + repeat("rule { ", 100'000),
           repeat("case { when a: ", 100'000),
       }) {
    const std::string problem = dump(text);
    EXPECT_NE(problem.find(": nested deeper than 1000 levels (split it into several statements)"),
              std::string::npos)
        << text.substr(0, 30) << " gave " << problem;
  }
}

TEST(Parse, AllowsDeepNestingThatIsBounded) {
  std::string text = "a = ";
  for (int i = 0; i < 900; ++i)
    text += '[';
  text += std::string(900, ']');
  const auto result = syntax_test::parse(text);
  ASSERT_TRUE(result.tree);
  EXPECT_EQ(result.tree->statements.front()->height, 900);
}

TEST(Parse, PointsAtWhatErrorsAreAbout) {
  const auto result =
      syntax_test::parse("x = a.b.c\ny = a[1](2)\nz = a + (b * c)\nw = not (a and b)");
  ASSERT_TRUE(result.tree);
  const auto value = [&](std::size_t i) {
    return static_cast<const sentinel::Assign*>(result.tree->statements[i])->value;
  };
  const std::string_view text = result.tree->source->text();
  const auto shown = [&](const sentinel::Node* node) {
    return std::string(text.substr(node->span.begin, node->span.end - node->span.begin)) + " @ " +
           std::string(text.substr(node->position, 2));
  };
  EXPECT_EQ(shown(value(0)), "a.b.c @ c\n");
  EXPECT_EQ(shown(static_cast<const sentinel::Select*>(value(0))->base), "a.b @ b.");
  EXPECT_EQ(shown(value(1)), "a[1](2) @ a[");
  EXPECT_EQ(shown(static_cast<const sentinel::Call*>(value(1))->callee), "a[1] @ [1");
  EXPECT_EQ(shown(value(2)), "a + (b * c) @ a ");
  EXPECT_EQ(shown(static_cast<const sentinel::Binary*>(value(2))->right), "b * c @ b ");
  EXPECT_EQ(shown(value(3)), "not (a and b) @ no");
  EXPECT_EQ(shown(result.tree->statements[3]), "w = not (a and b) @ w ");
}

}  // namespace
