// The published schema and the reader judge alike.
#include <algorithm>
#include <functional>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/manifest/each.h"
#include "harness/manifest/shape.h"
#include "plugin/sentinel/config/document.h"
#include "tests/golden.h"
#include "tests/harness/manifest/reading.h"
#include "tests/harness/manifest/schema_validator.h"

namespace harness {
namespace {

using base::ConfigNode;
using Kind = ConfigNode::Kind;

/// Ten manifests that are right.
constexpr const char* kManifests[] = {
    "version: 1\n",
    R"(version: 1
terraform: { hostname: tfe.example.com:8443, organization: acme }
sentinel: { runtime: cli, version: ">= 0.26" }
fixtures: mocks
)",
    R"(version: 1
terraform: { address: "http://127.0.0.1:8080" }
mocks:
  a: { plan-export: { workspace: acme/web, select: latest-applied, plan-only: true }, max-age: 30d, imports: { x: y.sentinel } }
  b: { plan-export: { run: run-1 } }
  c: { plan-export: { plan: plan-1 } }
  d: { plan-export: { url: "https://app.terraform.io/app/acme/workspaces/w/runs/run-1" } }
)",
    R"(version: 1
mocks:
  a: { archive: fixtures/legacy.tar.gz, imports: { company/data: data.sentinel } }
  b: { directory: fixtures/by-hand, imports: { company/data: data.sentinel } }
  c: { plan-json: plan.json }
  d: { exec: [./fetch.sh, prod], max-age: 12h }
  e: { plan-export: { run: run-1 }, keep: auto, redact: { attributes: [a], patterns: ["b"] }, allow-secrets: [a.b] }
  f: { archive: fixtures/legacy.tar.gz, keep: { imports: [tfplan/v2], resources: ["aws_*"] } }
)",
    R"(version: 1
mocks:
  base: { plan-json: plan.json }
  derived:
    extends: base
    imports: { x: y.sentinel }
    patch:
      - { import: tfplan/v2, resource: a.b, set: "c[0]", value: [1] }
      - { import: tfplan/v2, append: c.d, value: null }
      - { import: tfplan/v2, remove: c.d }
      - { import: tfplan/v2, resource: a.b, remove: true }
)",
    R"(version: 1
defaults:
  mocks: [net]
  extra-mocks: { time: fixtures/mock-time.sentinel, data: { a: { b: 1 } } }
  params: { regions: [eu-central-1], limit: 2.5 }
  globals: { g: true }
  modules: { tfplan-functions: common/tfplan-functions.sentinel }
  static: { regions: data/regions.json }
  tags: [all]
  skip: for now
  expect: pass
mocks: { net: { plan-json: plan.json } }
)",
    R"(version: 1
mocks: { net: { plan-json: plan.json }, other: { plan-json: plan.json } }
tests:
  - policy: policies/restrict-ssh.sentinel
    tags: [network]
    params: { a: 1 }
    cases:
      - { name: one, mocks: net, expect: pass }
      - { name: two, mocks: [net, other], expect: { rules: { main: false, ports: [22] }, prints: { contains: open } } }
      - { name: three, expect: undefined, skip: "until then", tags: [slow] }
)",
    R"(version: 1
tests:
  - policy: policies/required-tags.sentinel
    cases:
      - { name: a, expect: { error: { contains: [x, y], matches: "a.*b", equals: c } } }
      - { name: b, expect: { prints: { contains: a, not-contains: [b], matches: [c], equals: "" }, result: fail } }
      - { name: c, expect: { result: error } }
)",
    R"(version: 1
mocks: { net: { plan-json: plan.json } }
tests:
  - policy: policies/restrict-ssh.sentinel
    cases:
      - name: port ${port} is ${what}
        each: [ { port: 22, what: closed, want: fail }, { port: 80, what: open, want: pass } ]
        mocks: net
        params: { port: "${port}", text: "p${port}" }
        extra-mocks: { time: { now: "${port}" } }
        expect: "${want}"
)",
    R"(version: 1
tests:
  - { sentinel-tests: policies, tags: [native], exclude: ["sub/**"] }
  - include: more.yaml
)",
};

/// A change of one place.
struct Mutation {
  std::string name;
  ConfigNode tree;
  bool in_rows = false;  // of `each`: what comes of a row's values no schema can say
};

