// Why a rule has the value it has: the expression that decided, and below it what decided in that.
#pragma once

#include <string>
#include <vector>

#include "plugin/base/diagnostic.h"
#include "plugin/sentinel/value/value.h"

namespace sentinel {

/// One operand of a deciding expression: `r.cidr_blocks = ["0.0.0.0/0"]`.
struct ExplainedOperand {
  std::string expression;  // its source text
  Value value;             // lives in the outcome's memory
  /// Where in which mock the value stands:
  /// `resource_changes["aws_security_group.web"].change.after.ingress[1].cidr_blocks`; empty: the
  /// value does not come from a mock.
  std::string mock_path;
  std::string import;  // the mock's import name: "tfplan/v2"
};

struct Explanation {
  base::Location where;
  std::string rule;  // at the top: the rule this explains ("main")
  std::string note;  // "false: element 2 of 2 is false"
  std::vector<ExplainedOperand> operands;
  std::vector<Explanation> causes;
};

}  // namespace sentinel
