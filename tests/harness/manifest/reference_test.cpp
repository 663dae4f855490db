// Every manifest in the reference is right, and every key of the schema is in it.
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/manifest/shape.h"
#include "tests/harness/manifest/reading.h"

namespace harness {
namespace {

std::string reference() {
  std::ifstream in(std::string(HARNESS_SOURCE_DIR) + "/docs/reference/manifest.md");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string> examples(const std::string& text) {
  constexpr std::string_view kOpen = "```yaml\n";
  std::vector<std::string> out;
  std::size_t at = text.find(kOpen);
  while (at != std::string::npos) {
    at += kOpen.size();
    const std::size_t end = text.find("```", at);
    out.push_back(text.substr(at, end - at));
    at = text.find(kOpen, end);
  }
  return out;
}

TEST(Reference, HasExamplesThatAreRight) {
  const std::vector<std::string> all = examples(reference());
  ASSERT_GE(all.size(), 5U);
  for (const std::string& example : all) {
    SCOPED_TRACE(example);
    const harness_test::TemporaryRepository repository;
    harness_test::write_usual_files(repository);
    repository.write("policies/test/restrict-ssh/pass.hcl", "");
    repository.write("more-tests/a.yaml", "tests: []\n");
    repository.write("tests.yaml", example);
    EXPECT_EQ(harness_test::read(repository).problems, "");
  }
}

/// Every key that `shape` and what it is made of know.
void collect(const Shape& shape, std::vector<std::string>& out) {
  for (const Key& key : shape.keys) {
    out.emplace_back(key.name);
    collect(*key.shape, out);
  }
  for (const Option& option : shape.options)
    collect(*option.object, out);
  for (const Shape* one : shape.shapes)
    collect(*one, out);
  if (shape.item != nullptr) collect(*shape.item, out);
}

TEST(Reference, NamesEveryKey) {
  const std::string text = reference();
  std::vector<std::string> keys;
  collect(kManifestShape, keys);
  EXPECT_GT(keys.size(), 50U);
  for (const std::string& key : keys) {
    const bool named = text.find("`" + key + "`") != std::string::npos ||
                       text.find(key + ":") != std::string::npos;
    EXPECT_TRUE(named) << key;
  }
}

}  // namespace
}  // namespace harness
