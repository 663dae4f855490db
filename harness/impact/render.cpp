#include "harness/impact/render.h"

#include <algorithm>
#include <functional>
#include <map>

#include "harness/report/clean.h"
#include "harness/report/json_writer.h"
#include "harness/report/run_report.h"

namespace harness {
namespace {

using Row = std::vector<std::string>;

std::string join(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const std::string& part : parts)
    out += (out.empty() ? std::string() : std::string(between)) + part;
  return out;
}

/// One row a workspace: name, counts, what else there is to say.
std::vector<Row> rows_of(const ImpactReport& report, std::size_t policy) {
  std::vector<Row> out;
  const auto add = [&](const std::string& name, std::string_view workspace, std::string note) {
    const ImpactCounts counts = report.counts(policy, workspace);
    out.push_back({name, std::to_string(counts.all()), std::to_string(counts.pass),
                   std::to_string(counts.fail), std::to_string(counts.undefined),
                   std::to_string(counts.error), std::move(note)});
  };
  for (const FoundWorkspace& workspace : report.workspaces) {
    std::vector<std::string> notes;
    if (!workspace.note.empty()) notes.push_back(workspace.note);
    if (workspace.note.empty() && workspace.without_plan > 0) {
      notes.push_back(counted(workspace.without_plan, "run", "runs") + " without a finished plan");
    }
    if (const std::size_t missing = report.missing(workspace.name); missing > 0) {
      notes.push_back(counted(missing, "plan", "plans") + " could not be looked at");
    }
    add(workspace.name, workspace.name, join(notes, ", "));
  }
  if (report.workspaces.size() != 1) add("total", "", "");
  return out;
}

const Row kHeadings{"workspace", "plans", "pass", "fail", "undefined", "error", ""};

std::string table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(kHeadings.size());
  const auto measure = [&](const Row& row) {
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], columns_of(row[i]));
  };
  measure(kHeadings);
  for (const Row& row : rows)
    measure(row);
  std::string out;
  const auto put = [&](const Row& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(widths[i] - columns_of(row[i]), ' ');
      line += (i == 0 ? "" : i + 1 == row.size() ? "   " : "  ");
      line += i == 0 || i + 1 == row.size() ? row[i] + blanks : blanks + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  };
  put(kHeadings);
  for (const Row& row : rows)
    put(row);
  return out;
}

std::string day_of(const std::string& time) {
  return time.substr(0, 10);
}

std::string words_of(const base::Diagnostic& problem) {
  std::string out = problem.what;
  if (!problem.why.empty()) out += ": " + problem.why;
  for (const base::Diagnostic& cause : problem.causes)
    out += ": " + words_of(cause);
  return clean_for_ci(out, 600);
}

std::string place_of(const PolicyImpact& seen) {
  if (seen.at.file.empty() || seen.at.line == 0) return "";
  return seen.at.file + ":" + std::to_string(seen.at.line);
}

/// What could not be looked at: a workspace's plans with one reason are one line.
std::vector<std::string> missing_lines(const ImpactReport& report) {
  std::vector<std::string> out;
  std::map<std::string, std::vector<const PlanImpact*>> by_reason;
  std::vector<std::string> order;
  for (const PlanImpact& plan : report.plans) {
    if (!plan.problem) continue;
    // The plan's own id differs where the reason does not.
    std::string reason = words_of(*plan.problem);
    if (const std::size_t at = reason.find(plan.run.plan); at != std::string::npos)
      reason.replace(at, plan.run.plan.size(), "PLAN");
    const std::string key = plan.run.workspace + "\n" + reason;
    if (by_reason[key].empty()) order.push_back(key);
    by_reason[key].push_back(&plan);
  }
  for (const std::string& key : order) {
    const std::vector<const PlanImpact*>& plans = by_reason[key];
    const PlanImpact& first = *plans.front();
    out.push_back(first.run.workspace + "  " + first.run.run +
                  (plans.size() > 1 ? " and " + std::to_string(plans.size() - 1) + " more" : "") +
                  "  " + words_of(*first.problem));
  }
  return out;
}

