// Any bytes as tests.yaml of a small repository. Beyond "no crash": there is a manifest or a
// problem, problems lie in the text, and what is read twice is the same.
#include "harness/manifest/manifest.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <stdlib.h>
#include <unistd.h>

namespace {

/// The files that the seeds name, in memory where that is to be had.
class Repository {
 public:
  Repository() {
    std::string name =
        ::access("/dev/shm", W_OK) == 0 ? "/dev/shm/fuzz-XXXXXX" : "/tmp/fuzz-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) __builtin_trap();
    root_ = name;
    std::filesystem::create_directories(root_ / ".git");
    std::filesystem::create_directories(root_ / "policies/test/p");
    std::filesystem::create_directories(root_ / "fixtures/by-hand");
    for (const char* file : {"policies/p.sentinel", "policies/test/p/pass.hcl", "plan.json",
                             "fixtures/by-hand/data.sentinel"})
      write(file, "");
    write("more.yaml", "tests: [{ policy: policies/p.sentinel, cases: [{ name: more }] }]\n");
  }
  ~Repository() {
    std::error_code error;
    std::filesystem::remove_all(root_, error);
  }
  Repository(const Repository&) = delete;
  Repository& operator=(const Repository&) = delete;

  base::Path write(const base::Path& file, std::string_view text) const {
    std::ofstream(root_ / file, std::ios::binary) << text;
    return root_ / file;
  }
  const base::Path& root() const { return root_; }

 private:
  base::Path root_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Repository repository;
  const base::Path file =
      repository.write("tests.yaml", std::string_view(reinterpret_cast<const char*>(data), size));
  const harness::ManifestOptions options{.working_directory = repository.root()};
  std::vector<base::Diagnostic> problems;
  const auto once = harness::read_manifest(file, options, problems);
  if (once.has_value() != problems.empty()) __builtin_trap();
  for (const base::Diagnostic& problem : problems) {
    if (problem.where && problem.where->file == "tests.yaml" && problem.where->line > size + 1) {
      __builtin_trap();
    }
    (void)base::to_text(problem);
  }
  std::vector<base::Diagnostic> again;
  const auto twice = harness::read_manifest(file, options, again);
  if (problems != again) __builtin_trap();
  if (once && once->cases.size() != twice->cases.size()) __builtin_trap();
  return 0;
}
