#include "harness/report/github.h"

#include "harness/report/clean.h"

namespace harness {
namespace {

constexpr std::size_t kMostAnnotations = 9;

std::string escaped_data(std::string_view text) {
  std::string out;
  for (const char c : clean_text(text, 4'096)) {
    if (c == '%')
      out += "%25";
    else if (c == '\n')
      out += "%0A";
    else
      out += c;
  }
  return out;
}

std::string escaped_property(std::string_view text) {
  std::string out;
  for (const char c : escaped_data(clean_line(text))) {
    if (c == ':')
      out += "%3A";
    else if (c == ',')
      out += "%2C";
    else
      out += c;
  }
  return out;
}

std::string annotation(const CaseReport& item) {
  const base::Location where = deciding_place(item);
  std::string out = "::error file=" + escaped_property(where.file);
  if (where.line != 0)
    out += ",line=" + std::to_string(where.line) + ",endLine=" + std::to_string(where.line);
  return out + ",title=" + escaped_property(item.full_name) + "::" + escaped_data(headline(item)) +
         "\n";
}

}  // namespace

std::string render_github(const RunReport& report) {
  std::string out;
  std::size_t count = 0;
  for (const base::Diagnostic& problem : report.own_problems()) {
    if (++count <= kMostAnnotations)
      out += "::error title=harness::" + escaped_data(base::to_text(problem)) + "\n";
  }
  for (const CaseReport& item : report.cases) {
    if (item.verdict != Verdict::Failed && item.verdict != Verdict::Error) continue;
    if (++count <= kMostAnnotations) out += annotation(item);
  }
  if (count > kMostAnnotations) {
    out += "::error title=harness::…and " + std::to_string(count - kMostAnnotations) +
           " more, see the summary\n";
  }
  return out;
}

}  // namespace harness
