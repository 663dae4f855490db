// Runs every benchmark and prints one table: ours beside what others need for the same work.
//
//   bench BIN DATA SOURCE      BIN: the folder of our programs; DATA: where generated files go;
//                              SOURCE: tests/bench
//
// Times are wall times of whole processes, the best of several runs; of two jobs against one, the
// middle ones. A competitor that is not installed has an empty column.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;
using Command = std::vector<std::string>;

struct Measured {
  double milliseconds = 0;
  double megabytes = 0;  // peak memory, MiB
  std::string output;
};

/// The best of `times` runs; nullopt where the program is missing or fails.
std::optional<Measured> measure(const Command& command, int times) {
  std::optional<Measured> best;
  for (int i = 0; i < times; ++i) {
    int pipe[2];
    if (::pipe2(pipe, O_CLOEXEC) != 0) return std::nullopt;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    std::vector<char*> arguments;
    for (const std::string& word : command)
      arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const auto start = std::chrono::steady_clock::now();
    pid_t child = 0;
    const int failed =
        posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    Measured run;
    char buffer[4096];
    for (ssize_t got = 0; !failed && (got = ::read(pipe[0], buffer, sizeof buffer)) > 0;)
      run.output.append(buffer, static_cast<std::size_t>(got));
    ::close(pipe[0]);
    if (failed) return std::nullopt;
    int status = 0;
    rusage usage{};
    ::wait4(child, &status, 0, &usage);
    run.milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    run.megabytes = static_cast<double>(usage.ru_maxrss) / 1024;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
    if (!best || run.milliseconds < best->milliseconds) best = run;
  }
  return best;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
  return text;
}

const std::vector<std::string> kColumns = {"harness", "node", "python3", "jq", "lua5.4"};

class Table {
 public:
  Table() {
    std::printf("%-44s %8s %8s", "", "must", "aim");
    for (const std::string& column : kColumns)
      std::printf(" %9s", column.c_str());
    std::printf("\n");
  }

  /// `must` and `aim` of 0 are not shown; `larger`: more is better.
  void row(const std::string& what, double must, double aim,
           const std::map<std::string, std::optional<double>>& values, bool larger = false) {
    std::printf("%-44s %8s %8s", what.c_str(), must > 0 ? number(must).c_str() : "",
                aim > 0 ? number(aim).c_str() : "");
    for (const std::string& column : kColumns) {
      const auto found = values.find(column);
      const bool there = found != values.end() && found->second;
      std::printf(" %9s", there ? number(*found->second).c_str() : "");
    }
    const auto ours = values.find("harness");
    if (must > 0 && (ours == values.end() || !ours->second)) {
      std::printf("  FAILED");
    } else if (must > 0) {
      const auto reaches = [&](double goal) {
        return larger ? *ours->second >= goal : *ours->second <= goal;
      };
      std::printf("  %s", reaches(aim) ? "aim" : reaches(must) ? "must" : "MISSED");
    }
    std::printf("\n");
    std::fflush(stdout);
  }
};

/// A folder with one policy and one case, as `harness sentinel test` wants it.
fs::path make_case(const fs::path& data, const fs::path& policy, const std::string& name,
                   const std::string& mock) {
  const fs::path folder = data / name;
  const std::string stem = policy.stem();
  fs::create_directories(folder / "test" / stem);
  fs::copy_file(policy, folder / policy.filename(), fs::copy_options::overwrite_existing);
  std::ofstream hcl(folder / "test" / stem / "pass.hcl");
  if (!mock.empty()) {
    hcl << "mock \"tfplan/v2\" {\n  module {\n    source = \"" << mock << "\"\n  }\n}\n\n";
  }
  hcl << "test {\n  rules = {\n    main = true\n  }\n}\n";
  return folder / policy.filename();
}

std::optional<double> less(const std::optional<Measured>& whole,
                           const std::optional<Measured>& part) {
  if (!whole || !part) return std::nullopt;
  return std::max(0.0, whole->milliseconds - part->milliseconds);
}

std::optional<double> time_of(const std::optional<Measured>& run) {
  return run ? std::optional(run->milliseconds) : std::nullopt;
}

