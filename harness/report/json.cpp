#include "harness/report/json.h"

#include "harness/report/json_writer.h"

namespace harness {
namespace {

void location(JsonWriter& out, std::string_view name, const base::Location& where) {
  if (where.file.empty()) return;
  out.key(name).begin_object().member("file", where.file);
  if (where.line != 0) out.key("line").number(where.line);
  if (where.column != 0) out.key("column").number(where.column);
  if (where.length > 1) out.key("length").number(where.length);
  out.member_if("source", where.source_line);
  out.end_object();
}

void diagnostic(JsonWriter& out, const base::Diagnostic& item) {
  out.begin_object().member("what", item.what);
  out.member_if("why", item.why).member_if("advice", item.advice);
  if (item.where) location(out, "where", *item.where);
  if (!item.causes.empty()) {
    out.key("causes").begin_list();
    for (const base::Diagnostic& cause : item.causes)
      diagnostic(out, cause);
    out.end_list();
  }
  out.end_object();
}

void texts(JsonWriter& out, std::string_view name, const std::vector<std::string>& items) {
  if (items.empty()) return;
  out.key(name).begin_list();
  for (const std::string& item : items)
    out.text(item);
  out.end_list();
}

void explanation(JsonWriter& out, const policy_runtime::Explanation& item) {
  out.begin_object();
  location(out, "where", item.where);
  out.member("note", item.note);
  out.key("operands").begin_list();
  for (const policy_runtime::Operand& operand : item.operands) {
    out.begin_object().member("expression", operand.expression);
    out.key("value").raw(operand.value.json);
    out.member("text", operand.value.text).member_if("mock_path", operand.mock_path);
    out.end_object();
  }
  out.end_list();
  if (!item.causes.empty()) {
    out.key("causes").begin_list();
    for (const policy_runtime::Explanation& cause : item.causes)
      explanation(out, cause);
    out.end_list();
  }
  out.end_object();
}

void rules(JsonWriter& out, const CaseReport& item) {
  out.key("rules").begin_list();
  for (const policy_runtime::RuleValue& rule : item.rules) {
    out.begin_object().member("name", rule.name).member_if("description", rule.description);
    out.key("undefined").boolean(rule.undefined);
    out.key("value").raw(rule.undefined ? "" : rule.value.json);
    location(out, "where", rule.where);
    out.end_object();
  }
  out.end_list();
}

void language_error(JsonWriter& out, const policy_runtime::LanguageError& error) {
  out.key("error").begin_object().member("message", error.message);
  if (error.where) location(out, "where", *error.where);
  if (!error.calls.empty()) {
    out.key("calls").begin_list();
    for (const base::Location& call : error.calls) {
      out.begin_object();
      location(out, "where", call);
      out.end_object();
    }
    out.end_list();
  }
  out.end_object();
}

void mismatches(JsonWriter& out, const CaseReport& item) {
  if (item.mismatches.empty()) return;
  out.key("mismatches").begin_list();
  for (const Mismatch& mismatch : item.mismatches) {
    out.begin_object()
        .member("subject", mismatch.subject)
        .member("expected", mismatch.expected)
        .member("actual", mismatch.actual)
        .member_if("difference", mismatch.difference)
        .end_object();
  }
  out.end_list();
}

void coverage(JsonWriter& out, const CaseReport& item) {
  if (item.coverage.empty()) return;
  out.key("coverage").begin_list();
  for (const policy_runtime::CoveredLine& covered : item.coverage) {
    out.begin_object().member("file", covered.file);
    out.key("line").number(covered.line);
    out.key("hits").number(static_cast<std::int64_t>(covered.hits));
    out.end_object();
  }
  out.end_list();
}

void case_members(JsonWriter& out, const CaseReport& item) {
  out.member("policy", item.policy).member("name", item.name).member("full_name", item.full_name);
  out.member("verdict", verdict_name(item.verdict));
  location(out, "where", item.where);
  texts(out, "tags", item.tags);
  out.key("duration").seconds(item.duration.count());
  out.member_if("expected", item.expected).member_if("actual", item.actual);
  out.member_if("skip_reason", item.skip_reason).member_if("runtime", item.runtime);
  if (item.error_kind != ErrorKind::None)
    out.member("error_kind", item.error_kind == ErrorKind::Mock ? "mock" : "runtime");
  if (item.cut_off) out.key("cut_off").boolean(true);
  if (item.timed_out) out.key("timed_out").boolean(true);
  if (item.parse_error) out.key("parse_error").boolean(true);
  mismatches(out, item);
  if (item.problem) {
    out.key("problem");
    diagnostic(out, *item.problem);
  }
  if (item.error) language_error(out, *item.error);
  if (item.undefined_origin) location(out, "undefined_origin", *item.undefined_origin);
  rules(out, item);
  if (!item.explanations.empty()) {
    out.member_if("explained_by", item.explained_by);
    out.key("explanations").begin_list();
    for (const policy_runtime::Explanation& one : item.explanations)
      explanation(out, one);
    out.end_list();
  }
  texts(out, "prints", item.prints);
  texts(out, "trace", item.trace);
  texts(out, "warnings", item.warnings);
  coverage(out, item);
  texts(out, "mocks", item.mocks);
  out.member_if("again", item.again).member_if("by_hand", item.by_hand);
}

void mock_members(JsonWriter& out, const MockReport& mock) {
  out.member("name", mock.name).member("kind", mock.kind).member_if("shown", mock.shown);
  out.member_if("workspace", mock.workspace).member_if("run", mock.run);
  out.member_if("plan", mock.plan).member_if("made_at", mock.made_at);
  out.member_if("digest", mock.digest);
  if (mock.age) out.key("age_seconds").number(mock.age->count());
  out.key("stale").boolean(mock.stale);
  out.key("fetched").boolean(mock.fetched);
  if (mock.problem) {
    out.key("problem");
    diagnostic(out, *mock.problem);
  }
}

void run_members(JsonWriter& out, const RunReport& report) {
  out.key("harness").begin_object().member("version", report.harness_version).end_object();
  out.member("runtime", report.runtime).member("manifest", report.manifest);
  out.member("started_at", report.started_at);
}

void counts(JsonWriter& out, const RunReport& report) {
  const Counts counts = report.counts();
  out.key("counts").begin_object();
  out.key("passed").size(counts.passed);
  out.key("failed").size(counts.failed);
  out.key("errors").size(counts.errors);
  out.key("skipped").size(counts.skipped);
  out.key("policies").size(counts.policies);
  out.end_object();
}

void end_members(JsonWriter& out, const RunReport& report) {
  out.key("duration").seconds(report.duration.count());
  out.key("exit_code").number(report.exit_code);
  out.key("reasons").begin_list();
  for (const ExitReason& reason : report.reasons) {
    out.begin_object();
    out.key("code").number(reason.code);
    out.member("why", reason.why).end_object();
  }
  out.end_list();
  counts(out, report);
  if (!report.problems.empty()) {
    out.key("problems").begin_list();
    for (const base::Diagnostic& problem : report.problems)
      diagnostic(out, problem);
    out.end_list();
  }
  texts(out, "warnings", report.warnings);
  out.member_if("work_folder", report.work_folder);
}

}  // namespace

std::string render_json(const RunReport& report) {
  JsonWriter out;
  out.begin_object().member("schema", kResultSchema);
  run_members(out, report);
  end_members(out, report);
  out.key("mocks").begin_list();
  for (const MockReport& mock : report.mocks) {
    out.begin_object();
    mock_members(out, mock);
    out.end_object();
  }
  out.end_list();
  out.key("cases").begin_list();
  for (const CaseReport& item : report.cases) {
    out.begin_object();
    case_members(out, item);
    out.end_object();
  }
  out.end_list();
  out.end_object();
  return out.take();
}

std::string render_jsonl(const RunReport& report) {
  std::string text;
  std::int64_t sequence = 0;
  const auto event = [&](std::string_view name, const auto& members) {
    JsonWriter out(true);
    out.begin_object().member("schema", kResultSchema).member("event", name);
    out.key("seq").number(sequence++);
    members(out);
    out.end_object();
    text += out.take();
  };
  event("run-started", [&](JsonWriter& out) { run_members(out, report); });
  for (const MockReport& mock : report.mocks)
    event("mock-ready", [&](JsonWriter& out) { mock_members(out, mock); });
  for (const CaseReport& item : report.cases)
    event("case-finished", [&](JsonWriter& out) { case_members(out, item); });
  event("run-finished", [&](JsonWriter& out) { end_members(out, report); });
  return text;
}

}  // namespace harness
