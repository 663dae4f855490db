// Markdown, for comments, wikis and GitHub's step summary: counts, failures folded, a table last.
#pragma once

#include <string>

#include "harness/report/run_report.h"

namespace harness {

std::string render_markdown(const RunReport& report);

/// At most `most` bytes: cases are left out from the end, and counted. GitHub drops a summary of
/// more than a mebibyte whole.
std::string render_markdown_within(const RunReport& report, std::size_t most);

}  // namespace harness