ConfigNode scalar(Kind kind, std::string text) {
  ConfigNode out;
  out.kind = kind;
  out.text = std::move(text);
  if (kind == Kind::Bool) out.boolean = out.text == "true";
  if (kind == Kind::Int || kind == Kind::Float) out.number = std::stod(out.text);
  if (kind == Kind::Int) out.integer = std::stoll(out.text);
  return out;
}

std::vector<ConfigNode> other_values() {
  std::vector<ConfigNode> out;
  out.push_back(scalar(Kind::Null, ""));
  out.push_back(scalar(Kind::Bool, "true"));
  out.push_back(scalar(Kind::Bool, "false"));
  out.push_back(scalar(Kind::Int, "7"));
  out.push_back(scalar(Kind::Float, "1.5"));
  out.push_back(scalar(Kind::String, "some text"));
  out.push_back(scalar(Kind::String, ""));
  ConfigNode list;
  list.kind = Kind::List;
  out.push_back(list);
  list.items.push_back(scalar(Kind::String, "x"));
  out.push_back(list);
  ConfigNode map;
  map.kind = Kind::Map;
  out.push_back(map);
  map.entries.push_back({"x", {}, scalar(Kind::Int, "1")});
  out.push_back(map);
  return out;
}

/// Every mutation of `root`; `at` walks through it.
void mutate(const ConfigNode& root, ConfigNode& tree, ConfigNode& at, const std::string& path,
            std::vector<Mutation>& out) {
  const bool in_rows = path.find("/each/") != std::string::npos;
  const auto add = [&](const std::string& name) { out.push_back({name, tree, in_rows}); };
  for (std::size_t i = 0; i < at.entries.size(); ++i) {
    const std::string here = path + "/" + at.entries[i].key;
    const base::ConfigEntry saved = at.entries[i];
    at.entries.erase(at.entries.begin() + static_cast<std::ptrdiff_t>(i));
    add("drop " + here);
    at.entries.insert(at.entries.begin() + static_cast<std::ptrdiff_t>(i), saved);
    for (const char* suffix : {"x", "-2", " "}) {
      at.entries[i].key = saved.key + suffix;
      add("rename " + here + suffix);
    }
    at.entries[i].key = saved.key;
    for (ConfigNode& value : other_values()) {
      at.entries[i].value = std::move(value);
      add("retype " + here);
    }
    at.entries[i] = saved;
    mutate(root, tree, at.entries[i].value, here, out);
  }
  for (std::size_t i = 0; i < at.items.size(); ++i) {
    const std::string here = path + "/" + std::to_string(i);
    const ConfigNode saved = at.items[i];
    at.items.erase(at.items.begin() + static_cast<std::ptrdiff_t>(i));
    add("drop " + here);
    at.items.insert(at.items.begin() + static_cast<std::ptrdiff_t>(i), saved);
    for (ConfigNode& value : other_values()) {
      at.items[i] = std::move(value);
      add("retype " + here);
    }
    at.items[i] = saved;
    mutate(root, tree, at.items[i], here, out);
  }
}

std::string json(const ConfigNode& node) {
  const auto quoted_text = [](std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + "\"";
  };
  std::string out;
  switch (node.kind) {
  case Kind::Null:
    return "null";
  case Kind::Bool:
    return node.boolean ? "true" : "false";
  case Kind::Int:
  case Kind::Float:
    return node.text;
  case Kind::String:
    return quoted_text(node.text);
  case Kind::List:
    for (const ConfigNode& item : node.items)
      out += (out.empty() ? "" : ", ") + json(item);
    return "[" + out + "]";
  case Kind::Map:
    for (const base::ConfigEntry& entry : node.entries)
      out += (out.empty() ? "" : ", ") + quoted_text(entry.key) + ": " + json(entry.value);
    return "{" + out + "}";
  }
  return out;
}

ConfigNode parse(const std::string& text) {
  const auto source = std::make_shared<const base::Source>("tests.yaml", text);
  std::vector<base::Diagnostic> problems;
  auto root = read_yaml(Locator(source), *source, problems);
  EXPECT_TRUE(root) << text;
  return root ? std::move(*root) : ConfigNode();
}

