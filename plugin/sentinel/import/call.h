// What several imports need to call back into the policy, and to walk over its values safely.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "plugin/sentinel/value/collection.h"
#include "plugin/sentinel/value/native.h"

namespace sentinel {

/// Calls `function` with as many of `offered` as it declares parameters: a callback may leave out
/// the last ones, such as an element's index.
Value call_back(Machine& machine, const Value& function, std::span<const Value> offered);

/// Equality that holds for undefined elements too: two of them are the same.
bool same(const Value& a, const Value& b);

/// Bounds a walk over nested values. A policy can build lists that share parts (so that walking
/// takes exponential time) or hold themselves (so that it never ends).
class Walk {
 public:
  /// `function`: for the message, "strings.join".
  Walk(Machine& machine, std::string_view function) : machine_(machine), function_(function) {}

  /// Counts one value; fails the evaluation when there were too many.
  void visit();
  /// Counts a level of nesting for as long as it lives.
  class Level {
   public:
    explicit Level(Walk& walk) : walk_(walk) { walk_.enter(); }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --walk_.depth_; }

   private:
    Walk& walk_;
  };
  /// Fails the evaluation where a text of `size` bytes is more than a string may hold.
  void check_size(std::size_t size) const;

 private:
  void enter();

  Machine& machine_;
  std::string_view function_;
  std::size_t depth_ = 0;
  std::size_t visits_ = 0;
};

constexpr std::size_t kDeepest = 512;                          // levels of nesting
constexpr std::size_t kVisitsPerCheck = 4096;                  // of the time
constexpr std::size_t kMostVisits = 20'000'000;                // values in one walk
constexpr std::size_t kLongestText = std::size_t{256} << 20U;  // bytes of one string

}  // namespace sentinel
