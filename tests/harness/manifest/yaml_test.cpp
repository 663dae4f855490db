#include "harness/manifest/yaml.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace harness {
namespace {

using base::ConfigNode;

/// A tree on one line: `{a: i1, b: [s"x", null]}`.
std::string shown(const ConfigNode& node) {
  switch (node.kind) {
  case ConfigNode::Kind::Null:
    return "null";
  case ConfigNode::Kind::Bool:
    return node.boolean ? "true" : "false";
  case ConfigNode::Kind::Int:
    return "i" + std::to_string(node.integer);
  case ConfigNode::Kind::Float:
    return "f" + std::to_string(node.number);
  case ConfigNode::Kind::String:
    return "s\"" + node.text + "\"";
  case ConfigNode::Kind::List: {
    std::string out = "[";
    for (const ConfigNode& item : node.items)
      out += (out.size() > 1 ? ", " : "") + shown(item);
    return out + "]";
  }
  case ConfigNode::Kind::Map: {
    std::string out = "{";
    for (const base::ConfigEntry& entry : node.entries)
      out += (out.size() > 1 ? ", " : "") + entry.key + ": " + shown(entry.value);
    return out + "}";
  }
  }
  return "";
}

struct Read {
  std::string tree;
  std::string problems;
};

Read read(const std::string& text) {
  const auto source = std::make_shared<const base::Source>("x.yaml", text);
  const Locator locator(source);
  std::vector<base::Diagnostic> problems;
  const auto root = read_yaml(locator, *source, problems);
  Read out;
  if (root) out.tree = shown(*root);
  for (const base::Diagnostic& problem : problems)
    out.problems += base::to_text(problem);
  return out;
}

struct Scalar {
  std::string text;
  std::string tree;
};

TEST(Yaml, TypesScalarsByTheCoreSchema) {
  const Scalar scalars[] = {
      {"true", "true"},
      {"False", "false"},
      {"yes", "s\"yes\""},
      {"on", "s\"on\""},
      {"'true'", "s\"true\""},
      {"\"5\"", "s\"5\""},
      {"5", "i5"},
      {"+5", "i5"},
      {"-5", "i-5"},
      {"010", "i10"},
      {"0x1F", "i31"},
      {"0o17", "i15"},
      {"0x", "s\"0x\""},
      {"0x-1", "s\"0x-1\""},
      {"0b1", "s\"0b1\""},
      {"1_000", "s\"1_000\""},
      {"9223372036854775807", "i9223372036854775807"},
      {"9223372036854775808", "f9223372036854775808.000000"},
      {"1.5", "f1.500000"},
      {".5", "f0.500000"},
      {"5.", "f5.000000"},
      {"1e3", "f1000.000000"},
      {"1e-9999", "f0.000000"},
      {"1.2.3", "s\"1.2.3\""},
      {".inf", "finf"},
      {"-.INF", "f-inf"},
      {".nan", "fnan"},
      {"e3", "s\"e3\""},
      {"2026-11-24", "s\"2026-11-24\""},
      {"12:30:45", "s\"12:30:45\""},
      {"~", "null"},
      {"null", "null"},
      {"", "null"},
      {"Nil", "s\"Nil\""},
  };
  for (const Scalar& scalar : scalars) {
    SCOPED_TRACE(scalar.text);
    const Read result = read("a: " + scalar.text + "\n");
    EXPECT_EQ(result.tree, "{a: " + scalar.tree + "}");
    EXPECT_EQ(result.problems, "");
  }
}

TEST(Yaml, ReadsEveryStyle) {
  EXPECT_EQ(
      read("a:\n  - x\n  - { b: [1, 2] }\nc: |\n  two\n  lines\nd: >-\n  folded\n  text\n").tree,
      "{a: [s\"x\", {b: [i1, i2]}], c: s\"two\nlines\n\", d: s\"folded text\"}");
  EXPECT_EQ(read("a: \"\\u00e9\\x41\\n\"\nb: 'it''s'\n").tree, "{a: s\"éA\n\", b: s\"it's\"}");
  EXPECT_EQ(read("%YAML 1.2\n---\na: 1\n").tree, "{a: i1}");
  EXPECT_EQ(read("a: 1\r\nb: 2\r\n").tree, "{a: i1, b: i2}");
}

TEST(Yaml, ExpandsAliases) {
  const Read result = read("a: &x { b: 1 }\nc: *x\nd: [*x, *x]\n");
  EXPECT_EQ(result.tree, "{a: {b: i1}, c: {b: i1}, d: [{b: i1}, {b: i1}]}");
  EXPECT_EQ(result.problems, "");
}

TEST(Yaml, KnowsWhereThingsAre) {
  const std::string text =
      "a: &x !!str \"quoted\"\nlong key: [1,\n  plain text]\nempty:\nnext: 1\n";
  const auto source = std::make_shared<const base::Source>("x.yaml", text);
  std::vector<base::Diagnostic> problems;
  const auto root = read_yaml(Locator(source), *source, problems);
  ASSERT_TRUE(root);
  const auto at = [&](base::Span span) { return text.substr(span.begin, span.end - span.begin); };
  EXPECT_EQ(at(root->entries[0].key_span), "a");
  EXPECT_EQ(at(root->entries[0].value.span), "\"quoted\"");
  EXPECT_EQ(at(root->entries[1].key_span), "long key");
  EXPECT_EQ(at(root->entries[1].value.items[1].span), "plain text");
  // A value that is not there is shown at its key.
  EXPECT_EQ(at(root->entries[2].value.span), "empty");
}

TEST(Yaml, LocatesTheEndOfTheText) {
  const auto source = std::make_shared<const base::Source>("x.yaml", "a\nb");
  const Locator locator(source);
  EXPECT_EQ(
      locator.locate({3, 9}),
      (base::Location{.file = "x.yaml", .line = 2, .column = 2, .length = 1, .source_line = "b"}));
  EXPECT_EQ(
      locator.locate({1, 2}),
      (base::Location{.file = "x.yaml", .line = 1, .column = 2, .length = 1, .source_line = "a"}));
}

struct Bad {
  std::string text;
  std::string problems;
};

TEST(Yaml, RefusesWhatAManifestMustNotHave) {
  const Bad bad_texts[] = {
      {"", "x.yaml: the file is empty\n    a manifest begins with `version: 1`\n"},
      {"# nothing\n", "x.yaml: the file is empty\n    a manifest begins with `version: 1`\n"},
      {"a: 1\na: 2\n",
       "x.yaml:2:1: key `a` stands twice in one map\n"
       "     2 | a: 2\n"
       "       | ^ first on line 1\n"},
      {"a: 1\n---\nb: 1\n",
       "x.yaml:2:1: a second document\n"
       "     2 | ---\n"
       "       | ^ a manifest is one document\n"},
      {"a: 1\n...\nb\n",
       "x.yaml:3:1: a second document\n"
       "     3 | b\n"
       "       | ^ a manifest is one document\n"},
      {"a: \"open\nb: 1\n",
       "x.yaml:1:4: a quote that is not closed\n"
       "     1 | a: \"open\n"
       "       |    ^ add the closing `\"`\n"},
      {"a: !!binary x\n",
       "x.yaml:1:4: a tag (`tag:yaml.org,2002:binary`)\n"
       "     1 | a: !!binary x\n"
       "       |    ^ a manifest has none; quote what has to be text\n"},
      {"<<: {a: 1}\n",
       "x.yaml:1:1: a merge key (`<<`)\n"
       "     1 | <<: {a: 1}\n"
       "       | ^~ YAML 1.2 has none; use `defaults`\n"},
      {"? [a]\n: b\n",
       "x.yaml:1:3: a list as a key\n"
       "     1 | ? [a]\n"
       "       |   ^~ a key is text\n"},
      {"a: &x [*x]\n",
       "x.yaml:1:8: an alias inside what it stands for\n"
       "     1 | a: &x [*x]\n"
       "       |        ^ a value cannot contain itself\n"},
      {"a: *.tf\n",
       "x.yaml:1:4: an alias (`*name`) without its anchor\n"
       "     1 | a: *.tf\n"
       "       |    ^ quote text that begins with `*`\n"},
      {"a: @x\n",
       "x.yaml:1:4: a character that cannot begin a value\n"
       "     1 | a: @x\n"
       "       |    ^ quote the text\n"},
      {"a: [1\nb: 2\n",
       "x.yaml:2:2: a list whose `]` is missing\n"
       "     2 | b: 2\n"
       "       |  ^\n"},
      {"%FOO bar\n---\na: 1\n",
       "x.yaml:1:1: a directive (`%`)\n"
       "     1 | %FOO bar\n"
       "       | ^ a manifest has none\n"},
      {std::string("a: \0\n", 5),
       "x.yaml:1:4: a byte that is no text: a manifest is YAML in UTF-8\n    save it as UTF-8 "
       "text\n"},
      {"a: \xff\n",
       "x.yaml:1:4: a byte that is no text: a manifest is YAML in UTF-8\n    save it as UTF-8 "
       "text\n"},
      {"a: \xed\xa0\x80\n",
       "x.yaml:1:4: a byte that is no text: a manifest is YAML in UTF-8\n    save it as UTF-8 "
       "text\n"},
  };
  for (const Bad& bad : bad_texts) {
    SCOPED_TRACE(bad.text);
    EXPECT_EQ(read(bad.text).problems, bad.problems);
  }
}

TEST(Yaml, EndsABombOfAliases) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j)
      text += (j > 0 ? ", *a" : "*a") + std::to_string(i - 1);
    text += "]\n";
  }
  const Read result = read(text);
  EXPECT_EQ(result.tree, "");
  EXPECT_EQ(result.problems,
            "x.yaml:5:45: aliases expand to more than a manifest can hold\n"
            "     5 | a4: &a4 [*a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3]\n"
            "       |                                             ^ write the values out, or use "
            "`defaults`\n");
}

TEST(Yaml, EndsABombOfLongTexts) {
  std::string text = "a: &a \"" + std::string(1'000'000, 'x') + "\"\nb: [";
  for (int i = 0; i < 100; ++i)
    text += "*a, ";
  const Read result = read(text + "]\n");
  EXPECT_EQ(result.tree, "");
  EXPECT_NE(result.problems.find("aliases expand to more than a manifest can hold"),
            std::string::npos);
}

TEST(Yaml, BoundsDepthAlsoThroughAliases) {
  EXPECT_EQ(read(std::string(5000, '[')).tree, "");
  EXPECT_NE(read(std::string(5000, '[')).problems.find("nested too deep"), std::string::npos);
  const std::string deep = std::string(60, '[') + std::string(60, ']');
  const Read once = read("a: " + deep + "\n");
  EXPECT_EQ(once.problems, "");
  const Read twice =
      read("a: &a " + deep + "\nb: " + std::string(60, '[') + "*a" + std::string(60, ']') + "\n");
  EXPECT_EQ(twice.tree, "");
  EXPECT_NE(twice.problems.find("nested too deep"), std::string::npos);
}

}  // namespace
}  // namespace harness
