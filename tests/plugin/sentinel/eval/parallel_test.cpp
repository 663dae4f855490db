// Many evaluations of shared programs and shared data at once (also run under ThreadSanitizer).
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/plugin/sentinel/eval/evaluated.h"

namespace sentinel {
namespace {

TEST(Parallel, EvaluationsOfOnePolicyDoNotDisturbEachOther) {
  const Inputs inputs = inputs_of(
      "import \"plan\"\nimport \"m\"\n"
      "r = plan.resources\nr[\"a\"][\"n\"] += 1\nappend(plan.resources.b.l, 4)\nm.add(r.a.n)\n"
      "ok = rule { all r as k, v { k matches \"^[ab]$\" } }\n"
      "main = rule { ok and r.a.n is 2 and m.sum() is 2 and \"abc\" matches \"b\" }\n",
      {{"plan", "resources = {\"a\": {\"n\": 1, \"l\": []}, \"b\": {\"n\": 1, \"l\": []}}\n"},
       {"m",
        "total = {\"n\": 0}\nadd = func(x) { total[\"n\"] += x; return total.n }\n"
        "sum = func() { return total.n }\n"}});
  std::vector<std::string> outcomes(8);
  std::vector<std::thread> threads;
  for (std::string& outcome : outcomes) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        outcome = shown(outcome_of(inputs));
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  for (const std::string& outcome : outcomes)
    EXPECT_EQ(outcome, "pass: true");
}

}  // namespace
}  // namespace sentinel
