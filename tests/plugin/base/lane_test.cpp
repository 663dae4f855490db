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

}  // namespace
}  // namespace base
