#include "harness/report/markdown.h"

#include "harness/report/clean.h"
#include "harness/report/text.h"
#include "harness/report/xml.h"

namespace harness {
namespace {

/// Text that is nothing but text: no markup, no HTML, no mention of people.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : clean_line(text, 1'000)) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '@')
      out += "&#64;";
    else if (std::string_view("\\`*_{}[]()#+-.!|~:").find(c) != std::string_view::npos) {
      out += '\\';
      out += c;
    } else
      out += c;
  }
  return out;
}

/// A block that its content cannot end.
std::string fenced(const std::string& text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(std::max<std::size_t>(3, longest + 1), '`');
  return fence + "text\n" + text + (text.ends_with('\n') ? "" : "\n") + fence + "\n";
}

std::string failure(const RunReport& report, const CaseReport& item) {
  // Inside an HTML block nothing is Markdown.
  return "<details><summary>" + xml_text(clean_line(item.full_name, 1'000)) + "</summary>\n\n" +
         fenced(render_case(report, item, {})) + "\n</details>\n\n";
}

std::string row(const CaseReport& item) {
  return "| " + std::string(verdict_name(item.verdict)) + " | " + plain(item.policy) + " | " +
         plain(item.name) + " | " +
         (item.verdict == Verdict::Skipped ? plain(item.skip_reason)
                                           : plain(duration_text(item.duration))) +
         " |\n";
}

}  // namespace

std::string render_markdown_within(const RunReport& report, std::size_t most) {
  constexpr std::size_t kTail = 200;  // for what is said about what was left out
  std::string out = "### " + std::string(report.exit_code == 0 ? "✅" : "❌") + " " +
                    plain(summary_line(report)) + "\n\n";
  for (const base::Diagnostic& problem : report.problems)
    out += fenced(clean_lines_for_ci(base::to_text(problem))) + "\n";
  for (const std::string& warning : report.warnings)
    out += "* warning: " + plain(warning) + "\n";
  if (!report.warnings.empty()) out += "\n";
  std::size_t left_out = 0;
  for (const CaseReport& item : report.cases) {
    if (item.verdict != Verdict::Failed && item.verdict != Verdict::Error) continue;
    std::string text = failure(report, item);
    if (left_out > 0 || out.size() + text.size() + kTail > most)
      ++left_out;
    else
      out += text;
  }
  if (left_out > 0) return out + "…and " + counted(left_out, "failure", "failures") + " more\n";
  if (report.cases.empty()) return out;
  out +=
      "<details><summary>all cases</summary>\n\n| verdict | policy | case | |\n|---|---|---|---|\n";
  for (const CaseReport& item : report.cases) {
    std::string text = row(item);
    if (left_out > 0 || out.size() + text.size() + kTail > most)
      ++left_out;
    else
      out += text;
  }
  out += "\n";
  if (left_out > 0) out += "…and " + counted(left_out, "case", "cases") + " more\n\n";
  return out + "</details>\n";
}

std::string render_markdown(const RunReport& report) {
  return render_markdown_within(report, SIZE_MAX / 2);
}

}  // namespace harness
