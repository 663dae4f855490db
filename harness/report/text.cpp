#include "harness/report/text.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "harness/report/clean.h"
#include "harness/report/explained.h"

namespace harness {
namespace {

constexpr std::size_t kIndent = 6;
constexpr std::size_t kMostPrints = 20;
constexpr std::size_t kMostTrace = 400;
/// Wider terminals are not filled: the eye loses the line.
constexpr std::size_t kWidest = 120;
/// Where a heading ends that has room.
constexpr std::size_t kRightEdge = 104;

struct Colours {
  bool on;
  std::string red(const std::string& text) const { return wrap("\x1b[1;31m", text); }
  std::string green(const std::string& text) const { return wrap("\x1b[32m", text); }
  std::string yellow(const std::string& text) const { return wrap("\x1b[33m", text); }
  std::string bold(const std::string& text) const { return wrap("\x1b[1m", text); }
  std::string dim(const std::string& text) const { return wrap("\x1b[2m", text); }

 private:
  std::string wrap(const char* code, const std::string& text) const {
    return on ? code + text + "\x1b[0m" : text;
  }
};

/// Writes one block; knows the width and the indentation.
class Block {
 public:
  explicit Block(const TextOptions& options)
      : width_(std::clamp<std::size_t>(options.width, 40, kWidest)),
        utf8_(options.utf8),
        colours_{options.colour} {}

  const Colours& colour() const { return colours_; }
  std::size_t width() const { return width_; }

  void line(std::size_t indent, const std::string& text) {
    out_ += std::string(text.empty() ? 0 : indent, ' ') + text + "\n";
  }
  void empty() { out_ += "\n"; }

  /// `left` and, at the right edge or on a line of its own, `right`.
  void ends(const std::string& left, std::size_t left_columns, const std::string& right) {
    const std::size_t right_columns = columns_of(right);
    const std::size_t edge = std::min(width_, kRightEdge);
    if (left_columns + right_columns + 2 <= edge) {
      out_ +=
          left + std::string(edge - left_columns - right_columns, ' ') + colours_.dim(right) + "\n";
    } else {
      out_ += left + "\n" + std::string(kIndent, ' ') + colours_.dim(right) + "\n";
    }
  }

  /// `prints   checking …`: a word in a column of its own, before the first line only.
  void labelled(const std::string& label, const std::vector<std::string>& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      std::string head = i == 0 ? label : "";
      head.resize(std::max<std::size_t>(label.size(), 9), ' ');
      out_ += std::string(kIndent, ' ') + colours_.dim(head) + lines[i] + "\n";
    }
  }

  void raw(const std::string& text) { out_ += text; }
  std::string take() { return utf8_ ? std::move(out_) : to_ascii(out_); }

 private:
  std::size_t width_;
  bool utf8_;
  Colours colours_;
  std::string out_;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  return out;
}

/// `policies/x.sentinel:18:5`, and the line with a caret under the range.
class Quoter {
 public:
  explicit Quoter(Block& block) : block_(block) {}

  void quote(const base::Location& where, const std::string& note) {
    if (where.source_line.empty()) {
      block_.line(kIndent, clean_for_ci(base::to_text(where)));
      if (!note.empty()) block_.line(kIndent + 2, clean_for_ci(note));
      last_.clear();
      return;
    }
    const std::size_t room = block_.width() > 20 ? block_.width() - kIndent : 40;
    base::Location cleaned = where;
    cleaned.source_line = clean_in_place(where.source_line);
    const std::vector<std::string> lines =
        lines_of(base::quote_source(cleaned, clean_for_ci(note), room));
    // The same line once more: carets only.
    if (last_ != where.file + "\n" + lines[0]) {
      block_.line(kIndent, clean_for_ci(base::to_text(where)));
      block_.line(4, lines[0]);
    }
    last_ = where.file + "\n" + lines[0];
    std::string carets = lines[1];
    std::size_t at = carets.find('^');
    const std::size_t begin = at;
    while (++at < carets.size() && carets[at] == '~')
      carets[at] = '^';
    if (at >= carets.size() || 4 + columns_of(carets) <= block_.width()) {
      block_.line(4, carets);
      return;
    }
    // No room behind the carets: below them, as far to the right as it fits.
    const std::string below = carets.substr(at + 1);
    const std::size_t bar = carets.find("| ") + 2;
    const std::size_t taken = 4 + columns_of(below);
    const std::size_t left =
        taken + bar < block_.width() ? std::min(begin, block_.width() - taken) : bar;
    block_.line(4, carets.substr(0, at));
    block_.line(4, carets.substr(0, bar) + std::string(std::max(left, bar) - bar, ' ') + below);
  }

