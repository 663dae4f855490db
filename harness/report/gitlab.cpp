#include "harness/report/gitlab.h"

#include "harness/report/fingerprint.h"
#include "harness/report/json_writer.h"

namespace harness {

std::string render_gitlab(const RunReport& report) {
  JsonWriter out;
  out.begin_list();
  for (const CaseReport& item : report.cases) {
    if (item.verdict != Verdict::Failed && item.verdict != Verdict::Error) continue;
    const base::Location where = deciding_place(item);
    out.begin_object().member("description", item.name + ": " + headline(item));
    out.member("check_name", item.policy).member("fingerprint", fingerprint(item));
    out.member("severity", item.verdict == Verdict::Error ? "critical" : "major");
    out.key("location").begin_object();
    out.member("path", where.file.empty() ? item.policy : where.file);
    out.key("lines").begin_object().key("begin").number(where.line == 0 ? 1 : where.line);
    out.end_object().end_object().end_object();
  }
  out.end_list();
  return out.take();
}

}  // namespace harness
