// The program: makes the one System, finds the command and hands over. What is rare or slow (the
// network, threads, tables of options) is touched only by the commands that need it.
#include <algorithm>
#include <csignal>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <malloc.h>
#include <sys/resource.h>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/command/help.h"
#include "harness/report/json_writer.h"

namespace harness {
namespace {

int show_version(const std::vector<std::string>& words) {
  const bool json = std::find(words.begin(), words.end(), "--json") != words.end();
  if (!json)
    return write_out("harness " + std::string(harness_version()) + "\n") ? 0 : kExitRuntime;
  JsonWriter out;
  out.begin_object().member("name", "harness").member("version", harness_version());
  out.member_if("commit", harness_commit()).member_if("date", harness_date());
  out.member("sentinel", sentinel_version());
  out.member("result_schema", "harness/result/1").end_object();
  return write_out(out.take()) ? 0 : kExitRuntime;
}

int unknown_command(const std::string& word) {
  std::vector<std::string_view> names{"sentinel", "help"};
  for (const CommandRow& row : commands())
    names.push_back(row.name);
  const std::string_view near = base::nearest_name(word, names);
  show_problem(
      {.what = (word.starts_with('-') ? "unknown option `" : "unknown command `") + word + "`",
       .advice =
           near.empty() ? "see `harness --help`" : "did you mean `" + std::string(near) + "`?"});
  return kExitUsage;
}

/// Takes `-C DIR` before the command away. False: it is not complete, which has been said.
bool take_directory(std::vector<std::string>& words, Context& context) {
  while (!words.empty() && (words[0] == "-C" || words[0] == "--directory")) {
    if (words.size() < 2) {
      show_problem({.what = "`-C` names no folder"});
      return false;
    }
    context.system.working_directory =
        (context.system.working_directory / words[1]).lexically_normal();
    words.erase(words.begin(), words.begin() + 2);
  }
  return true;
}

bool is_folder(const base::Path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return true;
  show_problem({.what = "there is no folder `" + path.string() + "`"});
  return false;
}

int run_named(const CommandRow& row, const std::vector<std::string>& words, Context& context) {
  const auto help = std::find_if(words.begin(), words.end(), [](const std::string& word) {
    return word == "--help" || word == "-h" || word == "--";
  });
  if (help != words.end() && *help != "--") return write_out(help_text(row)) ? 0 : kExitRuntime;
  const auto arguments = parse_arguments(row.name, row.options, words, context.system.environment);
  if (!arguments) {
    show_problem(arguments.error());
    return kExitUsage;
  }
  if (arguments->has("directory")) {
    context.system.working_directory =
        (context.system.working_directory / arguments->value("directory")).lexically_normal();
  }
  if (!is_folder(context.system.working_directory)) return kExitUsage;
  return row.run(*arguments, context);
}

/// Tokens may be in memory: there is no core file of this process, nor of one that it starts.
void keep_out_of_core_files() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  (void)::setrlimit(RLIMIT_CORE, &none);
}

/// A reader that is gone is an error of a write, not the end of the program. Children start without
/// this (plugin/base/child).
void keep_broken_pipes_quiet() {
  sigset_t pipe;
  ::sigemptyset(&pipe);
  ::sigaddset(&pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

/// Whatever is as large as a plan's text, its values or its mocks goes back to the system as soon
/// as it is done with. Left alone, the allocator keeps such pieces after the first was freed, and
/// the next stage comes on top of them.
void give_back_large_memory() {
#ifdef M_MMAP_THRESHOLD
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is no other thread yet
  (void)::mallopt(M_MMAP_THRESHOLD, 4 << 20);
#endif
}

int start(const base::Path& name, std::vector<std::string> words) {
  if (words.size() == 2 && words[0] == "--version" && words[1] == "--json")
    return show_version(words);
  if (words.size() == 1 && words[0] == "--version" && name.filename() != "sentinel")
    return show_version(words);
  Context context{.system = base::real_system(), .cancel = {}};
  if (name.filename() == "sentinel") return sentinel_command(words, context);
  if (!take_directory(words, context)) return kExitUsage;
  if (words.empty()) {
    write_err(help_text());
    return kExitUsage;
  }
  const std::string word = words[0];
  words.erase(words.begin());
  if (word == "sentinel") return sentinel_command(words, context);
  if (word == "version" || word == "--version") return show_version(words);
  if (word == "--help" || word == "-h" || (word == "help" && words.empty()))
    return write_out(help_text()) ? 0 : kExitRuntime;
  if (word == "help" && words[0] == "sentinel") return sentinel_command({"--help"}, context);
  if (word == "help") {
    const CommandRow* row = find_command(words[0]);
    if (row == nullptr) return unknown_command(words[0]);
    return write_out(help_text(*row)) ? 0 : kExitRuntime;
  }
  const CommandRow* row = find_command(word);
  return row == nullptr ? unknown_command(word) : run_named(*row, words, context);
}

}  // namespace
}  // namespace harness

int main(int count, char** words) {
  harness::keep_out_of_core_files();
  harness::keep_broken_pipes_quiet();
  harness::give_back_large_memory();
  try {
    return harness::start(count > 0 ? words[0] : "harness",
                          {words + std::min(count, 1), words + count});
  } catch (const std::exception& error) {
    harness::show_problem({.what = "the harness could not go on", .why = error.what()});
    return harness::kExitRuntime;
  }
}
