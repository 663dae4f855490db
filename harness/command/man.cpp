// `harness man [COMMAND]`: manual pages, made from the tables of commands and options. Only the
// macros that both groff and mandoc know: .TH .SH .PP .TP .B .EX .EE
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <filesystem>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/command/help.h"
#include "plugin/base/file.h"

namespace harness {
namespace {

/// One character beyond ASCII, as groff names it: \[u2026]. `at` moves behind it.
std::string code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(at);
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  std::uint32_t code = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i)
    code = (code << 6U) | (byte(at + i) & 0x3FU);
  at += length;
  char out[16];
  const int written = std::snprintf(out, sizeof out, "\\[u%04X]", static_cast<unsigned>(code));
  return {out, static_cast<std::size_t>(std::max(written, 0))};
}

/// Text of a page: nothing in it is a request, and what stands in backticks is bold.
std::string roff(std::string_view text) {
  std::string out;
  bool bold = false;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) >= 0x80) {
      out += code_point(text, at);
      continue;
    }
    ++at;
    if (c == '`') {
      bold = !bold;
      out += bold ? "\\fB" : "\\fP";
    } else if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '^') {
      out += "\\(ha";
    } else if (c == '~') {
      out += "\\(ti";
    } else if (c == '.' && (out.empty() || out.back() == '\n')) {
      out += "\\&.";
    } else {
      out += c;
    }
  }
  return out;
}

/// roff() in lines of less than 80 bytes; no word of it begins a request.
std::string filled(std::string_view text) {
  const std::string escaped = roff(text);
  std::string out;
  std::size_t column = 0;
  for (std::size_t at = 0; at < escaped.size();) {
    const std::size_t end = std::min(escaped.find(' ', at), escaped.size());
    const std::string word = escaped.substr(at, end - at);
    if (column > 0) {
      const bool full = column + 1 + word.size() > 76;
      out += full ? '\n' : ' ';
      column = full ? 0 : column + 1;
    }
    if (word.starts_with('.')) out += "\\&";
    out += word;
    column += word.size();
    at = end + 1;
  }
  return out + "\n";
}

std::string bold(std::string_view text) {
  return "\\fB" + roff(text) + "\\fP";
}

