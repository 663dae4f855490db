#include "harness/run/select.h"

#include <gtest/gtest.h>

namespace harness {
namespace {

Manifest manifest() {
  Manifest out;
  for (const char* name : {"p/a", "p/b", "q/a", "q/b", "q/c"}) {
    Case one;
    one.full_name = name;
    one.policy.path = "/repo/" + std::string(name).substr(0, 1) + ".sentinel";
    if (one.full_name.ends_with("a")) one.tags = {"first"};
    out.cases.push_back(std::move(one));
  }
  return out;
}

std::vector<std::size_t> chosen(const Selection& selection) {
  auto out = select(manifest(), selection);
  EXPECT_TRUE(out) << to_text(out.error());
  return out ? *out : std::vector<std::size_t>();
}

using Cases = std::vector<std::size_t>;

TEST(Select, JoinsFiltersByOrAndTagsByAnd) {
  EXPECT_EQ(chosen({}), (Cases{0, 1, 2, 3, 4}));
  EXPECT_EQ(chosen({.filters = {"^p/", "c$"}}), (Cases{0, 1, 4}));
  EXPECT_EQ(chosen({.filters = {"^q/"}, .tags = {"first", "other"}}), (Cases{2}));
  EXPECT_EQ(chosen({.names = std::set<std::string>{"q/b", "gone"}}), (Cases{3}));
}

TEST(Select, TakesCasesWhosePolicyChanged) {
  EXPECT_EQ(chosen({.changed = std::set<base::Path>{"/repo/p.sentinel"}}), (Cases{0, 1}));
  EXPECT_EQ(chosen({.changed = std::set<base::Path>{"/repo/README.md"}}), Cases{});
}

TEST(Select, CutsEvenSlicesThatCoverEverything) {
  std::vector<std::size_t> all;
  for (std::size_t k = 1; k <= 3; ++k) {
    const Cases slice = chosen({.shard = Shard{k, 3}});
    EXPECT_LE(slice.size(), 2U);
    EXPECT_GE(slice.size(), 1U);
    all.insert(all.end(), slice.begin(), slice.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, (Cases{0, 1, 2, 3, 4}));
}

TEST(Select, ExplainsABrokenFilterOrShard) {
  const auto broken = select(manifest(), {.filters = {"("}});
  ASSERT_FALSE(broken);
  EXPECT_EQ(to_text(broken.error()), "the filter `(` is no regular expression: missing ): (\n");
  for (const char* text : {"", "1", "0/2", "3/2", "a/b", "1/2x", "-1/2"}) {
    const auto shard = parse_shard(text);
    ASSERT_FALSE(shard) << text;
    EXPECT_EQ(shard.error().what,
              "the shard is `" + std::string(text) + "`, expected K/N with K from 1 to N");
  }
}

}  // namespace
}  // namespace harness
