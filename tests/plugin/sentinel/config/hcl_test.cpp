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

TEST(Hcl, ReadsLiterals) {
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
       "x.hcl:1:10: the text is not UTF-8\n     1 | a { x = \"\xFF\" }\n       |          ^ save "
       "the file as UTF-8 text\n"},
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

/// What the expression `source` reads as.
std::string value_of(const std::string& source) {
  return read("a {\n x = " + source + "\n}");
}

TEST(Hcl, ComputesConstantExpressions) {
  const Case kCases[] = {
      {"arithmetic by rank", "1 + 2 * 3 - 4 / 2 % 3", "int 5"},
      {"from left to right", "[10 - 3 - 2, 64 / 4 / 2, 7 % 4 % 2]", "[int 5, int 8, int 1]"},
      {"division is exact", "[7 / 2, 1 / 4]", "[float 3.500000, float 0.250000]"},
      {"the remainder has the sign of what is divided", "[-7 % 3, 7 % -3]", "[int -1, int 1]"},
      {"decimals add up", "0.1 + 0.2 == 0.3", "true"},
      {"large whole numbers", "9223372036854775807 + 1", "float 9223372036854775808.000000"},
      {"signs", "[-(1 + 2), - 5, --5, -\"2\"]", "[int -3, int -5, int 5, int -2]"},
      {"texts that are numbers", "\"1\" + \"2.5\"", "float 3.500000"},
      {"comparison", "[1 < 2, 2 <= 1, 2 > 1, 1 >= 1, 1 == 1.0, 1 != 2]",
       "[true, false, true, true, true, true]"},
      {"comparison of anything",
       "[\"1\" == 1, null == null, [1, {a = 2}] == [1, {a = 2}], {a = 1, b = 2} == {b = 2, a = 1}, "
       "[1] == [1, 2], {a = 1} == {b = 1}, true == \"true\"]",
       "[false, true, true, true, false, false, false]"},
      {"of equal keys the last counts", "{a = 1, a = 2} == {a = 2}", "true"},
      {"logic", "[!false, !true, true && false, false || true, !\"0\", false || 1 < 2 && true]",
       "[true, false, false, true, true, true]"},
      {"a condition", "[true ? 1 : 2, 1 > 2 ? \"a\" : \"b\", false ? 1 : true ? 2 : 3]",
       "[int 1, 'b', int 2]"},
      {"sides of a condition take one kind",
       "[true ? 1 : \"a\", false ? \"a\" : true, true ? null : 1]", "['1', 'true', null]"},
      {"what is wrong in the other side does not matter",
       "[true ? 1 : 1 / 0, false ? var.x : 2, true ? 3 : f(1, [2]...), true ? [] : [1][4]]",
       "[int 1, int 2, int 3, []]"},
      {"parentheses hold lines together", "(\n1\n+ 2\n) * 3", "int 9"},
      {"brackets do, too", "[\n1\n+ 2\n, 3]", "[int 3, int 3]"},
      {"elements", "[[1, 2][1], {a = 1}.a, {a = 1}[\"a\"], {a = {b = [5]}}.a.b[0], [7].0]",
       "[int 2, int 1, int 1, int 5, int 7]"},
      {"an index is an expression", "[[1, 2][2 - 1], {a1 = 2}[\"a${1}\"]]", "[int 2, int 2]"},
      {"all elements", "[[{a = 1}, {a = 2}][*].a, [{a = [3]}].*.a, {a = 1}[*].a, null[*]]",
       "[[int 1, int 2], [[int 3]], [int 1], []]"},
      {"`.*` takes no index with it", "[{a = [3]}, {a = [4]}].*.a[1]", "[int 4]"},
      {"keys", "{ (\"a\") = 1, \"b${1 + 1}\" = 2, (3) = 3, for = 4, if = 5 }",
       "{a: int 1, b2: int 2, 3: int 3, for: int 4, if: int 5}"},
      {"templates", R"(["a${1 + 1}b", "${true} ${1.50} ${"x"} ${1e21}", "${""}"])",
       "['a2b', 'true 1.5 x 1000000000000000000000', '']"},
      {"a template alone keeps its kind", R"(["${1}", "${[1]}", "${ ! true }", " ${1}"])",
       "[int 1, [int 1], false, ' 1']"},
      {"templates of templates", R"("${"${"a"}b"}c")", "'abc'"},
      {"markers that take blanks away", R"("a ${~ "b" ~} c")", "'abc'"},
      {"literal dollars beside templates", R"("$${a} %%{b} $${${1}}$ 5% $")",
       "'${a} %{b} ${1}$ 5% $'"},
      {"a directive", R"(["%{if true}a%{endif}", "%{ if 1 > 2 }a%{ else }b${1}%{ endif }."])",
       "['a', 'b1.']"},
      {"a directive alone is text", R"("%{if true}${1}%{endif}")", "'1'"},
      {"directives in directives",
       R"("%{for i, x in ["a", "b"]}%{if i == 1}-%{endif}${x}%{endfor}")", "'a-b'"},
      {"for, of lists", "[for x in [1, 2, 3] : x * 2 if x != 2]", "[int 2, int 6]"},
      {"for, with indexes", "[for i, x in [\"a\", \"b\"] : \"${i}${x}\"]", "['0a', '1b']"},
      {"for, of objects in the order of keys", "[for k, v in {b = 1, a = 2} : \"${k}${v}\"]",
       "['a2', 'b1']"},
      {"for, to objects", "{for x in [\"b\", \"a\"] : x => [x]}", "{b: ['b'], a: ['a']}"},
      {"for, grouped",
       "{for x in [{k = \"a\", v = 1}, {k = \"b\", v = 2}, {k = \"a\", v = 3}] : x.k => x.v...}",
       "{a: [int 1, int 3], b: [int 2]}"},
      {"for in for, over lines",
       "[\n for x in [1, 2] :\n [\n for y in [x] :\n {\n a = x\n b = y }\n ]\n if x == 2\n]",
       "[[{a: int 2, b: int 2}]]"},
      {"names hide names", "[for x in [1] : [for x in [x + 1] : x]]", "[[int 2]]"},
      {"for of nothing", "[for x in [] : x.a.b]", "[]"},
      {"the specification's examples: for",
       "[[for v in [\"a\", \"b\"]: v], [for i, v in [\"a\", \"b\"]: i], "
       "{for i, v in [\"a\", \"b\"]: v => i}, {for i, v in [\"a\", \"a\", \"b\"]: v => i...}, "
       "[for i, v in [\"a\", \"b\", \"c\"]: v if i < 2]]",
       "[['a', 'b'], [int 0, int 1], {a: int 0, b: int 1}, {a: [int 0, int 1], b: [int 2]}, "
       "['a', 'b']]"},
      {"the specification's examples: markers",
       R"(["hello ${~ "world" }", "%{ if true ~} hello %{~ endif }", "${"hello" ~}${" world"}"])",
       "['helloworld', 'hello', 'hello world']"},
      {"the specification's examples: a template alone",
       R"(["${true}", "${"${true}"}", "hello ${true}", "${""}${true}", )"
       R"("%{ for v in [true] }${v}%{ endfor }"])",
       "[true, true, 'hello true', 'true', 'true']"},
      {"comments", "[1 /* a */ + # b\n 2]", "[int 3]"},
      {"a heredoc with templates",
       "<<-EOF\n    a${1}\n      %{ if true ~}\n    b\n    %{~ endif }\n  EOF", "'a1\\n  b\\n\\n'"},
      {"a heredoc whose loop leaves no empty lines",
       "<<EOF\n%{ for x in [1, 2] ~}\n  x${x}\n%{ endfor ~}\nEOF", "'  x1\\n  x2\\n'"},
      {"a heredoc in Windows' lines", "<<-EOF\r\n  a\r\n\r\n   b\r\n  EOF", "'a\\n\\n b\\n'"},
      {"a heredoc in a list", "[<<A\na\nA\n, 1]", "['a\\n', int 1]"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(value_of(c.text), "a{x: " + c.result + "}");
  }
}

/// Where and why the expression `source` has no value.
TEST(Hcl, SaysWhatHasNoValue) {
  struct Wrong {
    std::string source;
    std::string where;  // the caret's line, its column is that of `source`
    std::string what;
  };
  const Wrong kCases[] = {
      {"var.region", "^~~", "`var` is a variable: variables may not be used here"},
      {"upper(\"a\", [1]...)", "^~~~~", "`upper` is called: functions may not be called here"},
      {"\"a${b}\"", "    ^", "`b` is a variable: variables may not be used here"},
      {"[for x in [1] : y]", "                ^",
       "`y` is a variable: variables may not be used here"},
      {"\"a\" + 1", "^~~", "the left side of `+` is text, expected a number"},
      {"1 * [2]", "    ^~~", "the right side of `*` is a list, expected a number"},
      {"1 < null", "    ^~~~", "the right side of `<` is null, expected a number"},
      {"1 && true", "^", "the left side of `&&` is a whole number, expected true or false"},
      {"!1", " ^", "the operand of `!` is a whole number, expected true or false"},
      {"-{}", " ^~", "the operand of `-` is a map, expected a number"},
      {"1 ? 2 : 3", "^", "the condition of `?` is a whole number, expected true or false"},
      {"1 / (1 - 1)", "^~~~~~~~~~~", "division by zero"},
      {"1 % 0", "^~~~~", "division by zero"},
      {"1e308 * 10", "^~~~~~~~~~", "the number is too large"},
      {"true ? [1] : 2", "       ^~~~~~~",
       "the sides of a condition are a list and a whole number, expected values of one kind"},
      {"false ? true : 2", "        ^~~~~~~~",
       "the sides of a condition are true or false and a whole number, expected values of one "
       "kind"},
      {"[1, 2][2]", "       ^", "there is no element 2 in a list of 2"},
      {"[1, 2][0.5]", "       ^~~", "there is no element 0.5 in a list of 2"},
      {"[1][\"a\"]", "    ^~~", "the index is text, expected a number"},
      {"{a = 1}.b", "        ^", "the map has no key `b`"},
      {"{a = 1}[\"b\"]", "        ^~~", "the map has no key `b`"},
      {"1.a", "  ^", "a whole number has no key `a`"},
      {"1[0]", "  ^", "a whole number has no elements"},
      {"[for x in 1 : x]", "          ^", "`for` over a whole number, expected a list or a map"},
      {"[for x in [1] : x if x]", "                     ^",
       "the condition of `if` is a whole number, expected true or false"},
      {"{for x in [1, 1] : x => 2}", "                   ^", "`for` makes the key `1` twice"},
      {"{for x in [[]] : x => 2}", "                 ^", "the key is a list, expected text"},
      {"{ (null) = 1 }", "  ^~~~~~", "what is put into the text is null, expected text"},
      {"\"a${[1]}\"", "    ^~~", "what is put into the text is a list, expected text"},
      {"\"a${null}\"", "    ^~~~", "what is put into the text is null, expected text"},
      {"1 +", "   ^", "found the end of the line, expected a value"},
      {"true ? 1", "        ^", "found the end of the line, expected `:` and the other value"},
      {"\"${1\"", " ^~", "the template is not closed"},
      {"\"%{if true}\"", " ^~", "the `if` is not closed"},
      {"\"%{if true}%{endfor}\"", " ^~", "the `if` is not closed"},
      {"\"%{for x in [1]}\"", " ^~", "the `for` is not closed"},
      {"\"a%{endif}\"", "  ^~~~~~~~", "the directive ends nothing"},
      {"\"%{while true}\"", "   ^",
       "found `while`, expected `if`, `else`, `endif`, `for` or `endfor`"},
      {"[for x in [1] x]", "              ^",
       "found `x`, expected `:` and the value of each element"},
      {"[for x : 1]", "       ^", "found `:`, expected `in`"},
      {"[for 1 in 2 : 3]", "     ^", "found `1`, expected a name behind `for`"},
      {"{for x in [1] : x}", "                 ^",
       "found `}`, expected `=>` and the value of the key"},
      {"[1][0", "   ^", "the index is not closed"},
      {"[1].", "    ^", "found the end of the line, expected a name, an index or `*` behind `.`"},
  };
  for (const Wrong& c : kCases) {
    SCOPED_TRACE(c.source);
    const std::string error = value_of(c.source);
    const std::string margin = " x = ";
    const std::size_t column = margin.size() + c.where.find('^') + 1;
    std::string expected = "x.hcl:2:" + std::to_string(column) + ": " + c.what + "\n     2 | " +
                           margin + c.source + "\n       |      " + c.where;
    EXPECT_EQ(error.substr(0, expected.size()), expected);
    // Advice may follow.
    EXPECT_TRUE(error.find_first_of(" \n", expected.size()) == expected.size()) << error;
  }
}

TEST(Hcl, ALabelIsNoTemplate) {
  EXPECT_EQ(read("a \"b${1}\" {}"),
            "x.hcl:1:3: a label is no template\n     1 | a \"b${1}\" {}\n"
            "       |   ^~~~~~~ `$${` is a literal `${`\n");
}

TEST(Hcl, BoundsWhatExpressionsTake) {
  const auto repeated = [](std::string_view text, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
      out += text;
    return out;
  };
  const std::string thousand = "[" + repeated("1,", 1000) + "]";
  std::string doubled = "\"0123456789\"";
  for (int i = 0; i < 30; ++i) {
    doubled = "[for a in [" + doubled + "] : \"${a}${a}\"][0]";
  }
  std::string deep = "1";
  for (int i = 0; i < 15; ++i)
    deep = "[for a in [" + deep + "] : [[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]";
  const Case kCases[] = {
      {"loops in loops",
       "[for a in " + thousand + ": [for b in " + thousand + ": [for c in " + thousand + ": 1]]]",
       "the file holds more than 2000000 values"},
      {"texts that double", doubled,
       "the texts that are computed here are longer than 64 MiB together"},
      {"long keys",
       "[for a in " + thousand + " : [for k, v in {" + std::string(1'000'000, 'k') + " = 1} : v]]",
       "the texts that are computed here are longer than 64 MiB together"},
      {"values that loops put into each other", deep,
       "values are nested more than 200 levels deep"},
      {"chains", repeated("1+", 200'000) + "1",
       "the file holds more than 100000 operands of expressions"},
      {"steps", "[]" + repeated(".a", 200'000),
       "the file holds more than 100000 operands of expressions"},
      {"ranks of operators",
       repeated("(true || true && 1 == 1 < 2 + 3 * ", 190) + "1" + repeated(")", 190),
       "expressions are nested more than 300 levels deep"},
      {"elements of elements", "[1]" + repeated("[*]", 50'000),
       "expressions are nested more than 300 levels deep"},
      {"signs", repeated("!", 100'000), "values are nested more than 200 levels deep"},
      {"conditions", repeated("true?", 100'000), "values are nested more than 200 levels deep"},
      {"more conditions", repeated("true?1:", 100'000),
       "values are nested more than 200 levels deep"},
      {"indexes", repeated("[1][", 100'000), "values are nested more than 200 levels deep"},
      {"calls", repeated("f(", 100'000), "values are nested more than 200 levels deep"},
      {"templates", repeated("\"${", 100'000), "values are nested more than 200 levels deep"},
      {"directives", '"' + repeated("%{if true}", 100'000),
       "values are nested more than 200 levels deep"},
      {"loops", repeated("[for a in ", 100'000), "values are nested more than 200 levels deep"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    const std::string error = value_of(c.text);
    EXPECT_NE(error.find(": " + c.result + "\n"), std::string::npos) << error.substr(0, 300);
  }
}

TEST(Hcl, ErrorsInSidesThatAreNotTakenCostLittle) {
  // Each of them would have to look for its line behind ten megabytes.
  const std::string text = "# " + std::string(10'000'000, 'x') + "\na {\n x = [for a in [" + [] {
    std::string items;
    for (int i = 0; i < 50'000; ++i)
      items += "1,";
    return items;
  }() + "] : true ? 1 : b]\n}";
  std::vector<base::Diagnostic> errors;
  const Document document = read_hcl(std::make_shared<const base::Source>("x.hcl", text), errors);
  ASSERT_TRUE(errors.empty()) << printed(errors);
  EXPECT_EQ(document.blocks[0].body.entries[0].value.items.size(), 50'000U);
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
