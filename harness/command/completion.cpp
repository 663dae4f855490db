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

bool takes_folder(const OptionRow& option) {
  return option.name == "directory";
}
bool takes_file(const OptionRow& option) {
  return option.name == "output" || takes_folder(option);
}

constexpr std::string_view kSentinelCommands = "apply fmt test version";

/// What may stand as a word of a command.
enum class Words { Files, Shells, Commands, None };

Words words_of(const CommandRow& command) {
  if (command.words == "SHELL") return Words::Shells;
  if (command.words == "[COMMAND]") return Words::Commands;
  return command.words.empty() ? Words::None : Words::Files;
}

/// Those that have a help text and a manual page.
std::string table_names() {
  std::string out;
  for (const CommandRow& row : commands())
    out += (out.empty() ? "" : " ") + std::string(row.name);
  return out;
}

std::string command_names() {
  return table_names() + " sentinel help version";
}

/// The words that complete a word of `command`; empty: files, or nothing.
std::string words_text(const CommandRow& command) {
  switch (words_of(command)) {
  case Words::Shells:
    return "bash zsh fish";
  case Words::Commands:
    return table_names();
  default:
    return "";
  }
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
      "  local IFS=$' \\t\\n' word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} "
      "command= i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case ${COMP_WORDS[i]} in -C|--directory) ((i++)) ;; -*) ;; *) command=${COMP_WORDS[i]}; "
      "break ;; esac\n"
      "  done\n"
      "  if [[ $before == '=' ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
      "  if [[ $word == '=' ]]; then word=; fi\n"
      "  if [[ -z $command && $before != -C && $before != --directory ]]; then\n"
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
           (choices.empty() ? takes_folder(option) ? "-d" : "-f" : "-W " + in_quotes(choices)) +
           " -- \"$word\")); return ;;\n";
  }
  out += "  esac\n  local flags= words= files=yes\n  case $command in\n";
  for (const CommandRow& row : commands()) {
    out += "    " + std::string(row.name) + ") flags=" + in_quotes(flags_of(row));
    if (const std::string words = words_text(row); !words.empty())
      out += " words=" + in_quotes(words);
    if (words_of(row) != Words::Files) out += " files=";
    out += " ;;\n";
  }
  out += "    help) words=" + in_quotes(table_names()) +
         " files= ;;\n"
         "    sentinel) if ((i == COMP_CWORD - 1)); then words=" +
         in_quotes(kSentinelCommands) + " files=; fi ;;\n";
  return out +
         "  esac\n"
         "  if [[ $word == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$flags\" -- \"$word\"))\n"
         "  elif [[ $files ]]; then\n"
         "    compopt -o filenames 2>/dev/null\n"
         "    COMPREPLY=($(compgen -f -- \"$word\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "  fi\n"
         "}\n"
         "complete -F _harness harness\n";
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
      "    'help:what a command does'\n"
      "    'version:which harness this is'\n"
      "  )\n"
      "  while [[ $words[2] == (-C|--directory) ]] && (( CURRENT > 3 )); do\n"
      "    words[2,3]=(); (( CURRENT -= 2 ))\n"
      "  done\n"
      "  if [[ $words[2] == (-C|--directory) ]] && (( CURRENT == 3 )); then\n"
      "    _files -/\n"
      "    return\n"
      "  fi\n"
      "  if (( CURRENT == 2 )); then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  local command=$words[2]\n"
      "  shift words; (( CURRENT -= 1 ))\n"
      "  case $command in\n";
  for (const CommandRow& row : commands()) {
    out += "    " + std::string(row.name) + ")\n      _arguments -s : \\\n";
    for (const std::string_view name : row.options) {
      const OptionRow& option = *find_option(name);
      std::string choices = choices_of(option);
      std::string spec = option.takes == Takes::List || option.name == "verbose" ? "*" : "";
      spec += "--" + std::string(name);
      const std::string after = choices.empty() ? "" : "(" + choices + ")";
      if (option.takes == Takes::Value || option.takes == Takes::List) spec += "=";
      if (option.takes == Takes::OptionalValue) spec += "=-";
      spec += "[" + zsh_text(option.help) + "]";
      if (option.takes == Takes::OptionalValue) spec += "::" + zsh_text(option.value) + ":";
      if (option.takes == Takes::Value || option.takes == Takes::List) {
        spec += ":" + zsh_text(option.value.empty() ? option.name : option.value) + ":";
        spec += takes_folder(option) ? "_files -/" : takes_file(option) ? "_files" : after;
      }
      out += "        " + in_quotes(spec) + " \\\n";
    }
    const std::string words = words_text(row);
    out += words_of(row) == Words::Files  ? "        '*:file:_files'\n"
           : words_of(row) == Words::None ? "        && return\n"
                                          : "        '1:word:(" + words + ")'\n";
    out += "      ;;\n";
  }
  out += "    help) _arguments '1:command:(" + table_names() +
         ")' ;;\n    sentinel) _arguments '1:command:(" + std::string(kSentinelCommands) +
         ")' '*:file:_files' ;;\n";
  return out +
         "  esac\n"
         "}\n"
         "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _harness \"$@\"; else compdef "
         "_harness harness; fi\n";
}

std::string fish() {
  std::string out =
      "# fish completion for harness; load it with: harness completion fish | source\n"
      "function __harness_is\n"
      "  set -l words (commandline -opc)[2..]\n"
      "  while set -q words[1]\n"
      "    switch $words[1]\n"
      "      case -C --directory\n"
      "        set -e words[1]\n"
      "      case '-*'\n"
      "      case '*'\n"
      "        break\n"
      "    end\n"
      "    set -e words[1]\n"
      "  end\n"
      "  test \"$words[1]\" = \"$argv[1]\"\n"
      "end\n"
      "complete -c harness -n '__harness_is \"\"' -f\n";
  for (const CommandRow& row : commands()) {
    out += "complete -c harness -n '__harness_is \"\"' -f -a " + std::string(row.name) + " -d " +
           in_quotes(row.help) + "\n";
  }
  out +=
      "complete -c harness -n '__harness_is \"\"' -f -a sentinel -d 'the built-in Sentinel "
      "runtime'\n"
      "complete -c harness -n '__harness_is \"\"' -f -a help -d 'what a command does'\n"
      "complete -c harness -n '__harness_is \"\"' -f -a version -d 'which harness this is'\n"
      "complete -c harness -s C -l directory -x -a '(__fish_complete_directories)' -d 'work as if "
      "started in DIR'\n"
      "complete -c harness -n '__harness_is help' -f -a " +
      in_quotes(table_names()) +
      "\n"
      "complete -c harness -n '__harness_is sentinel' -a " +
      in_quotes(kSentinelCommands) + "\n";
  for (const CommandRow& row : commands()) {
    if (words_of(row) == Words::Files) continue;
    out += "complete -c harness -n '__harness_is " + std::string(row.name) + "' -f";
    if (const std::string words = words_text(row); !words.empty()) out += " -a " + in_quotes(words);
    out += "\n";
  }
  for (const CommandRow& row : commands()) {
    for (const std::string_view name : row.options) {
      const OptionRow& option = *find_option(name);
      if (takes_folder(option)) continue;  // of every command
      out += "complete -c harness -n '__harness_is " + std::string(row.name) + "' -l " +
             std::string(name);
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
