// The limiter, with a server that delays every request by another time: what arrives in any window
// never exceeds the limit.
#include "plugin/terraform_api/rate.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/emulator/testing.h"

namespace {

using std::chrono::milliseconds;
using terraform_api::RateLimiter;

TEST(Rate, LetsALimitThroughAtOnceAndTheNextAfterTheWindow) {
  const auto clock = std::make_shared<emulator::FakeClock>();
  RateLimiter limiter(clock, 3, std::chrono::seconds(1));
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(limiter.enter({}));
  EXPECT_EQ(clock->slept(), milliseconds(0));
  EXPECT_TRUE(limiter.enter({}));
  EXPECT_GE(clock->slept(), std::chrono::seconds(1));
  EXPECT_LE(clock->slept(), milliseconds(1010));
}

TEST(Rate, FollowsTheServersNumber) {
  const auto clock = std::make_shared<emulator::FakeClock>();
  RateLimiter limiter(clock, 3, std::chrono::seconds(1));
  limiter.announce(100);
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(limiter.enter({}));
  EXPECT_EQ(clock->slept(), milliseconds(0));
  limiter.announce(0);
  EXPECT_EQ(limiter.limit(), 1U);
}

TEST(Rate, PausesForAll) {
  const auto clock = std::make_shared<emulator::FakeClock>();
  RateLimiter limiter(clock, 3, std::chrono::seconds(1));
  limiter.pause(std::chrono::seconds(7));
  EXPECT_TRUE(limiter.enter({}));
  EXPECT_GE(clock->slept(), std::chrono::seconds(7));
}

TEST(Rate, SendsNothingOnceCancelled) {
  RateLimiter limiter(std::make_shared<emulator::FakeClock>(), 3, std::chrono::seconds(1));
  const base::CancelToken cancel;
  cancel.cancel(base::CancelReason::Interrupt);
  EXPECT_FALSE(limiter.enter(cancel));
}

TEST(Rate, HoldsWhateverTheNetworkDoes) {
  constexpr std::size_t kLimit = 10;
  constexpr milliseconds kWindow{100};
  RateLimiter limiter(base::real_clock(), kLimit, kWindow);
  std::mutex mutex;
  std::vector<std::chrono::steady_clock::time_point> arrivals;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&, i] {
        for (int k = 0; k < 5; ++k) {
          const auto place = limiter.enter({});
          std::this_thread::sleep_for(milliseconds((i * 7 + k * 13) % 40));
          {
            const std::lock_guard lock(mutex);
            arrivals.push_back(std::chrono::steady_clock::now());
          }
          std::this_thread::sleep_for(milliseconds((i * 5 + k * 3) % 20));
        }
      });
    }
  }
  std::ranges::sort(arrivals);
  ASSERT_EQ(arrivals.size(), 80U);
  for (std::size_t i = kLimit; i < arrivals.size(); ++i)
    EXPECT_GE(arrivals[i] - arrivals[i - kLimit], kWindow) << i;
}

}  // namespace
