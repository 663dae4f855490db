#include "tests/emulator/fault.h"

#include <algorithm>
#include <utility>

namespace emulator {

base::Status Faults::add(Fault fault) {
  if (std::ranges::none_of(kFaultKinds, [&](const FaultKind& k) { return k.name == fault.kind; })) {
    return base::Diagnostic{.what = "there is no fault `" + fault.kind + "`"};
  }
  const std::lock_guard lock(mutex_);
  faults_.push_back(std::move(fault));
  return {};
}

void Faults::clear() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
}

std::optional<Fault> Faults::take(std::string_view route) {
  const std::lock_guard lock(mutex_);
  for (Fault& fault : faults_) {
    const bool fits = fault.route == route || (fault.route == "*" && route != "archive");
    if (!fits || fault.times == 0) continue;
    if (fault.skip > 0) {
      --fault.skip;
      continue;
    }
    if (fault.percent < 100 &&
        std::uniform_int_distribution<int>(0, 99)(random_) >= fault.percent) {
      continue;
    }
    if (fault.times > 0) --fault.times;
    return fault;
  }
  return std::nullopt;
}

}  // namespace emulator