/// "1 policy, 40 plans of 12 workspaces: 38 pass, 1 fail, 1 undefined, 0 errors (builtin 1.0)"
std::string last_line(const ImpactReport& report) {
  ImpactCounts all;
  std::size_t plans = 0;
  for (std::size_t i = 0; i < report.policies.size(); ++i) {
    const ImpactCounts one = report.counts(i);
    all.pass += one.pass;
    all.fail += one.fail;
    all.undefined += one.undefined;
    all.error += one.error;
    plans = one.all();
  }
  std::string out = counted(report.policies.size(), "policy", "policies") + ", " +
                    counted(plans, "plan", "plans") + " of " +
                    counted(report.workspaces.size(), "workspace", "workspaces") + ": " +
                    std::to_string(all.pass) + " pass, " + std::to_string(all.fail) + " fail, " +
                    std::to_string(all.undefined) + " undefined, " +
                    counted(all.error, "error", "errors");
  if (report.missing() > 0) {
    out += "; " + counted(report.missing(), "plan", "plans") + " could not be looked at";
  }
  if (!report.runtime.empty()) out += " (" + report.runtime + ")";
  return out;
}

std::string stopped_line(const ImpactReport& report) {
  if (report.complete) return "";
  return "stopped: " +
         (report.left > 0 ? counted(report.left, "plan", "plans") + " found and not looked at, and "
                          : std::string()) +
         "there may be more; the same command goes on from here";
}

std::string escape_cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '<' || c == '`' || c == '*' || c == '_') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string run_page(const ImpactReport& report, const FoundRun& run) {
  const std::size_t slash = run.workspace.find('/');
  return report.origin + "/app/" + run.workspace.substr(0, slash) + "/workspaces/" +
         run.workspace.substr(slash + 1) + "/runs/" + run.run;
}

std::string impact_text(const ImpactReport& report) {
  std::string out;
  for (std::size_t p = 0; p < report.policies.size(); ++p) {
    out += report.policies[p] + ", plans since " + day_of(report.since) + " of " +
           join(report.searches, ", ") + " on " + report.host + "\n\n" + table(rows_of(report, p)) +
           "\n";
    for (const PlanImpact& plan : report.plans) {
      if (plan.policies.size() <= p || plan.policies[p].result == ImpactResult::Pass) continue;
      const PolicyImpact& seen = plan.policies[p];
      std::string name(impact_name(seen.result));
      name.resize(9, ' ');
      out += name + "  " + plan.run.workspace + "  " + day_of(plan.run.created_at) + "  " +
             run_page(report, plan.run) + "\n";
      const std::string place = place_of(seen);
      if (!place.empty() || !seen.why.empty()) {
        out += "           " + place + (place.empty() || seen.why.empty() ? "" : ": ") +
               clean_for_ci(seen.why) + "\n";
      }
    }
    if (!out.ends_with("\n\n")) out += "\n";
  }
  const std::vector<std::string> missing = missing_lines(report);
  for (const std::string& line : missing)
    out += "missing    " + line + "\n";
  if (!missing.empty()) out += "\n";
  out += last_line(report) + "\n";
  if (const std::string line = stopped_line(report); !line.empty()) out += line + "\n";
  return out;
}

