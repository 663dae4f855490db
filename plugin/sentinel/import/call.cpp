#include "plugin/sentinel/import/call.h"

#include <algorithm>
#include <string>

#include "plugin/sentinel/value/operation.h"

namespace sentinel {

Value call_back(Machine& machine, const Value& function, std::span<const Value> offered) {
  const Function& f = *function.as_function();
  const std::size_t declared = f.native != nullptr ? f.native->most : f.parameters;
  return machine.call(function, offered.first(std::min(offered.size(), declared)));
}

bool same(const Value& a, const Value& b) {
  if (a.is_undefined() || b.is_undefined()) return a.is_undefined() && b.is_undefined();
  return equal(a, b);
}

void Walk::visit() {
  ++visits_;
  if (visits_ % kVisitsPerCheck == 0) machine_.check();
  if (visits_ > kMostVisits) {
    machine_.fail("more than " + std::to_string(kMostVisits) + " values given to `" +
                  std::string(function_) + "`");
  }
}

void Walk::enter() {
  if (++depth_ > kDeepest) {
    machine_.fail("lists and maps nested more than " + std::to_string(kDeepest) +
                  " levels deep given to `" + std::string(function_) + "`");
  }
}

void Walk::check_size(std::size_t size) const {
  if (size > kLongestText) {
    machine_.fail("`" + std::string(function_) + "` would make a string of more than " +
                  std::to_string(kLongestText >> 20U) + " MiB");
  }
}

}  // namespace sentinel
