// JUnit XML as GitLab, Jenkins, Azure DevOps and the pull-request actions read it: one suite a
// policy, `classname` the policy and `name` the case (GitLab keys on the two), the whole
// explanation inside `failure` (Azure DevOps shows nothing else).
#pragma once

#include <string>

#include "harness/report/run_report.h"

namespace harness {

std::string render_junit(const RunReport& report);
/// Without `file` and `line` on `testcase`, which strict readers refuse.
std::string render_junit_strict(const RunReport& report);

}  // namespace harness
