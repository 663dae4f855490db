#include "harness/command/help.h"

#include <algorithm>

namespace harness {
namespace {

constexpr std::size_t kWidth = 100;

/// `text` broken into lines, each after the first indented.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width = kWidth) {
  std::string out;
  std::size_t column = indent;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (column > indent && column + 1 + word.size() > width) {
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

constexpr ExitRow kExits[] = {
    {"0", "passed", "every selected case passed, or the command did what it was asked"},
    {"1", "a case failed",
     "a case failed or its policy erred (it does not parse, it ran into its time-out), coverage is "
     "lower than asked, the runtimes differ, or a --check found something"},
    {"2", "command line or manifest wrong",
     "the command line or the manifest is wrong, or names a file that is not there (for check: one "
     "that is wrong); nothing ran"},
    {"3", "a mock could not be had",
     "a mock could not be had: it is missing or differs from the lock under --frozen, the export "
     "or "
     "its archive was refused, a secret was left in it, or --timeout ended the wait"},
    {"4", "a runtime or the harness could not work",
     "a runtime could not work (there is no sentinel, it is too old, it crashed), or the harness "
     "itself (the disk is full)"},
    {"5", "nothing was selected",
     "no case was selected; an empty shard, --changed without a change and --failed without a "
     "failure pass instead"},
    {"130, 143", "stopped", "stopped by SIGINT or SIGTERM; the reports are written all the same"},
};

constexpr VariableRow kVariables[] = {
    {"TF_TOKEN_HOST", "Tokens",
     "the token for a host, as Terraform has it: dots are underscores, a hyphen is two "
     "(TF_TOKEN_app_terraform_io)"},
    {"TF_CLI_CONFIG_FILE", "Tokens",
     "Terraform's configuration file, whose credentials blocks are read; else ~/.terraformrc and "
     "~/.terraform.d"},
    {"TERRAFORM_CONFIG", "Tokens", "the same, under its older name"},
    {"TFE_TOKEN", "Tokens", "the token for the origin of TFE_ADDRESS alone, asked last"},
    {"TFE_ADDRESS", "Tokens",
     "the service that pull and doctor use, and that TFE_TOKEN is for (https://app.terraform.io)"},
    {"TFE_HOSTNAME", "Tokens", "the same as a host name, where TFE_ADDRESS is not set"},
    {"TF_CLOUD_HOSTNAME", "Tokens", "the same, as Terraform's cloud block has it"},
    {"TF_HOSTNAME", "Tokens", "the same"},
    {"HOME", "Tokens", "where Terraform's own configuration is looked for"},
    {"HTTPS_PROXY", "Network", "the proxy for https, in capitals or small letters"},
    {"HTTP_PROXY", "Network",
     "the proxy for plain http; only in small letters where REQUEST_METHOD is set"},
    {"NO_PROXY", "Network", "hosts, domains and networks that are reached without proxy"},
    {"REQUEST_METHOD", "Network", "set by web servers for CGI, where HTTP_PROXY is the client's"},
    {"SSL_CERT_FILE", "Network", "certificate authorities, in the place of the system's"},
    {"SSL_CERT_DIR", "Network", "a folder of them"},
    {"CI", "CI",
     "set: fixtures are used as they were committed (--frozen), and nothing is recorded"},
    {"CI_NODE_INDEX", "CI",
     "which of CI_NODE_TOTAL even slices to run, from 1; --shard goes first"},
    {"CI_NODE_TOTAL", "CI", "how many slices there are"},
    {"GITHUB_ACTIONS", "CI", "set: failures become annotations; --no-ci leaves them out"},
    {"GITHUB_STEP_SUMMARY", "CI", "the file that the summary of the run is appended to"},
    {"TEST_TOTAL_SHARDS", "Bazel", "how many slices there are"},
    {"TEST_SHARD_INDEX", "Bazel", "which of them to run, from 0"},
    {"TEST_SHARD_STATUS_FILE", "Bazel", "is made, to say that slices are understood"},
    {"XML_OUTPUT_FILE", "Bazel", "where a JUnit report is written, besides those asked for"},
    {"NO_COLOR", "Terminal", "set and not empty: no colours, unless --color says otherwise"},
    {"FORCE_COLOR", "Terminal", "set and not 0: colours even where there is no terminal"},
    {"CLICOLOR_FORCE", "Terminal", "the same"},
    {"TERM", "Terminal", "dumb: no colours"},
    {"LC_ALL", "Terminal",
     "whether output is UTF-8 or ASCII; then LC_CTYPE, then LANG; none of them: UTF-8"},
    {"LC_CTYPE", "Terminal", "see LC_ALL"},
    {"LANG", "Terminal", "see LC_ALL"},
    {"PATH", "Other", "where sentinel and git are looked for, in absolute entries"},
    {"TMPDIR", "Other", "where downloads are kept while they are checked (/tmp)"},
    {"SENTINEL_PARAM_NAME", "Other", "harness sentinel apply: the value of the parameter NAME"},
};

std::string exit_codes() {
  std::string line;
  for (const ExitRow& row : kExits)
    line += (line.empty() ? "" : "; ") + std::string(row.code) + " " + std::string(row.meaning);
  return "Exit codes\n  " + wrapped(line, 2, 90) + "\n";
}

}  // namespace

std::span<const ExitRow> exit_rows() {
  return kExits;
}

std::span<const VariableRow> variable_rows() {
  return kVariables;
}

std::string head_of(const OptionRow& option) {
  std::string out = "--" + std::string(option.name);
  const std::string value(option.choices.empty() ? option.value : option.choices);
  if (option.takes == Takes::OptionalValue) out += "[=" + value + "]";
  if (option.takes == Takes::Value || option.takes == Takes::List) out += " " + value;
  return out;
}

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
  return out + exit_codes();
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
    const std::string letter =
        option.letter == 0 ? "    " : "-" + std::string(1, option.letter) + ", ";
    const std::string head = "  " + letter + head_of(option);
    out += head;
    out += head.size() + 2 > kColumn ? "\n" + std::string(kColumn, ' ')
                                     : std::string(kColumn - head.size(), ' ');
    out += wrapped(option.help, kColumn) + "\n";
    if (option.name != "help") {
      out += std::string(kColumn, ' ') + variable_of(option);
      out += option.example.empty() ? "\n" : "; " + std::string(option.example) + "\n";
    }
  }
  return out + "\n" + exit_codes();
}

}  // namespace harness
