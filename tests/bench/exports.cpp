// How fast plan exports are, against the emulator in this process: prints a table.
//
//   bench_exports BIN          BIN: the folder of our programs
//
// Wall times of whole processes: `harness run` over a manifest of 100 mocks, one plan each, whose
// exports take two seconds on the server; `harness pull --raw` of one large bundle beside `curl |
// tar xz`, which redacts nothing either.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "plugin/base/child.h"
#include "plugin/base/system.h"
#include "tests/emulator/emulator.h"

namespace {

using std::chrono::milliseconds;

constexpr int kExports = 100;
constexpr std::size_t kBundle = std::size_t{50} << 20U;

void write(const base::Path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

void write_bundle(const base::Path& folder, const std::string& data) {
  write(folder / "mock-tfplan-v2.sentinel", data);
  write(folder / "sentinel.hcl",
        "mock \"tfplan/v2\" {\n  module {\n    source = \"mock-tfplan-v2.sentinel\"\n  }\n}\n");
}

/// Seconds; negative: it failed, which has been said.
double timed(const std::vector<std::string>& words, const base::Path& folder,
             const base::Environment& environment) {
  base::CancelToken never;
  const auto began = std::chrono::steady_clock::now();
  const auto out = base::run_child({.program = words.front(),
                                    .arguments = {words.begin() + 1, words.end()},
                                    .environment = environment,
                                    .working_directory = folder,
                                    .timeout = std::chrono::minutes(5),
                                    .most_output = std::uint64_t{16} << 20U},
                                   never);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (out && out->exit_code == 0) return took.count();
  std::fprintf(stderr, "%s failed: %s%s\n", words.front().c_str(),
               out ? out->out.c_str() : base::to_text(out.error()).c_str(),
               out ? out->err.c_str() : "");
  return -1;
}

base::Environment environment_of(const emulator::Emulator& server, const base::Path& scratch) {
  return {{"PATH", std::getenv("PATH")},  // NOLINT(concurrency-mt-unsafe)
          {"HOME", scratch.string()},
          {"TMPDIR", scratch.string()},
          {"TFE_ADDRESS", server.address()},
          {"TFE_TOKEN", "emulator-token"}};
}

bool many(const base::Path& bin, const base::Path& folder, std::size_t limit, double must) {
  emulator::Emulator server(
      {.timing = {.pending = milliseconds(200), .queued = milliseconds(1'800)}, .limit = limit});
  if (!server.start()) return false;
  const base::Path work = folder / ("many-" + std::to_string(limit));
  write_bundle(work / "bundle", "terraform_version = \"1.9.8\"\n");
  write(work / "policy.sentinel",
        "import \"tfplan/v2\" as p\nmain = rule { p.terraform_version is \"1.9.8\" }\n");
  std::string mocks, cases;
  for (int i = 0; i < kExports; ++i) {
    const std::string n = std::to_string(i);
    server.state().add({.id = "run-" + n,
                        .organization = "acme",
                        .workspace = "w" + n,
                        .folder = work / "bundle"});
    mocks += "  m" + n + ": { plan-export: { run: run-" + n + " } }\n";
    cases += "      - { name: c" + n + ", mocks: m" + n + ", expect: pass }\n";
  }
  write(work / "tests.yaml", "version: 1\nterraform: { address: \"" + server.address() +
                                 "\" }\nmocks:\n" + mocks +
                                 "tests:\n  - policy: policy.sentinel\n    cases:\n" + cases);
  const double took = timed({(bin / "harness").string(), "run", "--runtime", "builtin", "-q"}, work,
                            environment_of(server, folder / "scratch"));
  const auto seen = server.statistics();
  int requests = 0;
  for (const auto& [route, count] : seen.requests)
    requests += count;
  std::printf(
      "%5zu requests/s  %6.2f s   must %2.0f s   %d requests, %d in the fullest second, "
      "%d over the limit, %d creates\n",
      limit, took, must, requests, seen.most_per_second, seen.over_limit,
      static_cast<int>(seen.creates.size()));
  std::fflush(stdout);
  return took >= 0 && took <= must && seen.over_limit == 0;
}

/// Text as a plan's mock has it: names that repeat, and ids that do not compress.
std::string large_mock() {
  std::minstd_rand random(1);
  std::string out = "planned_values = {\n";
  while (out.size() < kBundle * 5) {
    out += "\t\"aws_instance.web-" + std::to_string(random() % 100'000) + "\": {\n\t\t\"id\": \"i-";
    for (int i = 0; i < 24; ++i)
      out += "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"[random() % 64];
    out += "\",\n\t\t\"type\": \"aws_instance\",\n\t\t\"depends_on\": [],\n\t},\n";
  }
  return out + "}\n";
}

bool large(const base::Path& bin, const base::Path& folder) {
  emulator::Emulator server(
      {.timing = {.pending = milliseconds(0), .queued = milliseconds(0)}, .limit = 0});
  if (!server.start()) return false;
  write_bundle(folder / "large", large_mock());
  server.state().add({.id = "run-large",
                      .organization = "acme",
                      .workspace = "large",
                      .folder = folder / "large"});
  const base::Environment environment = environment_of(server, folder / "scratch");
  const auto made = server.state().create("plan-large", "finished");
  if (!made) return false;
  double curl = 1e9, pull = 1e9;
  std::string size;
  // The first one makes the archive; the best of three counts, taken in turn.
  for (int i = 0; i < 4; ++i) {
    const std::string out = "out" + std::to_string(i);
    std::filesystem::create_directories(folder / ("curl" + out));
    const double one =
        timed({"/bin/sh", "-c",
               "curl -sfL -H 'Authorization: Bearer emulator-token' " + server.address() +
                   "/api/v2/plan-exports/" + made->id + "/download | tar xz -C curl" + out},
              folder, environment);
    const double two =
        timed({(bin / "harness").string(), "pull", made->id, "-o", "pull" + out, "--raw"}, folder,
              environment);
    if (one < 0 || two < 0) return false;
    if (i > 0) {
      curl = std::min(curl, one);
      pull = std::min(pull, two);
    }
    std::filesystem::remove_all(folder / ("curl" + out));
    std::filesystem::remove_all(folder / ("pull" + out));
  }
  std::printf("curl | tar xz       %6.2f s\n", curl);
  std::printf("harness pull --raw  %6.2f s   %.0f %% of its speed, must 50 %%\n", pull,
              100 * curl / pull);
  return pull <= 2 * curl;
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) return 2;
  const base::Path bin = std::filesystem::absolute(words[1]);
  std::string pattern = (std::filesystem::temp_directory_path() / "bench-exports-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) return 1;
  const base::Path folder = pattern;
  std::filesystem::create_directories(folder / "scratch");
  std::printf("100 exports of 2 s each, by harness run\n");
  std::fflush(stdout);
  bool good = many(bin, folder, 1'000, 6);
  good = many(bin, folder, 30, 22) && good;
  std::printf("a bundle of 50 MB, downloaded and unpacked\n");
  good = large(bin, folder) && good;
  std::filesystem::remove_all(folder);
  return good ? 0 : 1;
}
