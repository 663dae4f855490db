#include "harness/command/help.h"

#include <algorithm>

namespace harness {
namespace {

constexpr std::size_t kWidth = 100;

/// `text` broken into lines, each after the first indented.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (column > indent && column + 1 + word.size() > kWidth) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    at = end + 1;
  }
  return out;
}

std::string head_of(const OptionRow& option) {
  std::string out = option.letter == 0 ? "    " : "-" + std::string(1, option.letter) + ", ";
  out += "--" + std::string(option.name);
  const std::string value(option.choices.empty() ? option.value : option.choices);
  if (option.takes == Takes::OptionalValue) out += "[=" + value + "]";
  if (option.takes == Takes::Value || option.takes == Takes::List) out += " " + value;
  return out;
}

constexpr std::string_view kExitCodes =
    "Exit codes\n"
    "  0 passed; 1 a case failed; 2 command line or manifest wrong; 3 a mock could not be had;\n"
    "  4 a runtime or the harness could not work; 5 nothing was selected; 130, 143 stopped\n";

}  // namespace

std::string help_text() {
  std::string out =
      "harness runs Sentinel policies against real Terraform plans and says what broke, and why.\n"
      "\n"
      "Examples\n"
      "  harness run                            run the tests of tests.yaml\n"
      "  harness run --filter restrict-ssh -v   some of them, each one shown\n"
      "  harness check                          is the manifest right?\n"
      "  harness sentinel test policies         HashiCorp's command line\n"
      "\n"
      "Commands\n";
  std::size_t width = 0;
  for (const CommandRow& row : commands())
    width = std::max(width, row.name.size());
  for (const CommandRow& row : commands()) {
    out += "  " + std::string(row.name) + std::string(width - row.name.size() + 2, ' ') +
           wrapped(row.help, width + 4) + "\n";
  }
  out += "  " + std::string("sentinel") + std::string(width > 6 ? width - 6 : 2, ' ') +
         "the built-in runtime behind HashiCorp's own command line\n";
  out +=
      "\nharness COMMAND --help tells more. --version says which harness this is; -C DIR works\n"
      "as if started there. Each option --some-name has a variable HARNESS_SOME_NAME.\n\n";
  return out + std::string(kExitCodes);
}

std::string help_text(const CommandRow& command) {
  std::string out = "harness " + std::string(command.name) +
                    (command.words.empty() ? "" : " " + std::string(command.words)) +
                    " [OPTIONS]\n\n" +
                    wrapped(command.details.empty() ? command.help : command.details, 0) + "\n";
  if (!command.examples.empty()) {
    out += "\nExamples\n";
    for (std::size_t at = 0; at < command.examples.size();) {
      const std::size_t end = std::min(command.examples.find('\n', at), command.examples.size());
      out += "  " + std::string(command.examples.substr(at, end - at)) + "\n";
      at = end + 1;
    }
  }
  if (!command.options.empty()) out += "\nOptions\n";
  for (const std::string_view name : command.options) {
    const OptionRow& option = *find_option(name);
    constexpr std::size_t kColumn = 32;
    const std::string head = "  " + head_of(option);
    out += head;
    out += head.size() + 2 > kColumn ? "\n" + std::string(kColumn, ' ')
                                     : std::string(kColumn - head.size(), ' ');
    out += wrapped(option.help, kColumn) + "\n";
    if (option.name != "help") {
      out += std::string(kColumn, ' ') + variable_of(option);
      out += option.example.empty() ? "\n" : "; " + std::string(option.example) + "\n";
    }
  }
  return out + "\n" + std::string(kExitCodes);
}

}  // namespace harness
