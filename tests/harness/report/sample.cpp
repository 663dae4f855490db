#include "tests/harness/report/sample.h"

namespace harness {
namespace {

using policy_runtime::Explanation;
using policy_runtime::RuleValue;

CaseReport base_case(std::string policy, std::string name, std::uint32_t line) {
  CaseReport out;
  out.policy = policy + ".sentinel";
  out.full_name = policy + "/" + name;
  out.name = std::move(name);
  out.where = {.file = "tests.yaml", .line = line, .column = 9};
  out.runtime = "builtin 1.0";
  out.mocks = {"network"};
  out.again = "harness run --filter '^" + out.full_name + "$' --trace";
  out.duration = std::chrono::microseconds(12'345);
  return out;
}

MockReport network() {
  MockReport out;
  out.name = "network";
  out.kind = "plan-export";
  out.shown = "fixtures/network";
  out.workspace = "acme/network-prod";
  out.run = "run-8F5JFydVYAmtTjET";
  out.plan = "plan-8F5JFydVYAmtTjET";
  out.made_at = "2026-11-21T10:00:00Z";
  out.age = std::chrono::hours(72);
  return out;
}

CaseReport failed_case() {
  CaseReport out = base_case("policies/restrict-ssh", "private ingress is allowed", 37);
  out.verdict = Verdict::Failed;
  out.expected = "pass";
  out.actual = "fail";
  out.tags = {"network"};
  out.mismatches = {{"main", "true", "false", ""}};
  out.prints = {"checking aws_security_group.web"};
  out.rules = {
      RuleValue{.name = "main",
                .where = {.file = "policies/restrict-ssh.sentinel", .line = 17, .column = 1},
                .value = {"false", "false"}}};
  Explanation why;
  why.where = {
      .file = "policies/restrict-ssh.sentinel",
      .line = 18,
      .column = 5,
      .length = 3,
      .source_line = "    all ingress as _, r { r.cidr_blocks not contains \"0.0.0.0/0\" }"};
  why.note = "false: element 2 of 2 is false";
  why.operands = {
      {.expression = "r.cidr_blocks",
       .value = {R"(["0.0.0.0/0"])", R"(["0.0.0.0/0"])"},
       .mock_path = R"(resource_changes["aws_security_group.web"].change.after.ingress[1])"}};
  out.explanations = {why};
  return out;
}

}  // namespace

RunReport sample_run() {
  RunReport out;
  out.harness_version = "1.0.0";
  out.runtime = "builtin 1.0";
  out.manifest = "tests.yaml";
  out.started_at = "2026-11-24T21:36:04Z";
  out.duration = std::chrono::microseconds(412'000);
  out.mocks = {network()};

  CaseReport passed = base_case("policies/restrict-ssh", "ssh open to the world is denied", 38);
  passed.verdict = Verdict::Passed;
  passed.expected = "main = false";
  passed.actual = "fail";
  out.cases = {failed_case(), passed};

  CaseReport undefined = base_case("policies/restrict-ssh", "no ingress at all", 41);
  undefined.verdict = Verdict::Failed;
  undefined.expected = "pass";
  undefined.actual = "undefined";
  undefined.mismatches = {{"main", "true", "undefined", ""}};
  undefined.undefined_origin = {.file = "policies/restrict-ssh.sentinel",
                                .line = 12,
                                .column = 11,
                                .length = 7,
                                .source_line = "ingress = sg.ingress"};
  out.cases.push_back(undefined);

  CaseReport erred = base_case("policies/required-tags", "every instance has an owner", 52);
  erred.verdict = Verdict::Failed;
  erred.expected = "pass";
  erred.actual = "error";
  erred.mismatches = {{"main", "true", "an error", ""}};
  erred.error = {.message = "unsupported type for looping: undefined",
                 .where = base::Location{.file = "common/tfplan-functions.sentinel",
                                         .line = 8,
                                         .column = 7,
                                         .length = 4,
                                         .source_line = "  for tags as key {"},
                 .calls = {{.file = "policies/required-tags.sentinel", .line = 21, .column = 10}}};
  out.cases.push_back(erred);

  CaseReport printed = base_case("policies/required-tags", "the message names the tag", 57);
  printed.verdict = Verdict::Failed;
  printed.expected = "prints";
  printed.actual = "fail";
  printed.mismatches = {{"prints", R"("missing owner")", R"("missing tag owner")",
                         "- missing owner\n+ missing tag owner\n"}};
  out.cases.push_back(printed);

  CaseReport without = base_case("policies/required-tags", "staging is tagged", 63);
  without.verdict = Verdict::Error;
  without.error_kind = ErrorKind::Mock;
  without.runtime.clear();
  without.mocks = {"staging"};
  without.duration = std::chrono::microseconds(0);
  without.problem = {.what = "mock `staging` cannot be fetched",
                     .where = base::Location{.file = "tests.yaml",
                                             .line = 14,
                                             .column = 3,
                                             .length = 7,
                                             .source_line = "  staging:"},
                     .why = "app.terraform.io answered 401 Unauthorized",
                     .advice = "run `terraform login app.terraform.io`"};
  MockReport staging;
  staging.name = "staging";
  staging.kind = "plan-export";
  staging.problem = without.problem;
  out.mocks.push_back(staging);
  out.cases.push_back(without);

  CaseReport slow = base_case("policies/required-tags", "a thousand instances", 66);
  slow.verdict = Verdict::Failed;
  slow.timed_out = true;
  slow.actual = "time-out";
  slow.duration = std::chrono::seconds(60);
  out.cases.push_back(slow);

  CaseReport skipped = base_case("policies/required-tags", "nothing to say", 70);
  skipped.verdict = Verdict::Skipped;
  skipped.skip_reason = "until #12";
  skipped.runtime.clear();
  out.cases.push_back(skipped);

  out.warnings = {"mock `network` is 3 days old"};
  out.reasons = {{1, "5 cases failed"}, {3, "1 case without a mock"}};
  out.exit_code = 1;
  return out;
}

RunReport hostile_run() {
  const std::string bad =
      "a]]>b<script>alert(1)</"
      "script>\x1b[31mred\x1b[0m\x01\xff\n::error::x\r##vso[task.complete]`|*_#";
  RunReport out = sample_run();
  for (CaseReport& item : out.cases) {
    item.name += bad;
    item.full_name += bad;
    item.prints = {bad, "::set-output name=x::y", "##[error]z"};
    item.tags = {bad};
    item.skip_reason = item.verdict == Verdict::Skipped ? bad : "";
    for (Mismatch& mismatch : item.mismatches) {
      mismatch.actual = bad;
      mismatch.difference = "+ " + bad;
    }
    for (Explanation& why : item.explanations) {
      why.note = bad;
      why.where.source_line = bad;
      why.operands[0].expression = bad;
      why.operands[0].mock_path = bad;
    }
    if (item.error) item.error->message = bad;
    if (item.problem) item.problem->why = bad;
    item.policy += bad;
    item.where.file += bad;
    item.trace = {bad};
    item.warnings = {bad};
    item.again += bad;
    for (policy_runtime::RuleValue& rule : item.rules) {
      rule.name += bad;
      rule.description = bad;
      rule.where.file += bad;
    }
    item.coverage = {{"policies/" + bad, 1, 1}};
  }
  for (MockReport& mock : out.mocks) {
    mock.shown = bad;
    mock.workspace = bad;
  }
  out.problems = {{.what = bad, .why = bad, .advice = bad}};
  out.reasons[1].why = bad;
  out.runtime += bad;
  out.manifest += bad;
  out.work_folder = bad;
  out.warnings = {bad};
  return out;
}

RunReport stopped_run() {
  RunReport out = sample_run();
  const CaseReport passed = out.cases[1];
  const CaseReport skipped = out.cases.back();
  CaseReport unfinished = base_case("policies/required-tags", "every instance has an owner", 52);
  unfinished.verdict = Verdict::Skipped;
  unfinished.skip_reason = "the time limit of the run was reached";
  unfinished.cut_off = true;
  unfinished.runtime.clear();
  unfinished.duration = {};
  CaseReport other = unfinished;
  other.name = "every bucket has an owner";
  other.full_name = "policies/required-tags/every bucket has an owner";
  out.cases = {passed, unfinished, other, skipped};
  out.warnings.clear();
  out.problems = {{.what = "the time limit of the run was reached (0.40 s): 2 cases did not finish",
                   .advice = "give the run more time with `--timeout`"}};
  out.reasons = {{1, out.problems[0].what}};
  return out;
}

RunReport covered_run() {
  RunReport out = sample_run();
  out.cases[0].coverage = {{"p.sentinel", 1, 1}, {"p.sentinel", 2, 0}, {"p.sentinel", 3, 0}};
  out.cases[1].coverage = {{"p.sentinel", 1, 1}, {"p.sentinel", 2, 4}, {"p.sentinel", 3, 0}};
  return out;
}

RunReport large_run(std::size_t cases) {
  RunReport out = sample_run();
  const std::vector<CaseReport> kinds = out.cases;
  out.cases.clear();
  for (std::size_t i = 0; i < cases; ++i) {
    // One in fifty is not passed.
    CaseReport item = i % 50 == 7 ? kinds[i / 50 % kinds.size()] : kinds[1];
    item.policy = "policies/policy-" + std::to_string(i / 4) + ".sentinel";
    item.name += " " + std::to_string(i);
    item.full_name = "policies/policy-" + std::to_string(i / 4) + "/" + item.name;
    item.again = "harness run --filter '^" + item.full_name + "$' --trace";
    out.cases.push_back(std::move(item));
  }
  return out;
}

RunReport empty_run() {
  RunReport out;
  out.harness_version = "1.0.0";
  out.manifest = "tests.yaml";
  out.started_at = "2026-11-24T21:36:04Z";
  out.problems = {
      {.what = "no case was selected", .advice = "`harness list` shows the cases that there are"}};
  out.reasons = {{5, "no case was selected"}};
  out.exit_code = 5;
  return out;
}

}  // namespace harness
