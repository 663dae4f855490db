#include "harness/command/console.h"

#include <cerrno>
#include <sstream>

#include <unistd.h>

#include "harness/report/clean.h"

namespace harness {
namespace {

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = ::write(descriptor, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return errno == EPIPE;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

}  // namespace

bool write_out(std::string_view text) {
  return write_all(STDOUT_FILENO, text);
}

void write_err(std::string_view text) {
  write_all(STDERR_FILENO, text);
}

bool use_colour(const Arguments& arguments, const base::Environment& environment,
                const base::Terminal& terminal) {
  const std::string when = arguments.value("color");
  if (when == "always") return true;
  if (when == "never") return false;
  if (!base::get(environment, "NO_COLOR").empty()) return false;
  for (const char* name : {"FORCE_COLOR", "CLICOLOR_FORCE"}) {
    const std::string_view forced = base::get(environment, name);
    if (!forced.empty() && forced != "0") return true;
  }
  return terminal.colour;
}

void show_problem(const base::Diagnostic& problem) {
  // A message may quote a file that a pull request wrote.
  std::istringstream lines(base::to_text(problem));
  std::string out;
  for (std::string line; std::getline(lines, line);)
    out += clean_for_ci(line) + "\n";
  write_err(out);
}

void show_problems(const std::vector<base::Diagnostic>& problems) {
  for (const base::Diagnostic& problem : problems)
    show_problem(problem);
}

}  // namespace harness