  /// Something else was written since.
  void interrupt() { last_.clear(); }

 private:
  Block& block_;
  std::string last_;
};

void operands(Block& block, const std::vector<policy_runtime::Operand>& operands,
              std::size_t indent) {
  for (const policy_runtime::Operand& operand : operands) {
    const std::string path = clean_for_ci(operand.mock_path, 300);
    const std::string expression = clean_for_ci(operand.expression, 120);
    const std::size_t used = indent + columns_of(expression) + 3;
    const std::size_t room = block.width() > used + 24 ? block.width() - used : 24;
    const std::string shown =
        expression + " = " + clean_for_ci(shown_value(operand.value, room), 2'000);
    const std::size_t columns = columns_of(shown);
    if (path.empty()) {
      block.line(indent, shown);
    } else if (indent + std::max<std::size_t>(columns + 2, 37) + columns_of(path) <=
               std::max<std::size_t>(block.width(), 60)) {
      const std::size_t gap = std::max<std::size_t>(columns + 2, 37) - columns;
      block.line(indent, shown + std::string(gap, ' ') + block.colour().dim(path));
    } else {
      block.line(indent, shown);
      block.line(indent + 4, block.colour().dim(path));
    }
  }
}

void explained(Block& block, const std::vector<ShownPlace>& places) {
  Quoter quoter(block);
  for (const ShownPlace& place : places) {
    if (!place.quoted) continue;
    quoter.quote(place.where, place.note);
    if (place.operands.empty()) continue;
    operands(block, place.operands, kIndent + 7);
    quoter.interrupt();
  }
}

void language_error(Block& block, const policy_runtime::LanguageError& error,
                    const std::vector<ShownPlace>& places) {
  block.line(kIndent, block.colour().red("error: ") + clean_for_ci(error.message));
  if (error.where) {
    const ShownPlace place = shown_error(error, places);
    Quoter(block).quote(place.where, place.note);
    operands(block, place.operands, kIndent + 7);
  }
  for (const auto& [call, times] : shown_calls(error))
    block.line(kIndent, "called from " + clean_for_ci(base::to_text(call)) +
                            (times > 1 ? ", " + std::to_string(times) + " times" : ""));
}

void problem(Block& block, const base::Diagnostic& diagnostic) {
  for (const std::string& line : lines_of(base::to_text(diagnostic)))
    block.line(kIndent, clean_for_ci(line));
}

/// A problem of the run as a whole.
void run_problem(Block& block, const base::Diagnostic& diagnostic) {
  bool first = true;
  for (const std::string& line : lines_of(base::to_text(diagnostic))) {
    block.line(0, (first ? block.colour().red("error") + ": " : "") + clean_for_ci(line));
    first = false;
  }
}

std::vector<std::string> shown_prints(const CaseReport& item) {
  std::vector<std::string> out;
  const bool cut = item.prints.size() > kMostPrints;
  for (std::size_t i = 0; i < item.prints.size(); ++i) {
    if (cut && i + 1 >= kMostPrints) break;
    for (const std::string& line : lines_of(item.prints[i])) {
      std::string cleaned = clean_for_ci(line, 1'000);
      if (!cleaned.empty()) out.push_back(std::move(cleaned));
    }
  }
  if (cut)
    out.push_back("… " + std::to_string(item.prints.size() - kMostPrints + 1) + " lines more");
  return out;
}

/// Texts that were printed stand below: they are not quoted twice.
void prints_mismatch(Block& block, const Mismatch& mismatch, std::size_t room) {
  if (!mismatch.difference.empty()) {
    block.line(kIndent, "prints: not as expected (`-` was expected, `+` was printed)");
    return;
  }
  block.line(kIndent,
             "prints: expected " + clean_for_ci(shorten_json(mismatch.expected, room), 400) + ", " +
                 (mismatch.expected.starts_with("not ") ? "but they do" : "but they do not"));
}

/// A value is shortened, a sentence is not.
std::string side(const std::string& text, std::size_t room) {
  const bool value =
      !text.empty() && std::string_view("[{\"").find(text[0]) != std::string_view::npos;
  return clean_for_ci(value ? shorten_json(text, room) : text, 400);
}

void mismatches(Block& block, const CaseReport& item) {
  const std::size_t room = block.width() > 60 ? block.width() - 40 : 24;
  for (const Mismatch& mismatch : item.mismatches) {
    if (mismatch.subject == "prints" && !item.prints.empty()) {
      prints_mismatch(block, mismatch, room);
    } else {
      block.line(kIndent, clean_for_ci(mismatch.subject, 200) + ": expected " +
                              side(mismatch.expected, room) + ", was " +
                              side(mismatch.actual, room));
    }
    for (const std::string& line : lines_of(mismatch.difference))
      block.line(kIndent + 2, clean_for_ci(line, 400));
  }
}

/// A difference shows every line that was printed.
bool shows_prints(const CaseReport& item) {
  return std::any_of(item.mismatches.begin(), item.mismatches.end(), [](const Mismatch& one) {
    return one.subject == "prints" && !one.difference.empty();
  });
}

std::string status(const CaseReport& item, const Colours& colour) {
  switch (item.verdict) {
  case Verdict::Passed:
    return colour.green("PASS  ");
  case Verdict::Failed:
    return colour.red("FAIL  ");
  case Verdict::Error:
    return colour.red("ERROR ");
  case Verdict::Skipped:
    return colour.yellow("SKIP  ");
  }
  return "";
}

void heading(Block& block, const CaseReport& item) {
  const std::string policy = clean_for_ci(item.policy, 300);
  const std::string name = clean_for_ci(item.name, 300);
  std::string right = clean_for_ci(item.where.file, 200);
  if (item.where.line != 0) right += ":" + std::to_string(item.where.line);
  if (item.verdict != Verdict::Skipped) right += "   " + duration_text(item.duration);
  block.ends(status(item, block.colour()) + policy + " › " + block.colour().bold(name),
             6 + columns_of(policy) + 3 + columns_of(name), right);
}

void trace(Block& block, const CaseReport& item) {
  if (item.trace.empty()) return;
  std::vector<std::string> lines;
  for (const std::string& line : item.trace) {
    if (lines.size() == kMostTrace) {
      lines.push_back("… " + std::to_string(item.trace.size() - kMostTrace) + " lines more");
      break;
    }
    lines.push_back(clean_for_ci(line, 400));
  }
  block.labelled("trace", lines);
}

/// All that explains a case that did not pass. `known`: its problem, or its error, has been shown
/// in full before.
void details(Block& block, const RunReport& report, const CaseReport& item,
             const TextOptions& options, bool known) {
  const std::vector<ShownPlace> places = shown_places(item, options.verbosity > 0);
  mismatches(block, item);
  if (item.problem && known) {
    block.line(kIndent, clean_for_ci(item.problem->what) + " (as above)");
    return;
  }
  if (item.problem) problem(block, *item.problem);
  if (item.timed_out) block.line(kIndent, "stopped at the time limit of a case (`--case-timeout`)");
  if (item.error && known) {
    block.line(kIndent, block.colour().red("error: ") + clean_for_ci(item.error->message) +
                            " (as above, at " + clean_for_ci(base::to_text(*item.error->where)) +
                            ")");
  } else if (item.error) {
    if (!item.mismatches.empty()) block.empty();
    language_error(block, *item.error, places);
  }
  if (!known && !places.empty()) {
    if (!item.error) block.empty();
    if (!item.explained_by.empty()) block.line(kIndent, "explained by " + item.explained_by);
    explained(block, places);
  }
  if (!shows_prints(item)) block.labelled("prints", shown_prints(item));
  for (const std::string& warning : item.warnings)
    block.labelled("warning", {clean_for_ci(warning, 1'000)});
  std::vector<std::string> mocks;
  for (const std::string& name : item.mocks) {
    const MockReport* mock = report.find_mock(name);
    mocks.push_back(clean_for_ci(mock != nullptr ? mock->summary() : name, 400));
  }
  block.labelled("mock", mocks);
  if (!item.again.empty()) block.labelled("again", {clean_for_ci(item.again, 1'000)});
  if (!item.by_hand.empty() && options.verbosity > 0)
    block.labelled("by hand", {clean_for_ci(item.by_hand, 1'000)});
}

void slowest(Block& block, const RunReport& report, std::size_t count) {
  std::vector<const CaseReport*> cases;
  for (const CaseReport& item : report.cases) {
    if (item.verdict != Verdict::Skipped) cases.push_back(&item);
  }
  std::stable_sort(cases.begin(), cases.end(), [](const CaseReport* a, const CaseReport* b) {
    return a->duration > b->duration;
  });
  if (cases.size() > count) cases.resize(count);
  if (cases.empty()) return;
  block.line(0, "slowest cases");
  for (const CaseReport* item : cases) {
    std::string time = duration_text(item->duration);
    time.insert(0, time.size() < 12 ? 12 - time.size() : 0, ' ');
    block.line(0, time + "  " + clean_for_ci(item->full_name, 400));
  }
  block.empty();
}

/// `17-19, 25`: the lines that never ran.
std::string missed_lines(const std::map<std::uint32_t, std::uint64_t>& lines) {
  std::string out;
  std::uint32_t first = 0, last = 0;
  const auto flush = [&] {
    if (first == 0) return;
    out += (out.empty() ? "" : ", ") + std::to_string(first) +
           (last > first ? "-" + std::to_string(last) : "");
  };
  bool open = false;
  for (const auto& [line, hits] : lines) {
    if (hits > 0) {
      open = false;
      continue;
    }
    if (!open) {
      flush();
      first = line;
    }
    last = line;
    open = true;
  }
  flush();
  return out;
}

void coverage(Block& block,
              const std::map<std::string, std::map<std::uint32_t, std::uint64_t>>& covered) {
  block.line(0, "coverage");
  for (const auto& [file, lines] : covered) {
    const std::string missed = missed_lines(lines);
    std::string share = coverage_share({{file, lines}}).text();
    share.insert(0, share.size() < 20 ? 20 - share.size() : 0, ' ');
    block.line(0, share + "  " + clean_for_ci(file, 300) +
                      (missed.empty() ? "" : "  not run: " + clean_for_ci(missed, 400)));
  }
  block.line(0, "  all  " + coverage_share(covered).text());
}

std::string runtime_and_counts(const RunReport& report) {
  const Counts counts = report.counts();
  std::string out = counted(counts.policies, "policy", "policies") + ", " +
                    counted(report.mocks.size(), "mock", "mocks");
  if (!report.runtime.empty()) out += ", " + clean_for_ci(report.runtime, 100);
  return out;
}

}  // namespace

std::string summary_line(const RunReport& report) {
  const Counts counts = report.counts();
  return std::to_string(counts.passed) + " passed, " + std::to_string(counts.failed) + " failed, " +
         counted(counts.errors, "error", "errors") + ", " + std::to_string(counts.skipped) +
         " skipped (" + runtime_and_counts(report) + ") in " + duration_text(report.duration);
}

namespace {

/// `known`: the case's problem or error has been shown in full before.
std::string case_block(const RunReport& report, const CaseReport& item, const TextOptions& options,
                       bool known) {
  Block block(options);
  heading(block, item);
  switch (item.verdict) {
  case Verdict::Skipped:
    if (!item.skip_reason.empty()) block.line(kIndent, clean_for_ci(item.skip_reason, 400));
    break;
  case Verdict::Passed:
    if (options.trace) {
      block.labelled("prints", shown_prints(item));
      trace(block, item);
    }
    break;
  case Verdict::Failed:
  case Verdict::Error:
    details(block, report, item, options, known);
    if (options.trace || options.verbosity > 1) trace(block, item);
    block.empty();
    break;
  }
  return block.take();
}

}  // namespace

std::string render_case(const RunReport& report, const CaseReport& item,
                        const TextOptions& options) {
  return case_block(report, item, options, false);
}

namespace {

/// A module that does not parse fails every case that imports it: once is enough.
bool new_error(std::set<std::string>& errors, const CaseReport& item) {
  if (!item.error || !item.error->where || !item.error->calls.empty() || item.timed_out)
    return true;
  return errors.insert(base::to_text(*item.error->where) + "\n" + item.error->message).second;
}

}  // namespace

std::string render_text(const RunReport& report, const TextOptions& options) {
  std::string out;
  std::vector<base::Diagnostic> shown = report.problems;
  std::set<std::string> errors;
  if (options.verbosity >= 0) {
    for (const CaseReport& item : report.cases) {
      const bool quiet = item.verdict == Verdict::Passed || item.verdict == Verdict::Skipped;
      if (quiet && options.verbosity < 1 && !(options.trace && item.verdict == Verdict::Passed))
        continue;
      const bool known =
          item.problem && std::find(shown.begin(), shown.end(), *item.problem) != shown.end();
      if (item.problem && !known) shown.push_back(*item.problem);
      out += case_block(report, item, options, known || !new_error(errors, item));
    }
  }
  Block block(options);
  if (options.verbosity >= 0) {
    for (const std::string& warning : report.warnings)
      block.line(0, block.colour().yellow("warning") + ": " + clean_for_ci(warning, 1'000));
    if (const auto covered = report.coverage(); !covered.empty()) coverage(block, covered);
    if (options.durations > 0) slowest(block, report, options.durations);
    if (!report.work_folder.empty() && report.exit_code != 0)
      block.line(0, block.colour().dim("the test directory is kept in " +
                                       clean_for_ci(report.work_folder, 400)));
  }
  for (const base::Diagnostic& diagnostic : report.problems)
    run_problem(block, diagnostic);
  const Counts counts = report.counts();
  const std::string line = summary_line(report);
  block.line(0, counts.failed + counts.errors > 0 || report.exit_code != 0
                    ? block.colour().red(line)
                    : block.colour().green(line));
  return out + block.take();
}

}  // namespace harness