bool has_right_shape(const std::string& text) {
  const auto source = std::make_shared<const base::Source>("tests.yaml", text);
  const Locator locator(source);
  std::vector<base::Diagnostic> problems;
  auto root = read_yaml(locator, *source, problems);
  if (!root) return false;
  std::vector<base::Diagnostic> of_names;
  expand_each(*root, locator, of_names);
  check_shape(*root, kManifestShape, locator, problems);
  return problems.empty();
}

ConfigNode schema() {
  std::vector<base::Diagnostic> errors;
  auto root = sentinel::read_json(
      std::make_shared<const base::Source>("schema.json", manifest_schema()), errors);
  EXPECT_TRUE(root);
  return root ? std::move(*root) : ConfigNode();
}

TEST(Schema, IsThePublishedOne) {
  const std::filesystem::path folder = std::filesystem::path(HARNESS_SOURCE_DIR) / "docs/reference";
  const std::filesystem::path path = folder / "manifest.schema.json";
  if (std::getenv("HARNESS_ACCEPT") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    std::ofstream(path, std::ios::binary) << manifest_schema();
    return;
  }
  std::ifstream in(path, std::ios::binary);
  const std::string published((std::istreambuf_iterator<char>(in)),
                              std::istreambuf_iterator<char>());
  EXPECT_EQ(published, manifest_schema()) << "rewrite it with tests/run --accept";
}

TEST(Schema, AcceptsWhatTheReaderAccepts) {
  const ConfigNode root = schema();
  const harness_test::SchemaValidator validator(root);
  for (const char* text : kManifests) {
    SCOPED_TRACE(text);
    EXPECT_TRUE(validator.accepts(parse(text)));
    EXPECT_TRUE(has_right_shape(text));
  }
}

/// What only the reader can know: it looks at names, files and the meaning of text.
bool is_about_meaning(const std::string& line) {
  static const std::regex meaning(
      "^\\S+:\\d+:\\d+: (no mock is called|mocks extend each other|.* is not there|.* is a folder"
      "|.* is a file|.* leads out|`\\$\\{|two rows of|a second case|no cases below|no file matches"
      "|a regular expression that is none|.* of no organization|import `|.*does not end in"
      "|`result: |files include each other|.* is included twice|.* outside of mock"
      "|mocks `.*differ only|`fixtures` (names|is the folder)|unknown key `.*` in an included file"
      "|an included file without|a second document).*");
  return std::regex_match(line, meaning);
}

TEST(Schema, JudgesEveryMutationAsTheReaderDoes) {
  const ConfigNode root = schema();
  const harness_test::SchemaValidator validator(root);
  const harness_test::TemporaryRepository repository;
  harness_test::write_usual_files(repository);
  repository.write("policies/test/restrict-ssh/pass.hcl", "");
  repository.write("more.yaml", "tests: []\n");
  std::size_t count = 0;
  std::size_t refused = 0;
  for (const char* text : kManifests) {
    const ConfigNode original = parse(text);
    ConfigNode tree = original;
    std::vector<Mutation> mutations;
    mutate(original, tree, tree, "", mutations);
    for (const Mutation& mutation : mutations) {
      const std::string mutated = json(mutation.tree);
      const bool by_schema = validator.accepts(mutation.tree);
      const bool by_shape = has_right_shape(mutated);
      ++count;
      if (!by_schema) ++refused;
      if (mutation.in_rows ? by_shape && !by_schema : by_shape != by_schema) {
        ADD_FAILURE() << mutation.name << ": the schema says " << by_schema << ", the reader "
                      << by_shape << "\n"
                      << mutated;
      }
      repository.write("tests.yaml", mutated);
      std::vector<base::Diagnostic> problems;
      const auto manifest = read_manifest(repository.root() / "tests.yaml",
                                          {.working_directory = repository.root()}, problems);
      if (manifest.has_value()) {
        EXPECT_TRUE(by_schema) << mutation.name << "\n" << mutated;
      } else if (by_schema && !mutation.in_rows) {
        for (const base::Diagnostic& problem : problems) {
          const std::string line = base::to_text(problem);
          EXPECT_TRUE(is_about_meaning(line.substr(0, line.find('\n')))) << mutation.name << "\n"
                                                                         << line << mutated;
        }
      }
    }
  }
  // Neither side accepts or refuses everything.
  EXPECT_GT(count, 3'000U);
  EXPECT_GT(refused, 1'500U);
  EXPECT_GT(count - refused, 300U);
}

}  // namespace
}  // namespace harness
