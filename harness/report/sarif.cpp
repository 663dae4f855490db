#include "harness/report/sarif.h"

#include <set>

#include "harness/report/clean.h"
#include "harness/report/fingerprint.h"
#include "harness/report/json_writer.h"

namespace harness {
namespace {

/// A path as a relative URI: what a URI may not hold is escaped.
std::string uri(std::string_view path) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  while (path.starts_with("./"))
    path.remove_prefix(2);
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 15U];
    }
  }
  return out;
}

void physical_location(JsonWriter& out, const base::Location& where) {
  out.key("physicalLocation").begin_object();
  out.key("artifactLocation").begin_object().member("uri", uri(where.file)).end_object();
  if (where.line != 0) {
    out.key("region").begin_object().key("startLine").number(where.line);
    if (where.column != 0) {
      out.key("startColumn").number(where.column);
      out.key("endColumn").number(where.column + std::max<std::uint32_t>(where.length, 1));
    }
    out.end_object();
  }
  out.end_object();
}

void result(JsonWriter& out, const CaseReport& item) {
  base::Location where = deciding_place(item);
  if (where.file.empty()) where = {.file = item.policy, .line = 1};
  out.begin_object().member("ruleId", item.policy).member("level", "error");
  out.key("message").begin_object().member("text", item.name + ": " + headline(item)).end_object();
  out.key("locations").begin_list().begin_object();
  physical_location(out, where);
  out.end_object().end_list();
  if (!item.where.file.empty()) {
    out.key("relatedLocations").begin_list().begin_object();
    physical_location(out, item.where);
    out.key("message").begin_object().member("text", "the case").end_object();
    out.end_object().end_list();
  }
  out.key("partialFingerprints").begin_object();
  out.member("primaryLocationLineHash", fingerprint(item)).end_object();
  out.end_object();
}

/// What went wrong with the run as a whole.
void notifications(JsonWriter& out, const RunReport& report) {
  const std::vector<base::Diagnostic> problems = report.own_problems();
  if (problems.empty()) return;
  out.key("toolExecutionNotifications").begin_list();
  for (const base::Diagnostic& problem : problems) {
    out.begin_object().member("level", "error");
    out.key("message").begin_object().member("text", in_one_line(problem)).end_object();
    out.end_object();
  }
  out.end_list();
}

bool is_result(const CaseReport& item) {
  return item.verdict == Verdict::Failed || item.verdict == Verdict::Error;
}

}  // namespace

std::string render_sarif(const RunReport& report) {
  JsonWriter out;
  out.begin_object();
  out.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json").member("version", "2.1.0");
  out.key("runs").begin_list().begin_object();
  out.key("tool").begin_object().key("driver").begin_object().member("name", "harness");
  out.member("version", report.harness_version);
  out.key("rules").begin_list();
  std::set<std::string> policies;
  for (const CaseReport& item : report.cases) {
    if (is_result(item)) policies.insert(item.policy);
  }
  for (const std::string& policy : policies) {
    out.begin_object().member("id", policy);
    out.key("shortDescription").begin_object().member("text", "tests of " + policy).end_object();
    out.end_object();
  }
  out.end_list().end_object().end_object();
  out.member("columnKind", "utf16CodeUnits");
  out.key("invocations").begin_list().begin_object();
  out.key("executionSuccessful")
      .boolean((report.exit_code == 0 || report.exit_code == 1) && report.counts().cut_off == 0);
  out.key("exitCode").number(report.exit_code);
  notifications(out, report);
  out.end_object().end_list();
  out.key("results").begin_list();
  for (const CaseReport& item : report.cases) {
    if (is_result(item)) result(out, item);
  }
  out.end_list().end_object().end_list().end_object();
  return out.take();
}

}  // namespace harness