std::string impact_json(const ImpactReport& report) {
  JsonWriter out;
  out.begin_object().member("schema", "harness/impact/1");
  out.member("harness_version", report.harness_version).member("runtime", report.runtime);
  out.member("host", report.host).member("since", report.since);
  out.key("complete").boolean(report.complete);
  out.key("left").size(report.left);
  const auto texts = [&out](std::string_view key, const std::vector<std::string>& list) {
    out.key(key).begin_list();
    for (const std::string& text : list)
      out.text(text);
    out.end_list();
  };
  texts("searches", report.searches);
  const auto counts = [&out](const ImpactCounts& of) {
    out.key("pass").size(of.pass).key("fail").size(of.fail);
    out.key("undefined").size(of.undefined).key("error").size(of.error);
  };
  out.key("policies").begin_list();
  for (std::size_t p = 0; p < report.policies.size(); ++p) {
    out.begin_object().member("policy", report.policies[p]);
    counts(report.counts(p));
    out.end_object();
  }
  out.end_list();
  out.key("workspaces").begin_list();
  for (const FoundWorkspace& workspace : report.workspaces) {
    out.begin_object().member("name", workspace.name);
    out.key("runs").size(workspace.runs).key("without_plan").size(workspace.without_plan);
    out.key("missing").size(report.missing(workspace.name));
    out.member_if("note", workspace.note);
    out.key("policies").begin_list();
    for (std::size_t p = 0; p < report.policies.size(); ++p) {
      out.begin_object().member("policy", report.policies[p]);
      counts(report.counts(p, workspace.name));
      out.end_object();
    }
    out.end_list().end_object();
  }
  out.end_list();
  out.key("plans").begin_list();
  for (const PlanImpact& plan : report.plans) {
    out.begin_object().member("workspace", plan.run.workspace).member("run", plan.run.run);
    out.member("plan", plan.run.plan).member("created_at", plan.run.created_at);
    out.member("url", run_page(report, plan.run));
    if (plan.problem) out.member("problem", words_of(*plan.problem));
    out.key("results").begin_list();
    for (std::size_t p = 0; p < plan.policies.size(); ++p) {
      const PolicyImpact& seen = plan.policies[p];
      out.begin_object().member("policy", report.policies[p]);
      out.member("result", impact_name(seen.result)).member_if("why", seen.why);
      if (seen.at.line != 0) {
        out.key("where").begin_object().member("file", seen.at.file);
        out.key("line").number(seen.at.line).key("column").number(seen.at.column).end_object();
      }
      out.end_object();
    }
    out.end_list().end_object();
  }
  out.end_list();
  out.key("problems").begin_list();
  for (const base::Diagnostic& problem : report.problems)
    out.text(words_of(problem));
  out.end_list();
  texts("warnings", report.warnings);
  out.end_object();
  return out.take();
}

std::string impact_markdown(const ImpactReport& report) {
  std::string out;
  for (std::size_t p = 0; p < report.policies.size(); ++p) {
    out += "### " + escape_cell(report.policies[p]) + "\n\nPlans since " + day_of(report.since) +
           " of " + escape_cell(join(report.searches, ", ")) + " on " + report.host + "\n\n" +
           "| workspace | plans | pass | fail | undefined | error | |\n"
           "|---|---:|---:|---:|---:|---:|---|\n";
    for (const Row& row : rows_of(report, p)) {
      out += "|";
      for (const std::string& cell : row)
        out += " " + escape_cell(cell) + " |";
      out += "\n";
    }
    out += "\n";
    bool any = false;
    for (const PlanImpact& plan : report.plans) {
      if (plan.policies.size() <= p || plan.policies[p].result == ImpactResult::Pass) continue;
      const PolicyImpact& seen = plan.policies[p];
      any = true;
      out += "* **" + std::string(impact_name(seen.result)) + "** " +
             escape_cell(plan.run.workspace) + ", " + day_of(plan.run.created_at) + ", [" +
             escape_cell(plan.run.run) + "](" + run_page(report, plan.run) + ")";
      if (const std::string place = place_of(seen); !place.empty())
        out += ", " + escape_cell(place);
      if (!seen.why.empty()) out += ": " + escape_cell(clean_for_ci(seen.why));
      out += "\n";
    }
    if (any) out += "\n";
  }
  const std::vector<std::string> missing = missing_lines(report);
  for (const std::string& line : missing)
    out += "* missing: " + escape_cell(line) + "\n";
  if (!missing.empty()) out += "\n";
  out += last_line(report) + "\n";
  if (const std::string line = stopped_line(report); !line.empty()) out += "\n" + line + "\n";
  return out;
}

}  // namespace harness
