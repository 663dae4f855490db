// `harness completion SHELL`: shell completion, made from the tables of commands and options.
#include <algorithm>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/report/table.h"

namespace harness {
namespace {

/// "auto cli builtin both", of the options whose values are known.
std::string choices_of(const OptionRow& option) {
  std::string out(option.choices);
  std::replace(out.begin(), out.end(), '|', ' ');
  if (option.name == "report") {
    for (const FormatRow& format : formats())
      out += (out.empty() ? "" : " ") + std::string(format.name);
  }
  return out;
}

bool takes_file(const OptionRow& option) {
  return option.name == "output" || option.name == "directory";
}

std::string command_names() {
  std::string out;
  for (const CommandRow& row : commands())
    out += std::string(row.name) + " ";
  return out + "sentinel help version";
}

std::string flags_of(const CommandRow& command) {
  std::string out;
  for (const std::string_view name : command.options)
    out += (out.empty() ? "--" : " --") + std::string(name);
  return out;
}

/// Text inside single quotes of a shell.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string bash() {
  std::string out =
      "# bash completion for harness; load it with: source <(harness completion bash)\n"
      "_harness() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case ${COMP_WORDS[i]} in -C|--directory) ((i++)) ;; -*) ;; *) command=${COMP_WORDS[i]}; "
      "break ;; esac\n"
      "  done\n"
      "  if [[ $before == '=' ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
      "  if [[ $word == '=' ]]; then word=; fi\n"
      "  if [[ -z $command ]]; then\n"
      "    COMPREPLY=($(compgen -W " +
      in_quotes(command_names() + " --help --version -C") +
      " -- \"$word\"))\n"
      "    return\n"
      "  fi\n"
      "  case $before in\n";
  for (const OptionRow& option : option_rows()) {
    const std::string choices = choices_of(option);
    if (choices.empty() && !takes_file(option)) continue;
    const std::string letter = option.letter == 0 ? "" : "|-" + std::string(1, option.letter);
    out += "    --" + std::string(option.name) + letter + ") COMPREPLY=($(compgen " +
           (choices.empty() ? "-f" : "-W " + in_quotes(choices)) + " -- \"$word\")); return ;;\n";
  }
  out += "  esac\n  local flags=\n  case $command in\n";
  for (const CommandRow& row : commands())
    out += "    " + std::string(row.name) + ") flags=" + in_quotes(flags_of(row)) + " ;;\n";
  return out +
         "  esac\n"
         "  if [[ $word == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$flags\" -- \"$word\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -f -- \"$word\"))\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _harness harness\n";
}

/// Text in a description of zsh's _arguments: brackets and colons are special there.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh() {
  std::string out =
      "#compdef harness\n"
      "# zsh completion for harness; load it with: source <(harness completion zsh)\n"
      "_harness() {\n"
      "  local -a commands\n"
      "  commands=(\n";
  for (const CommandRow& row : commands())
    out += "    " + in_quotes(std::string(row.name) + ":" + zsh_text(row.help)) + "\n";
  out +=
      "    'sentinel:the built-in Sentinel runtime'\n"
      "  )\n"
      "  if (( CURRENT == 2 )); then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  case $words[2] in\n";
  for (const CommandRow& row : commands()) {
    out += "    " + std::string(row.name) + ")\n      _arguments -s : \\\n";
    for (const std::string_view name : row.options) {
      const OptionRow& option = *find_option(name);
      std::string choices = choices_of(option);
      std::string spec = option.takes == Takes::List || option.name == "verbose" ? "*" : "";
      spec += "--" + std::string(name);
      if (option.takes == Takes::Value || option.takes == Takes::List) spec += "=";
      if (option.takes == Takes::OptionalValue) spec += "=-";
      spec += "[" + zsh_text(option.help) + "]";
      if (option.takes == Takes::OptionalValue) spec += "::" + zsh_text(option.value) + ":";
      if (option.takes == Takes::Value || option.takes == Takes::List) {
        spec += ":" + zsh_text(option.value.empty() ? option.name : option.value) + ":";
        if (!choices.empty()) spec += "(" + choices + ")";
        if (takes_file(option)) spec += "_files";
      }
      out += "        " + in_quotes(spec) + " \\\n";
    }
    out += "        '*:file:_files'\n      ;;\n";
  }
  return out +
         "  esac\n"
         "}\n"
         "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _harness \"$@\"; else compdef "
         "_harness harness; fi\n";
}

std::string fish() {
  std::string out =
      "# fish completion for harness; load it with: harness completion fish | source\n"
      "complete -c harness -n __fish_use_subcommand -f\n";
  for (const CommandRow& row : commands()) {
    out += "complete -c harness -n __fish_use_subcommand -f -a " + std::string(row.name) + " -d " +
           in_quotes(row.help) + "\n";
  }
  out +=
      "complete -c harness -n __fish_use_subcommand -f -a sentinel -d 'the built-in Sentinel "
      "runtime'\n";
  for (const CommandRow& row : commands()) {
    for (const std::string_view name : row.options) {
      const OptionRow& option = *find_option(name);
      out += "complete -c harness -n '__fish_seen_subcommand_from " + std::string(row.name) +
             "' -l " + std::string(name);
      if (option.letter != 0) out += " -s " + std::string(1, option.letter);
      if (option.takes == Takes::Value || option.takes == Takes::List)
        out += takes_file(option) ? " -r" : " -x";
      if (const std::string choices = choices_of(option); !choices.empty())
        out += " -a " + in_quotes(choices);
      out += " -d " + in_quotes(option.help) + "\n";
    }
  }
  return out;
}

}  // namespace

int completion_command(const Arguments& arguments, Context&) {
  const std::string shell = arguments.words().size() == 1 ? arguments.words()[0] : "";
  std::string text;
  if (shell == "bash") text = bash();
  if (shell == "zsh") text = zsh();
  if (shell == "fish") text = fish();
  if (text.empty()) {
    show_problem({.what = shell.empty() ? "`harness completion` wants one shell: bash, zsh or fish"
                                        : "there is no completion for `" + shell +
                                              "`, expected bash, zsh or fish"});
    return kExitUsage;
  }
  return write_out(text) ? kExitPassed : kExitRuntime;
}

}  // namespace harness