std::string title(std::string_view name) {
  std::string capitals(name);
  std::transform(capitals.begin(), capitals.end(), capitals.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  // The day of the commit: a page is the same whenever it is built.
  const std::string day(harness_date());
  return ".TH \"" + roff(capitals) + "\" 1 \"" + day + "\" \"harness " + roff(harness_version()) +
         "\" \"harness\"\n";
}

std::string section(std::string_view name) {
  return ".SH " + std::string(name) + "\n";
}

/// Lines that are shown as they are.
std::string example(std::string_view lines) {
  return ".EX\n" + roff(lines) + (lines.ends_with('\n') ? "" : "\n") + ".EE\n";
}

std::string entry(std::string_view head, std::string_view text) {
  return ".TP\n" + bold(head) + "\n" + filled(text);
}

std::string exit_status() {
  std::string out = section("EXIT STATUS");
  for (const ExitRow& row : exit_rows())
    out += entry(row.code, row.details);
  return out;
}

std::string see_also(const CommandRow* self) {
  std::string out = section("SEE ALSO");
  std::string list = self == nullptr ? "" : "\\fBharness\\fP(1)";
  for (const CommandRow& row : commands()) {
    if (&row == self) continue;
    list += (list.empty() ? "" : ",\n") + bold("harness-" + std::string(row.name)) + "(1)";
  }
  return out + list + "\n";
}

std::string main_page() {
  std::string out = title("harness");
  out += section("NAME") + roff("harness") +
         " \\- tests Sentinel policies against the data of real Terraform plans\n";
  out += section("SYNOPSIS") +
         "\\fBharness\\fP [\\fB\\-C\\fP \\fIDIR\\fP] \\fICOMMAND\\fP [\\fIOPTIONS\\fP]\n.br\n"
         "\\fBharness sentinel\\fP \\fItest\\fP|\\fIapply\\fP|\\fIfmt\\fP|\\fIversion\\fP ...\n";
  out +=
      section("DESCRIPTION") +
      filled(
          "Reads a manifest, tests.yaml, that says which plan each case runs against and what is "
          "expected of the policy; exports the plans from HCP Terraform or Terraform Enterprise "
          "where they are not recorded yet; runs the policies with HashiCorp's `sentinel` or "
          "with the Sentinel runtime that is built in; and says what broke, and why. "
          "`harness --version --json` says which harness this is.");
  out += section("COMMANDS");
  for (const CommandRow& row : commands())
    out += entry("harness " + std::string(row.name), row.help);
  out += entry("harness sentinel",
               "the built-in runtime behind HashiCorp's own command line; called through a link "
               "named `sentinel` it is the same");
  out += section("EXAMPLES");
  std::string examples;
  for (const CommandRow& row : commands()) {
    if (!row.examples.empty())
      examples += std::string(row.examples.substr(0, row.examples.find('\n'))) + "\n";
  }
  out += example(examples);
  out += section("ENVIRONMENT") +
         filled(
             "Each option --some-name has a variable HARNESS_SOME_NAME: a flag goes before its "
             "variable, and that before the default. Besides:");
  for (const VariableRow& row : variable_rows())
    out += entry(row.name, row.help);
  out += section("FILES") + entry("tests.yaml", "the manifest") +
         entry("tests.lock.json", "where each recorded fixture came from, and its digests") +
         entry("fixtures/", "the recorded mocks; meant to be committed, as the lock is") +
         entry(".harness/", "test directories of failed runs and the last result; not committed");
  return out + exit_status() + see_also(nullptr);
}

std::string page_of(const CommandRow& command) {
  const std::string name = "harness-" + std::string(command.name);
  std::string out = title(name);
  out += section("NAME") + roff(name) + " \\- " + roff(command.help) + "\n";
  out += section("SYNOPSIS") + bold("harness " + std::string(command.name)) +
         (command.words.empty() ? "" : " \\fI" + roff(command.words) + "\\fP") +
         " [\\fIOPTIONS\\fP]\n";
  out += section("DESCRIPTION") + filled(command.details.empty() ? command.help : command.details);
  out += section("OPTIONS");
  for (const std::string_view option : command.options) {
    const OptionRow& row = *find_option(option);
    const std::string letter = row.letter == 0 ? "" : "-" + std::string(1, row.letter) + ", ";
    std::string text(row.help);
    if (row.name != "help")
      text += "; variable " + variable_of(row) + ", example: `" + std::string(row.example) + "`";
    out += entry(letter + head_of(row), text);
  }
  if (!command.examples.empty()) out += section("EXAMPLES") + example(command.examples);
  return out + exit_status() + see_also(&command);
}

int write_all_pages(const base::Path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::vector<std::pair<std::string, std::string>> pages{{"harness.1", main_page()}};
  for (const CommandRow& row : commands())
    pages.emplace_back("harness-" + std::string(row.name) + ".1", page_of(row));
  for (const auto& [name, text] : pages) {
    if (const auto written = base::write_file(folder / name, text); !written) {
      show_problem(written.error());
      return kExitRuntime;
    }
  }
  return kExitPassed;
}

}  // namespace

int man_command(const Arguments& arguments, Context& context) {
  const std::vector<std::string>& words = arguments.words();
  if (words.size() > 1 || (!words.empty() && arguments.has("output"))) {
    show_problem({.what = "`harness man` wants one command at most, and none with `--output`"});
    return kExitUsage;
  }
  if (arguments.has("output"))
    return write_all_pages(context.system.working_directory / arguments.value("output"));
  if (words.empty()) return write_out(main_page()) ? kExitPassed : kExitRuntime;
  if (words[0] == "sentinel") {
    show_problem({.what = "`harness sentinel` has HashiCorp's command line, and no page of its own",
                  .advice = "see `harness sentinel --help`"});
    return kExitUsage;
  }
  const CommandRow* row = find_command(words[0]);
  if (row == nullptr) {
    show_problem(
        {.what = "there is no command `" + words[0] + "`", .advice = "see `harness --help`"});
    return kExitUsage;
  }
  return write_out(page_of(*row)) ? kExitPassed : kExitRuntime;
}

}  // namespace harness
