#include "plugin/base/cancel.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(CancelToken, KeepsTheFirstReason) {
  const CancelToken token;
  EXPECT_FALSE(token.cancelled());
  token.cancel(CancelReason::Timeout);
  token.cancel(CancelReason::Interrupt);
  EXPECT_EQ(token.reason(), CancelReason::Timeout);
}

TEST(CancelToken, WakesASleeperInAnotherThread) {
  const CancelToken token;
  std::jthread puller([token] { token.cancel(CancelReason::Interrupt); });
  EXPECT_FALSE(token.sleep(std::chrono::minutes(5)));
}

TEST(CancelToken, SleepsToTheEndWhenNobodyPulls) {
  EXPECT_TRUE(CancelToken().sleep(std::chrono::milliseconds(1)));
}

TEST(CancelToken, RunsItsHooksOnceAndADroppedOneNever) {
  const CancelToken token;
  int kept = 0, dropped = 0;
  const auto hook = token.on_cancel([&] { ++kept; });
  {
    const auto gone = token.on_cancel([&] { ++dropped; });
  }
  token.cancel(CancelReason::FailFast);
  token.cancel(CancelReason::FailFast);
  EXPECT_EQ(kept, 1);
  EXPECT_EQ(dropped, 0);
}

TEST(CancelToken, RunsALateHookAtOnce) {
  const CancelToken token;
  token.cancel(CancelReason::Interrupt);
  int ran = 0;
  const auto hook = token.on_cancel([&] { ++ran; });
  EXPECT_EQ(ran, 1);
}

TEST(CancelToken, StandsHooksFromManyThreads) {
  const CancelToken token;
  std::atomic<int> ran = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 200; ++n)
          const auto hook = token.on_cancel([&] { ++ran; });
      });
    }
    token.cancel(CancelReason::Interrupt);
  }
  EXPECT_TRUE(token.cancelled());
  EXPECT_LE(ran, 1600);
}

}  // namespace
}  // namespace base
