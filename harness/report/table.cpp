#include "harness/report/table.h"

#include "harness/report/json.h"
#include "harness/report/junit.h"

namespace harness {
namespace {

constexpr FormatRow kFormats[] = {
    {"text", nullptr, "for people: failures and a line of counts"},
    {"json", render_json, "one versioned JSON document, input of `harness report`"},
    {"jsonl", render_jsonl, "JSON, one event a line"},
    {"junit", render_junit, "JUnit XML, read by CI servers"},
    {"junit-strict", render_junit_strict, "JUnit XML without `file` and `line`"},
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
