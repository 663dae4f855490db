// What an observed evaluation tells: trace, coverage and explanations are made of it. Internal to
// eval/.
#pragma once

#include <string>
#include <vector>

#include "plugin/sentinel/eval/evaluation.h"

namespace sentinel {

class Recorder {
 public:
  explicit Recorder(const Observe& observe) : observe_(observe) {}

  /// Around the evaluation of one expression.
  class Expression {
   public:
    Expression(Recorder&, const code::Expression&, Frame&) {}
    void done(const Value&) {}
  };
  class Statement {
   public:
    Statement(Recorder&, const code::Statement&, Frame&) {}
  };
  /// Around the body of a function.
  class Call {
   public:
    Call(Recorder&, const code::Function&, Frame&) {}
  };
  void element(std::uint32_t, const Value&) {}

 private:
  Observe observe_;
};

}  // namespace sentinel