std::optional<double> rate(const Command& command) {
  const auto run = measure(command, 1);
  return run ? std::optional(std::atof(run->output.c_str())) : std::nullopt;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fputs("usage: bench BIN DATA SOURCE\n", stderr);
    return 2;
  }
  const fs::path bin = fs::absolute(arguments[1]);
  const fs::path data = fs::absolute(arguments[2]);
  const fs::path source = fs::absolute(arguments[3]);
  fs::create_directories(data / "library");
  const std::string generate = bin / "bench_generate";
  const std::string harness = bin / "harness";
  for (const char* resources : {"100", "10000", "100000"})
    if (!measure({generate, "plan", resources, data}, 1)) return 1;
  if (!measure({generate, "library", data / "library"}, 1)) return 1;
  const auto equivalent = [&source](const std::string& name) {
    return std::string(source / "equivalent" / name);
  };

  Table table;
  const std::map<std::string, Command> nothing = {{"harness", {harness, "--version"}},
                                                  {"node", {"node", "-e", "0"}},
                                                  {"python3", {"python3", "-c", "0"}},
                                                  {"jq", {"jq", "-n", "1"}},
                                                  {"lua5.4", {"lua5.4", "-e", "local a"}}};
  std::map<std::string, std::optional<double>> values;
  for (const auto& [name, command] : nothing)
    values[name] = time_of(measure(command, name == "harness" ? 30 : 10));
  table.row("start-up, ms", 8, 5, values);

  for (const char* resources : {"10000", "100000"}) {
    const std::string stem = data / ("plan-" + std::string(resources));
    const auto size = static_cast<double>(fs::file_size(stem + ".sentinel")) / 1e6;
    table.row("read a mock of " + number(size) + " MB, MB/s", 300, 600,
              {{"harness", rate({bin / "bench_read_mock", stem + ".sentinel"})},
               {"node", rate({"node", equivalent("parse.js"), stem + ".json"})},
               {"python3", rate({"python3", equivalent("parse.py"), stem + ".json"})}},
              true);
  }

  struct Checks {
    const char* resources;
    double must, aim;
    int times;
  };
  std::map<std::string, std::optional<Measured>> before, last;
  for (const Checks& checks :
       {Checks{"100", 12, 8, 20}, Checks{"10000", 120, 45, 5}, Checks{"100000", 900, 450, 3}}) {
    const std::string name = "plan-" + std::string(checks.resources);
    const fs::path policy =
        make_case(data, source / "policies" / "checks.sentinel",
                  "checks-" + std::string(checks.resources), data / (name + ".sentinel"));
    const std::string json = data / (name + ".json");
    before = std::move(last);
    last = {{"harness", measure({harness, "sentinel", "test", policy}, checks.times)},
            {"node", measure({"node", equivalent("checks.js"), json}, checks.times)},
            {"python3", measure({"python3", equivalent("checks.py"), json}, checks.times)},
            {"jq", measure({"jq", "-e", "-f", equivalent("checks.jq"), json},
                           std::min(checks.times, 3))}};
    values.clear();
    for (const auto& [column, run] : last)
      values[column] = time_of(run);
    table.row("four checks, " + std::string(checks.resources) + " resources, ms", checks.must,
              checks.aim, values);
  }
  values.clear();
  for (const auto& [column, run] : last)
    if (run && before[column]) values[column] = run->milliseconds / before[column]->milliseconds;
  table.row("growth from 10000 to 100000", 11, 10.2, values);
  values.clear();
  for (const auto& [column, run] : last)
    if (run) values[column] = run->megabytes;
  const double mock = static_cast<double>(fs::file_size(data / "plan-100000.sentinel")) / 1048576;
  table.row("peak memory at 100000, MiB", 3.5 * mock, 2.5 * mock, values);

  struct Micro {
    const char* name;
    const char* what;
    double must, aim;
  };
  for (const Micro& micro :
       {Micro{"loop", "1e6 nested loop steps, ms", 27, 14}, Micro{"call", "1e6 calls, ms", 44, 23},
        Micro{"append", "2e5 appends and a join, ms", 28, 17},
        Micro{"map", "2e5 map writes and reads, ms", 75, 59}}) {
    const std::string name = micro.name;
    const fs::path policy =
        make_case(data, source / "policies" / (name + ".sentinel"), "micro-" + name, "");
    const std::map<std::string, Command> commands = {
        {"harness", {harness, "sentinel", "test", policy}},
        {"node", {"node", equivalent(name + ".js")}},
        {"python3", {"python3", equivalent(name + ".py")}},
        {"lua5.4", {"lua5.4", equivalent(name + ".lua")}}};
    values.clear();
    for (const auto& [column, command] : commands)
      values[column] = less(measure(command, 10), measure(nothing.at(column), 10));
    table.row(micro.what, micro.must, micro.aim, values);
  }

  // In turn, so that a machine that is slow for a while is slow for both. How much two processors
  // do together changes from run to run, so the middle ones are compared.
  std::vector<double> one, two;
  for (int i = 0; i < 31; ++i) {
    for (const char* jobs : {"1", "2"}) {
      const auto run = measure(
          {harness, "sentinel", "test", std::string("-maxConcurrency=") + jobs, data / "library"},
          1);
      if (run) (*jobs == '1' ? one : two).push_back(run->milliseconds);
    }
  }
  std::ranges::sort(one);
  std::ranges::sort(two);
  values.clear();
  if (!one.empty()) values["harness"] = one.front() / 1000;
  table.row("1000 cases, 250 policies, ms a case", 0.5, 0.1, values);
  values.clear();
  if (!one.empty() && !two.empty()) values["harness"] = one[one.size() / 2] / two[two.size() / 2];
  table.row("the same with two jobs, times faster", 1.6, 1.85, values, true);
  return 0;
}
