// JSON:API documents, whole and odd.
#include "plugin/terraform_api/resource.h"

#include <string>

#include <gtest/gtest.h>

#include "plugin/base/system.h"

namespace {

using namespace terraform_api;  // NOLINT(google-build-using-namespace): what is under test

TEST(Resource, PlanExportIsReadWithAllItsTimes) {
  const auto got =
      parse_plan_export(R"({"data": {"id": "pe-3yVQZvHzf5j3WRJ1", "type": "plan-exports",
    "attributes": {"data-type": "sentinel-mock-bundle-v0", "status": "finished",
      "status-timestamps": {"queued-at": "2019-03-04T22:29:53+00:00",
        "finished-at": "2019-03-04T22:29:58+00:00", "expired-at": "2019-03-04T23:29:58+00:00"}},
    "relationships": {"plan": {"data": {"id": "plan-8F5JFydVYAmtTjET", "type": "plans"}}},
    "links": {"self": "/api/v2/plan-exports/pe-3yVQZvHzf5j3WRJ1",
      "download": "/api/v2/plan-exports/pe-3yVQZvHzf5j3WRJ1/download"}}})");
  ASSERT_TRUE(got);
  EXPECT_EQ(got->id, "pe-3yVQZvHzf5j3WRJ1");
  EXPECT_EQ(got->status, ExportStatus::Finished);
  EXPECT_EQ(got->plan, "plan-8F5JFydVYAmtTjET");
  EXPECT_EQ(base::to_rfc3339(*got->finished_at), "2019-03-04T22:29:58Z");
  EXPECT_EQ(base::to_rfc3339(*got->expires_at), "2019-03-04T23:29:58Z");
}

TEST(Resource, WhatIsAbsentNullOrOfAnotherKindIsAlike) {
  for (const char* exports : {R"({})", R"({"exports": null})", R"({"exports": {"data": null}})",
                              R"({"exports": {"data": []}})", R"({"exports": {"data": "x"}})",
                              R"({"exports": {"data": [null, 1, {"id": 7}]}})"}) {
    const auto got = parse_plan(R"({"data": {"id": "plan-1", "type": "plans", "attributes":
      {"status": "finished", "actions": null}, "relationships": )" +
                                std::string(exports) + "}}");
    ASSERT_TRUE(got) << exports;
    EXPECT_EQ(*got, (Plan{.id = "plan-1", .status = "finished"})) << exports;
  }
}

TEST(Resource, IncludedIsFoundByKindAndId) {
  const auto got = parse_workspace(R"({"data": {"id": "ws-1", "type": "workspaces",
    "attributes": {"name": "net", "execution-mode": "remote"},
    "relationships": {"current-run": {"data": {"id": "run-1", "type": "runs"}}}},
    "included": [
      {"id": "plan-2", "type": "plans", "attributes": {"status": "errored"}},
      {"id": "plan-1", "type": "plans", "attributes": {"status": "finished",
        "actions": {"is-exportable": true}, "permissions": {"can-export": false}},
        "relationships": {"exports": {"data": [{"id": "pe-1", "type": "plan-exports"}]}}},
      {"id": "run-1", "type": "plans"},
      {"id": "run-1", "type": "runs", "attributes": {"status": "applied"},
        "relationships": {"plan": {"data": {"id": "plan-1", "type": "plans"}}}}]})");
  ASSERT_TRUE(got);
  ASSERT_TRUE(got->run);
  EXPECT_EQ(got->run->plan, (Plan{.id = "plan-1",
                                  .status = "finished",
                                  .is_exportable = true,
                                  .can_export = false,
                                  .exports = {"pe-1"}}));
}

TEST(Resource, WorkspaceWithoutARunHasNone) {
  const auto got = parse_workspace(R"({"data": {"id": "ws-1", "type": "workspaces",
    "attributes": {"name": "net", "execution-mode": "local"},
    "relationships": {"current-run": {"data": null}}}})");
  ASSERT_TRUE(got);
  EXPECT_EQ(got->current_run, "");
  EXPECT_FALSE(got->run);
}

TEST(Resource, PagesEndWithANullNextPage) {
  const auto page = [](const std::string& next) {
    const auto got = parse_runs(R"({"data": [{"id": "run-1", "type": "runs"}, 5],
      "meta": {"pagination": {"next-page": )" +
                                next + "}}}");
    return got ? std::to_string(got->items.size()) + " then " + std::to_string(got->next)
               : got.error().why;
  };
  EXPECT_EQ(page("2"), "1 then 2");
  EXPECT_EQ(page("null"), "1 then 0");
  EXPECT_EQ(page("-1"), "1 then 0");
  EXPECT_EQ(page("99999999999"), "1 then 0");
  EXPECT_EQ(page("\"2\""), "1 then 0");
}

struct Row {
  const char* text;
  const char* why;
};

TEST(Resource, ThatIsNoneSaysWhatItIs) {
  const Row rows[] = {
      {"", "it is empty"},
      {"  \n", "it is empty"},
      {"<html>", "it is an HTML page (of a proxy, a login or a maintenance?), not JSON"},
      {"{\"data\": ", "it is not JSON"},
      {"[1]", "it is JSON, but not an object"},
      {"{}", "it is JSON without a `data` object"},
      {"{\"data\": []}", "it is JSON without a `data` object"},
      {"{\"data\": {\"type\": \"runs\", \"id\": \"x\"}}", "it is of another type than `plans`"},
      {"{\"data\": {\"type\": \"plans\"}}", "its `data` has no id"},
  };
  for (const Row& row : rows) {
    const auto got = parse_plan(row.text);
    ASSERT_FALSE(got) << row.text;
    EXPECT_EQ(got.error().why, row.why) << row.text;
  }
  EXPECT_EQ(parse_plan(std::string(100'000, '[')).error().why, "it is not JSON");
}

TEST(Resource, ErrorsAreJoinedAndCleaned) {
  const Row rows[] = {
      {R"({"errors": [{"status": "404", "title": "not found"}]})", "not found"},
      {R"({"errors": [{"status": 429, "title": "Too many", "detail": "slow down"}]})",
       "Too many: slow down"},
      {R"({"errors": [{"detail": "a"}, {"detail": "b"}]})", "a; b"},
      {R"({"errors": ["plain"]})", "plain"},
      {R"({"errors": [{"title": "a\u001b[31mb\nc"}]})", "a [31mb c"},
      {R"({"errors": null})", ""},
      {"<html>", ""},
      {"", ""},
  };
  for (const Row& row : rows)
    EXPECT_EQ(parse_errors(row.text), row.why) << row.text;
  const std::string longest =
      parse_errors(R"({"errors": [{"title": ")" + std::string(10'000, 'x') + "\"}]}");
  EXPECT_EQ(longest, std::string(500, 'x') + "…");
}

}  // namespace
