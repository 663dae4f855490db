#include "plugin/base/lane.h"

#include <atomic>

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Lane, RunsEveryJobAndThoseThatJobsPost) {
  std::atomic<int> ran = 0;
  Lane lane(4);
  for (int i = 0; i < 100; ++i) {
    lane.post([&] {
      ++ran;
      lane.post([&] { ++ran; });
    });
  }
  lane.drain();
  EXPECT_EQ(ran, 200);
}

TEST(Lane, OneThreadKeepsTheOrder) {
  std::vector<int> order;
  {
    Lane lane(1);
    for (int i = 0; i < 5; ++i)
      lane.post([&order, i] { order.push_back(i); });
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(Lane, ForEachNumberTakesEveryNumberOnce) {
  for (const std::size_t threads : {0U, 1U, 3U, 200U}) {
    std::vector<std::atomic<int>> seen(100);
    for_each_number(seen.size(), threads, [&](std::size_t i) { ++seen[i]; });
    for (const std::atomic<int>& count : seen)
      EXPECT_EQ(count, 1);
  }
  for_each_number(0, 4, [](std::size_t) { FAIL(); });
}

TEST(Lane, ForEachNumberUsesOtherThreads) {
  // Each of the two calls waits for the other.
  std::atomic<int> begun = 0;
  for_each_number(2, 2, [&](std::size_t) {
    ++begun;
    while (begun < 2)
      std::this_thread::yield();
  });
  EXPECT_EQ(begun, 2);
}

}  // namespace
}  // namespace base
