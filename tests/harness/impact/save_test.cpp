#include "harness/impact/save.h"

#include <gtest/gtest.h>

namespace harness {
namespace {

std::string saved(std::string_view manifest) {
  const auto out = with_case(manifest, "denied", "{ plan-export: { run: run-1 } }",
                             {{"policies/a.sentinel", "run-1 of acme/net", "denied", "fail"}});
  return out.value_or("no place");
}

TEST(Save, FindsThePlaceInAManifest) {
  const struct {
    const char* before;
    const char* after;
  } rows[] = {
      // Nothing there yet.
      {"version: 1\n",
       "version: 1\n"
       "mocks:\n"
       "  denied: { plan-export: { run: run-1 } }\n"
       "tests:\n"
       "  - policy: policies/a.sentinel\n"
       "    cases:\n"
       "      - { name: 'run-1 of acme/net', mocks: denied, expect: fail }\n"},
      // Behind what there is; blank lines and comments stay where they belong.
      {"version: 1\n"
       "mocks:   # from the service\n"
       "    net: { directory: net }\n"
       "\n"
       "# the tests\n"
       "tests:\n"
       "- policy: policies/b.sentinel\n"
       "  cases:\n"
       "  - { name: x, mocks: net }\n"
       "\n"
       "defaults: {}\n",
       "version: 1\n"
       "mocks:   # from the service\n"
       "    net: { directory: net }\n"
       "    denied: { plan-export: { run: run-1 } }\n"
       "\n"
       "# the tests\n"
       "tests:\n"
       "- policy: policies/b.sentinel\n"
       "  cases:\n"
       "  - { name: x, mocks: net }\n"
       "- policy: policies/a.sentinel\n"
       "  cases:\n"
       "    - { name: 'run-1 of acme/net', mocks: denied, expect: fail }\n"
       "\n"
       "defaults: {}\n"},
      // Behind the cases of its policy.
      {"tests:\n"
       "  - policy: 'policies/a.sentinel'   # the first\n"
       "    cases:\n"
       "      - name: x\n"
       "        mocks: net\n"
       "    tags: [slow]\n"
       "  - sentinel-tests: policies\n",
       "mocks:\n"
       "  denied: { plan-export: { run: run-1 } }\n"
       "tests:\n"
       "  - policy: 'policies/a.sentinel'   # the first\n"
       "    cases:\n"
       "      - name: x\n"
       "        mocks: net\n"
       "      - { name: 'run-1 of acme/net', mocks: denied, expect: fail }\n"
       "    tags: [slow]\n"
       "  - sentinel-tests: policies\n"},
      // The keys of a test in another order, its cases at the key's own depth.
      {"tests:\n"
       "  - cases:\n"
       "    - { name: x }\n"
       "    policy: policies/a.sentinel\n",
       "mocks:\n"
       "  denied: { plan-export: { run: run-1 } }\n"
       "tests:\n"
       "  - cases:\n"
       "    - { name: x }\n"
       "    - { name: 'run-1 of acme/net', mocks: denied, expect: fail }\n"
       "    policy: policies/a.sentinel\n"},
      // Cases in one line: an entry of its own.
      {"tests:\n"
       "  - { policy: policies/a.sentinel, cases: [{ name: x }] }\n",
       "mocks:\n"
       "  denied: { plan-export: { run: run-1 } }\n"
       "tests:\n"
       "  - { policy: policies/a.sentinel, cases: [{ name: x }] }\n"
       "  - policy: policies/a.sentinel\n"
       "    cases:\n"
       "      - { name: 'run-1 of acme/net', mocks: denied, expect: fail }\n"},
      // No safe place.
      {"mocks: { net: { directory: net } }\ntests: []\n", "no place"},
      {"mocks:\n  a: { directory: a }\ntests: []\n", "no place"},
      {"{ version: 1, tests: [] }\n", "no place"},
      {"mocks:\ntests:\n", "no place"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(saved(row.before), row.after) << row.before;
}

TEST(Save, ASnippetIsWhatWouldHaveBeenWritten) {
  EXPECT_EQ(snippet("denied", "{ plan-export: { run: run-1 } }",
                    {{"policies/it's.sentinel", "run-1 of acme/net", "denied", "undefined"}}),
            "mocks:\n"
            "  denied: { plan-export: { run: run-1 } }\n"
            "tests:\n"
            "  - policy: 'policies/it''s.sentinel'\n"
            "    cases:\n"
            "      - { name: 'run-1 of acme/net', mocks: denied, expect: undefined }\n");
}

TEST(Save, ReadsWhatIsAskedFor) {
  const struct {
    const char* text;
    const char* expected;
  } rows[] = {
      {"denied", "denied "},
      {"denied=run-1", "denied run-1"},
      {"denied=plan-1", "denied plan-1"},
      {"../x",
       "`../x` cannot be the name of a mock: it becomes a folder's name\n"
       "    begin with a letter or digit, then letters, digits, `.`, `_`, `-`\n"},
      {"",
       "`` cannot be the name of a mock: it becomes a folder's name\n"
       "    begin with a letter or digit, then letters, digits, `.`, `_`, `-`\n"},
      {"denied=net",
       "`net` is neither a run nor a plan\n"
       "    write `--save denied=run-…`\n"},
  };
  for (const auto& row : rows) {
    const auto out = parse_save(row.text);
    EXPECT_EQ(out ? out->name + " " + out->run : base::to_text(out.error()), row.expected);
  }
}

TEST(Save, TheNewestThatFailsIsTheMostInteresting) {
  ImpactReport report;
  const auto add = [&](const char* run, const char* day, ImpactResult result) {
    report.plans.push_back(
        {.run = {.run = run, .plan = std::string("plan-") + run, .created_at = day},
         .policies = {{.result = result}}});
  };
  add("run-pass", "2026-11-20", ImpactResult::Pass);
  EXPECT_EQ(plan_to_save(report, {.name = "x"}), nullptr);
  add("run-error", "2026-11-19", ImpactResult::Error);
  add("run-old", "2026-11-01", ImpactResult::Fail);
  add("run-new", "2026-11-02", ImpactResult::Fail);
  EXPECT_EQ(plan_to_save(report, {.name = "x"})->run.run, "run-new");
  EXPECT_EQ(plan_to_save(report, {.name = "x", .run = "run-pass"})->run.run, "run-pass");
  EXPECT_EQ(plan_to_save(report, {.name = "x", .run = "plan-run-old"})->run.run, "run-old");
  EXPECT_EQ(plan_to_save(report, {.name = "x", .run = "run-none"}), nullptr);
}

}  // namespace
}  // namespace harness
