// Manifests that are wrong, and all that is said about each.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "tests/golden.h"
#include "tests/harness/manifest/reading.h"

namespace harness {
namespace {

struct Wrong {
  const char* name;
  const char* text;
};

constexpr Wrong kWrong[] = {
    {"a list", "[1, 2]\n"},
    {"text", "hello\n"},
    {"no version", "tests: []\n"},
    {"another version", "version: 2\n"},
    {"version as text", "version: \"1\"\n"},
    {"typos at the top", "version: 1\ntest: []\nmock: {}\nfixture: x\nsentinle: {}\nzzz: 1\n"},
    {"wrong types at the top",
     "version: 1\nterraform: x\nsentinel: []\nfixtures: 5\ndefaults:\nmocks: []\ntests: {}\n"},
    {"terraform",
     R"(version: 1
terraform: { hostname: "https://app.terraform.io", address: "http://example.com", organization: 5, token: x }
)"},
    {"sentinel",
     "version: 1\nsentinel: { runtime: buildin, version: 0.26, path: /bin/sentinel }\n"},
    {"a constraint", "version: 1\nsentinel: { version: \"at least 0.26\" }\n"},
    {"fixtures of the repository", "version: 1\nfixtures: .\n"},
    {"fixtures outside", "version: 1\nfixtures: ../elsewhere\n"},
    {"fixtures that are a file", "version: 1\nfixtures: plan.json\n"},
    {"mock names", R"(version: 1
mocks:
  "../x": { plan-json: plan.json }
  .hidden: { plan-json: plan.json }
  "a b": { plan-json: plan.json }
  net: { plan-json: plan.json }
  Net: { plan-json: plan.json }
)"},
    {"kinds of mock", R"(version: 1
mocks:
  none: {}
  two: { archive: fixtures/legacy.tar.gz, directory: fixtures/by-hand }
  typo: { achive: fixtures/legacy.tar.gz }
  text: plan.json
  not-here: { directory: fixtures/by-hand, keep: auto, max-age: 1d }
  age: { plan-export: { run: run-1 }, max-age: 30 days }
  number: { plan-export: { run: run-1 }, max-age: 30 }
)"},
    {"keep and redact", R"(version: 1
mocks:
  a: { plan-export: { run: run-1 }, keep: all, redact: { patterns: ["AKIA[0-9A-Z"] }, allow-secrets: a.b }
  b: { archive: fixtures/legacy.tar.gz, keep: {}, redact: {}, allow-secrets: [a.b] }
  c: { plan-json: plan.json, keep: { import: [tfplan/v2] }, redact: [password] }
)"},
    {"plan exports", R"(version: 1
mocks:
  a: { plan-export: { workspace: prod } }
  b: { plan-export: { workspace: x/y/z } }
  c: { plan-export: { run: plan-1 } }
  d: { plan-export: { plan: run-1 } }
  e: { plan-export: { url: "https://app.terraform.io/app/acme" } }
  f: { plan-export: { workspace: a/b, run: run-1 } }
  g: { plan-export: { run: run-1, select: latest-planned } }
  h: { plan-export: { workspace: a/b, select: latest } }
  i: { plan-export: run-1 }
  j: { plan-export: { } }
)"},
    {"files of mocks", R"(version: 1
mocks:
  a: { archive: fixtures/legacy.tgz }
  b: { archive: fixtures }
  c: { directory: plan.json }
  d: { plan-json: "" }
  e: { directory: ../../../../../../../../etc }
  f: { directory: fixtures/by-hand, imports: { x: ../data.sentinel, y: dota.sentinel, "bad name": data.sentinel } }
)"},
    {"extends", R"(version: 1
mocks:
  a: { extends: b }
  b: { extends: c }
  c: { extends: a }
  d: { extends: d }
  e: { extends: networl }
  network: { plan-json: plan.json }
)"},
    {"edits", R"(version: 1
mocks:
  base: { plan-json: plan.json }
  a:
    extends: base
    patch:
      - { resource: a.b, set: c, value: 1 }
      - { import: tfplan/v2, set: c }
      - { import: tfplan/v2, remove: true }
      - { import: tfplan/v2, remove: false }
      - { import: tfplan/v2, set: a, append: b, value: 1 }
      - { import: tfplan/v2, value: 1 }
      - { import: tfplan/v2, set: a, value: .nan }
      - set
  b: { extends: base, patch: [] }
  c: { plan-json: plan.json, patch: [] }
)"},
    {"tests", R"(version: 1
tests:
  - polcy: policies/restrict-ssh.sentinel
    cases: [{ name: a }]
  - policy: policies/restrict-shh.sentinel
    cases: [{ name: a }]
  - policy: policies
    cases: [{ name: a }]
  - policy: plan.json
    cases: [{ name: a }]
  - policy: policies/restrict-ssh.sentinel
  - policy: policies/restrict-ssh.sentinel
    cases: []
  - policy: policies/restrict-ssh.sentinel
    include: x.yaml
    cases: [{ name: a }]
  - {}
  - text
)"},
    {"cases", R"(version: 1
mocks: { network: { plan-json: plan.json } }
tests:
  - policy: policies/restrict-ssh.sentinel
    cases:
      - { naem: a }
      - { name: 404 }
      - { name: "" }
      - { name: "two\nlines" }
      - { name: twice }
      - { name: twice }
      - { name: m, mocks: netwrok }
      - { name: n, mocks: [network, other] }
      - { name: o, mocks: 5 }
      - { name: p, params: { "a-b": 1, c: .inf } }
      - { name: q, modules: { f: common/tfplan-function.sentinel }, static: { g: data } }
      - { name: r, extra-mocks: { time: 5, "x y": {} } }
      - { name: s, skip: true, tags: network }
      - { name: u, skip: [] }
      - { name: t, modules: { f: common/tfplan-functions.sentinel }, static: { f: data/regions.json } }
)"},
    {"expect", R"(version: 1
tests:
  - policy: policies/restrict-ssh.sentinel
    cases:
      - { name: a, expect: passes }
      - { name: b, expect: true }
      - { name: c, expect: {} }
      - { name: d, expect: { rule: { main: true } } }
      - { name: e, expect: { rules: {} } }
      - { name: f, expect: { rules: { "not a name": true } } }
      - { name: g, expect: { prints: open } }
      - { name: h, expect: { prints: { contain: open } } }
      - { name: i, expect: { prints: { matches: "(" } } }
      - { name: j, expect: { error: { not-contains: x } } }
      - { name: k, expect: { error: { contains: x }, result: pass } }
      - { name: l, expect: { result: failed } }
      - { name: m, expect: { prints: { matches: 5 } } }
)"},
    {"each", R"(version: 1
tests:
  - policy: policies/restrict-ssh.sentinel
    cases:
      - { name: "a ${x}", each: [] }
      - { name: "b ${x}", each: { x: 1 } }
      - { name: "c ${x}", each: [1] }
      - { name: "d ${prot}", each: [{ port: 1 }] }
      - { name: "e ${x}", each: [{ x: 1 }, { y: 1 }] }
      - { name: "f ${x", each: [{ x: 1 }] }
      - { name: "g", each: [{ x: 1 }, { x: 2 }] }
      - { name: "h ${x}", each: [{ x: [1] }] }
      - { name: "i ${x}", each: [{ x: 1 }], expect: "${x}" }
      - { name: "j ${x}", each: [{ x: 1 }], expcet: pass }
      - { name: "${x}", each: [{ x: 1 }] }
      - { name: "k ${x}", each: [{ x: 1, "a b": 2 }] }
)"},
    {"include", R"(version: 1
tests:
  - include: nothing/*.yaml
  - include: missing.yaml
  - include: tests.yaml
  - include: ../../../../../../../../etc/*.conf
  - include: with-more.yaml
  - include: with-more.yaml
  - include: broken.yaml
)"},
    {"sentinel-tests", R"(version: 1
tests:
  - sentinel-tests: policy
  - sentinel-tests: common
  - { sentinel-tests: policies, exlude: [x] }
  - { sentinel-tests: policies, tags: x }
)"},
    {"paths of edits", R"(version: 1
mocks:
  a: { directory: fixtures/by-hand }
  b:
    extends: a
    patch:
      - { import: data, set: "a[", value: 1 }
      - { import: data, append: a..b, value: 1 }
      - { import: data, resource: x.y, remove: "tags[\"a]" }
      - { import: data, set: a, value: 1 }
)"},
    {"cases selected twice", R"(version: 1
tests:
  - sentinel-tests: one
  - { sentinel-tests: one, exclude: ["test/q/*"] }
  - sentinel-tests: .
)"},
    {"control characters", R"(version: 1
fixtures: "a\tb"
defaults: { modules: { f: "common/\u0085.sentinel" }, static: { g: "data/\u2028.json" } }
mocks:
  a: { archive: "x\n.tar.gz" }
  b: { directory: "x\0y" }
  c: { directory: fixtures/by-hand, imports: { x: "x\r.sentinel" } }
tests:
  - policy: "policies/x\nimport \"plugin\" \"p\" {}\n.sentinel"
    extra-mocks: { time: "\e[1m.sentinel" }
    cases: [{ name: a }]
  - include: "x\n.yaml"
  - include: "x\n*.yaml"
  - sentinel-tests: "x\u2029"
)"},
    {"defaults that nothing uses", R"(version: 1
defaults: { mocks: nowhere, modules: { f: nowhere.sentinel }, expct: pass }
)"},
};

TEST(Problems, AreToldAllAtOnceWithTheirPlaces) {
  std::string out;
  for (const Wrong& wrong : kWrong) {
    const harness_test::TemporaryRepository repository;
    harness_test::write_usual_files(repository);
    repository.write("with-more.yaml", "version: 1\ntests: []\nmocks: {}\n");
    repository.write("broken.yaml", "tests: [\n");
    for (const char* file : {"one/p.sentinel", "one/test/p/a.hcl", "one/q.sentinel",
                             "one/test/q/a.hcl", "one/test/q/b.hcl"})
      repository.write(file, "");
    repository.write("tests.yaml", wrong.text);
    const harness_test::Reading reading = harness_test::read(repository);
    EXPECT_FALSE(reading.manifest) << wrong.name;
    std::string problems = reading.problems;
    for (std::size_t at = problems.find(repository.root().string()); at != std::string::npos;
         at = problems.find(repository.root().string())) {
      problems.replace(at, repository.root().string().size(), "ROOT");
    }
    out += "== " + std::string(wrong.name) + "\n" + problems;
  }
  golden::expect_golden("problems", out);
}

TEST(Problems, AreBoundedInNumber) {
  const harness_test::TemporaryRepository repository;
  std::string text = "version: 1\n";
  for (int i = 0; i < 1'000; ++i)
    text += "key" + std::to_string(i) + ": 1\n";
  repository.write("tests.yaml", text);
  std::vector<base::Diagnostic> problems;
  EXPECT_FALSE(read_manifest(repository.root() / "tests.yaml",
                             {.working_directory = repository.root()}, problems));
  ASSERT_EQ(problems.size(), 101U);
  EXPECT_EQ(base::to_text(problems.back()), "900 more problems in `tests.yaml`\n");
}

// Passed over, a test would be lost and the run green.
TEST(Problems, OfNativeTestsThatAreNoFiles) {
  const harness_test::TemporaryRepository repository;
  for (const char* file :
       {"p/whole.sentinel", "p/test/whole/a.hcl", "p/test/linked/a.hcl", "p/test/unused/readme.md"})
    repository.write(file, "");
  for (const char* link : {"p/test/whole/b.hcl", "p/linked.sentinel", "p/unused.sentinel"})
    std::filesystem::create_symlink("nowhere", repository.root() / link);
  repository.write("tests.yaml", "version: 1\ntests:\n  - sentinel-tests: p\n");
  EXPECT_EQ(harness_test::read(repository).problems,
            "tests.yaml:3:21: `p/linked.sentinel` is a link that leads to no file\n"
            "     3 |   - sentinel-tests: p\n"
            "       |                     ^ mend or remove it, or name it under `exclude`\n"
            "tests.yaml:3:21: `p/test/whole/b.hcl` is a link that leads to no file\n"
            "     3 |   - sentinel-tests: p\n"
            "       |                     ^ mend or remove it, or name it under `exclude`\n");
}

// The names that a pull request gives its files go into generated files.
TEST(Problems, OfFoundFilesWithControlCharacters) {
  const harness_test::TemporaryRepository repository;
  for (const char* file : {"more/a\nb.yaml", "p/x\n.sentinel", "p/test/x\n/a.hcl", "p/y.sentinel",
                           "p/test/y/a\u0085.hcl", "p/test/y/b.hcl", "p/z\t/z.sentinel",
                           "p/z\t/test/z/a.hcl", "p/untested\n.sentinel"})
    repository.write(file, "");
  repository.write("tests.yaml",
                   "version: 1\ntests:\n  - include: more/*.yaml\n  - sentinel-tests: p\n");
  EXPECT_EQ(harness_test::read(repository).problems,
            "tests.yaml:3:14: include `more/a\\u000ab.yaml` has a control character in its name\n"
            "     3 |   - include: more/*.yaml\n"
            "       |              ^~~~~~~~~~~ rename it\n"
            "tests.yaml:4:21: policy `p/x\\u000a.sentinel` has a control character in its name\n"
            "     4 |   - sentinel-tests: p\n"
            "       |                     ^ rename it\n"
            "tests.yaml:4:21: case `p/test/y/a\\u0085.hcl` has a control character in its name\n"
            "     4 |   - sentinel-tests: p\n"
            "       |                     ^ rename it\n"
            "tests.yaml:4:21: policy `p/z\\u0009/z.sentinel` has a control character in its name\n"
            "     4 |   - sentinel-tests: p\n"
            "       |                     ^ rename it\n");
}

TEST(Problems, OfAFileThatCannotBeRead) {
  const harness_test::TemporaryRepository repository;
  EXPECT_EQ(harness_test::read(repository).problems,
            "cannot read `tests.yaml`: No such file or directory\n");
  std::filesystem::create_directory(repository.root() / "tests.yaml");
  EXPECT_EQ(harness_test::read(repository).problems, "cannot read `tests.yaml`: it is a folder\n");
  repository.write("large.yaml", "version: 1\n#" + std::string(5U << 20U, 'x'));
  EXPECT_EQ(harness_test::read(repository, "large.yaml").problems,
            "cannot read `large.yaml`: it has 5242892 bytes, more than 4194304\n");
}

}  // namespace
}  // namespace harness
