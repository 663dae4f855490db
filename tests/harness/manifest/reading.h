// Reads manifests in tests.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/manifest/manifest.h"
#include "tests/harness/temporary_repository.h"

namespace harness_test {

/// What read_manifest() says of tests.yaml in `repository`: a manifest, or problems as text.
struct Reading {
  std::optional<harness::Manifest> manifest;
  std::string problems;
};

inline Reading read(const TemporaryRepository& repository, std::string_view file = "tests.yaml") {
  Reading out;
  std::vector<base::Diagnostic> problems;
  out.manifest = harness::read_manifest(repository.root() / file,
                                        {.working_directory = repository.root()}, problems);
  for (const base::Diagnostic& problem : problems)
    out.problems += base::to_text(problem);
  return out;
}

/// The files that the manifests of these tests name.
inline void write_usual_files(const TemporaryRepository& repository) {
  repository.write("policies/restrict-ssh.sentinel", "main = rule { true }\n");
  repository.write("policies/required-tags.sentinel", "main = rule { true }\n");
  repository.write("common/tfplan-functions.sentinel", "f = func() { return 1 }\n");
  repository.write("data/regions.json", "[]\n");
  repository.write("fixtures/legacy.tar.gz", "not read here");
  repository.write("fixtures/by-hand/data.sentinel", "x = 1\n");
  repository.write("fixtures/mock-time.sentinel", "now = 1\n");
  repository.write("plan.json", "{}\n");
}

}  // namespace harness_test
