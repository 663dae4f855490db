// How much memory a large plan needs: prints a table, and ends with 1 where a row needs more than
// it may.
//
//   bench_memory BIN FOLDER        BIN: the folder of our programs; FOLDER: for what they write
//   bench_memory source PLAN FOLDER
//                                  makes the mocks of one plan, as a process of its own
//
// Peak resident sizes of whole processes, over the size of the plan's JSON.
#include <array>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "plugin/base/cancel.h"
#include "plugin/mock_source/plan_json/plan_json.h"

namespace {

constexpr const char* kResources = "75000";

int make_mocks(const char* plan, const char* folder) {
  std::filesystem::create_directories(folder);
  base::CancelToken never;
  const auto made = mock_source::make_plan_json(plan, plan)
                        ->fetch(
                            folder, [](std::string_view) {}, never);
  if (!made) std::fputs(base::to_text(made.error()).c_str(), stderr);
  return made ? 0 : 1;
}

/// Peak resident bytes; 0: it failed.
std::uint64_t peak_of(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words)
    arguments.push_back(const_cast<char*>(word.c_str()));  // NOLINT: what posix_spawn takes
  arguments.push_back(nullptr);
  pid_t child = 0;
  if (::posix_spawn(&child, arguments[0], nullptr, nullptr, arguments.data(), environ) != 0)
    return 0;
  int status = 0;
  rusage usage{};
  if (::wait4(child, &status, 0, &usage) != child || status != 0) return 0;
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

void write(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

/// A repository with one mock of the plan and one policy.
std::filesystem::path repository(const std::filesystem::path& folder, const std::string& name,
                                 const std::string& trimming, const std::string& policy) {
  const std::filesystem::path root = folder / name;
  std::filesystem::create_directories(root / ".git");
  std::filesystem::remove(root / "plan.json");
  std::filesystem::create_hard_link(folder / (std::string("terraform-") + kResources + ".json"),
                                    root / "plan.json");
  write(root / "policy.sentinel", policy);
  write(root / "tests.yaml", "version: 1\nmocks:\n  large: { plan-json: plan.json" + trimming +
                                 " }\ntests:\n  - policy: policy.sentinel\n"
                                 "    cases: [{ name: large, mocks: large, expect: pass }]\n");
  return root;
}

constexpr const char* kPolicy =
    "import \"tfplan/v2\" as tfplan\n"
    "instances = filter tfplan.resource_changes as _, rc { rc.type is \"aws_instance\" }\n"
    "main = rule { length(instances) > 0 and all instances as _, rc {\n"
    "\trc.change.after.instance_type is not \"x1e.32xlarge\" } }\n";

}  // namespace

int main(int count, char** arguments) {
  if (count == 4 && std::strcmp(arguments[1], "source") == 0)
    return make_mocks(arguments[2], arguments[3]);
  if (count != 3) {
    std::fputs("usage: bench_memory BIN FOLDER\n", stderr);
    return 2;
  }
  const std::filesystem::path bin = std::filesystem::absolute(arguments[1]);
  const std::filesystem::path folder = std::filesystem::absolute(arguments[2]);
  std::filesystem::create_directories(folder);
  if (peak_of({(bin / "bench_generate").string(), "terraform", kResources, folder.string()}) == 0)
    return 1;
  const auto plan = folder / (std::string("terraform-") + kResources + ".json");
  const auto size = static_cast<double>(std::filesystem::file_size(plan));
  const auto run = [&](const std::string& name, const std::string& trimming) {
    const auto root = repository(folder, name, trimming, kPolicy);
    return std::vector<std::string>{
        (bin / "harness").string(), "run", "-q", "-C", root.string(), "--runtime", "builtin"};
  };
  struct Row {
    const char* what;
    double most;  // times the plan's JSON
    std::vector<std::string> command;
  };
  // The source is held to four. Its mocks are three times the plan: whoever reads the largest one
  // holds its text, and its values besides.
  const Row rows[] = {
      {"mocks made of it",
       4,
       {(bin / "bench_memory").string(), "source", plan.string(), (folder / "mocks").string()}},
      {"`harness run`, a policy over all changes", 8.5, run("plain", "")},
      {"the same, with `keep: auto`", 6.5, run("automatic", ", keep: auto")},
      {"the same, with `keep` and `redact`", 4.5,
       run("trimmed",
           ", keep: { imports: [tfplan/v2], resources: [\"aws_instance.*\"] },\n"
           "    redact: { attributes: [ami], patterns: [\"cc-[0-9]+\"] }")},
  };
  std::printf("a plan of %.0f MB, peak resident memory\n", size / 1e6);
  bool good = true;
  for (const Row& row : rows) {
    const auto peak = static_cast<double>(peak_of(row.command));
    const bool fits = peak > 0 && peak <= row.most * size;
    std::printf("%-44s %5.0f MB %5.2fx   must %.1fx%s\n", row.what, peak / 1e6, peak / size,
                row.most,
                peak == 0 ? "   failed"
                : fits    ? ""
                          : "   missed");
    std::fflush(stdout);
    good = good && fits;
  }
  return good ? 0 : 1;
}
