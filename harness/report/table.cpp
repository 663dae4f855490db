#include "harness/report/table.h"

#include "harness/report/azure.h"
#include "harness/report/coverage.h"
#include "harness/report/github.h"
#include "harness/report/gitlab.h"
#include "harness/report/html.h"
#include "harness/report/json.h"
#include "harness/report/junit.h"
#include "harness/report/markdown.h"
#include "harness/report/sarif.h"
#include "harness/report/tap.h"

namespace harness {
namespace {

constexpr FormatRow kFormats[] = {
    {"text", nullptr, "for people: failures and a line of counts"},
    {"json", render_json, "one versioned JSON document, input of `harness report`"},
    {"jsonl", render_jsonl, "JSON, one event a line"},
    {"junit", render_junit, "JUnit XML, read by CI servers"},
    {"junit-strict", render_junit_strict, "JUnit XML without `file` and `line`"},
    {"tap", render_tap, "Test Anything Protocol, version 14"},
    {"tap13", render_tap13, "Test Anything Protocol, version 13"},
    {"sarif", render_sarif, "SARIF 2.1.0, for code scanning"},
    {"github", render_github, "annotations of GitHub Actions"},
    {"gitlab", render_gitlab, "GitLab's code quality"},
    {"azure", render_azure, "logging commands of Azure Pipelines"},
    {"markdown", render_markdown, "Markdown, for comments and summaries"},
    {"lcov", render_lcov, "coverage for lcov and editors; needs --coverage", true},
    {"cobertura", render_cobertura, "coverage as Cobertura XML; needs --coverage", true},
    {"html", render_html, "one page, readable without script, light and dark"},
};

}  // namespace

std::span<const FormatRow> formats() {
  return kFormats;
}

const FormatRow* find_format(std::string_view name) {
  for (const FormatRow& row : kFormats) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace harness
