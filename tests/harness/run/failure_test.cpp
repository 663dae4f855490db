// What the terminal says of every kind of failure, whole: a false rule through quantifiers, logic,
// helper functions and modules, an unexpected pass, undefined, errors, prints, mocks, time. The
// policies are in failure/; beside them stands what each is told as.
#include <algorithm>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "harness/manifest/manifest.h"
#include "harness/report/text.h"
#include "harness/run/run.h"
#include "plugin/base/file.h"
#include "tests/golden.h"
#include "tests/harness/temporary_repository.h"

namespace harness {
namespace {

const std::filesystem::path kFolder =
    std::filesystem::path(HARNESS_SOURCE_DIR) / "tests/harness/run/failure";

/// The cases of failure/tests.yaml whose full name begins with `prefix`, as they ended; all took
/// 12 ms.
RunReport failed(const std::string& prefix) {
  const harness_test::TemporaryRepository repository;
  std::filesystem::copy(kFolder, repository.root(), std::filesystem::copy_options::recursive);
  repository.write("gone.tar.gz", "x");
  base::System system = base::real_system();
  system.working_directory = repository.root();
  system.environment = {{"PATH", "/nonexistent"}};
  std::vector<base::Diagnostic> problems;
  auto manifest = read_manifest(repository.root() / "tests.yaml",
                                {.working_directory = repository.root()}, problems);
  for (const base::Diagnostic& problem : problems)
    ADD_FAILURE() << base::to_text(problem);
  if (!manifest) return {};
  std::vector<std::size_t> cases;
  for (std::size_t i = 0; i < manifest->cases.size(); ++i) {
    if (manifest->cases[i].full_name.starts_with(prefix)) cases.push_back(i);
  }
  RunOptions options;
  options.runtime = RuntimeChoice::Builtin;
  // The endless one stops at it; on the slowest machine all others are done long before.
  if (prefix.find("endless") != std::string::npos)
    options.case_timeout = std::chrono::milliseconds(300);
  RunReport report = run(*manifest, cases, options, system, base::CancelToken(), {});
  for (CaseReport& item : report.cases)
    item.duration = std::chrono::milliseconds(12);
  report.duration = std::chrono::milliseconds(12);
  report.work_folder.clear();
  return report;
}

class Failure : public testing::TestWithParam<std::string_view> {};

TEST_P(Failure, IsToldWhole) {
  const std::string name(GetParam());
  RunReport report = failed("policies/" + name + "/");
  ASSERT_FALSE(report.cases.empty());
  for (CaseReport& item : report.cases) {
    EXPECT_NE(item.verdict, Verdict::Passed) << item.full_name;
    // Where it stood when its time was over is chance.
    if (item.timed_out && item.error) {
      item.error->calls.clear();
      item.error->where.reset();
    }
  }
  golden::expect_golden(name, render_text(report, {.width = 104}), kFolder);
}

TEST_P(Failure, NeedsNoUtf8) {
  const RunReport report = failed("policies/" + std::string(GetParam()) + "/");
  const std::string text = render_text(report, {.width = 60, .utf8 = false});
  EXPECT_TRUE(std::all_of(text.begin(), text.end(),
                          [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}

INSTANTIATE_TEST_SUITE_P(Kinds, Failure,
                         testing::Values("all", "any", "filter", "and-or", "helper", "module",
                                         "unexpected-pass", "undefined", "undefined-module",
                                         "index-of-undefined", "error", "missing-rule", "prints",
                                         "syntax", "endless", "value", "no-mock"),
                         [](const testing::TestParamInfo<std::string_view>& kind) {
                           std::string out(kind.param);
                           std::replace(out.begin(), out.end(), '-', '_');
                           return out;
                         });

}  // namespace
}  // namespace harness
