// What happens during a run, as it happens. Only the console listens live; reports are made from
// the RunReport at the end.
#pragma once

#include <functional>
#include <string>

#include "harness/report/run_report.h"

namespace harness {

struct Event {
  enum class Kind { Started, Progress, MockReady, Verdict, Finished };

  Kind kind = Kind::Started;
  std::size_t cases = 0;                // Started: how many will run
  std::string mock;                     // Progress, MockReady
  std::string state;                    // Progress: "queued, 12 s"
  bool failed = false;                  // MockReady: it could not be had
  const CaseReport* verdict = nullptr;  // Verdict; borrowed during the call
};

/// Called by many threads, one at a time.
using EventSink = std::function<void(const Event&)>;

}  // namespace harness
