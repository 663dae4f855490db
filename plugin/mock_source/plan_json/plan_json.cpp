#include "plugin/mock_source/plan_json/plan_json.h"

#include <cerrno>
#include <fstream>
#include <system_error>

#include "plugin/base/file.h"
#include "plugin/sentinel/terraform/plan.h"
#include "plugin/sentinel/value/arena.h"

namespace mock_source {
namespace {

/// Larger plans are not known; what is larger is more likely a mistake.
constexpr std::uint64_t kLargestPlan = std::uint64_t{2} << 30U;

struct Row {
  const char* import;
  const char* file;
  void (sentinel::PlanMocks::*write)(const sentinel::TextSink& sink) const;
};

constexpr Row kRows[] = {
    {"tfconfig/v2", "mock-tfconfig-v2.sentinel", &sentinel::PlanMocks::configuration},
    {"tfplan/v2", "mock-tfplan-v2.sentinel", &sentinel::PlanMocks::plan},
    {"tfstate/v2", "mock-tfstate-v2.sentinel", &sentinel::PlanMocks::state},
};

class PlanJson : public MockSource {
 public:
  PlanJson(base::Path file, std::string shown) : file_(std::move(file)), shown_(std::move(shown)) {}

  base::Result<Provenance> fetch(const base::Path& folder, const ProgressSink& progress,
                                 const base::CancelToken& cancel) override {
    progress("reading the plan");
    auto text = base::read_file(file_, kLargestPlan);
    if (!text) return problem(std::move(text.error().why));
    auto mocks = sentinel::PlanMocks::read(shown_, *std::move(text));
    if (!mocks) return std::move(mocks.error());
    progress("writing mocks");
    std::string configuration;
    for (const Row& row : kRows) {
      if (cancel.cancelled()) return problem("stopped while writing mocks");
      if (auto written = write(row, *mocks, folder); !written) return std::move(written.error());
      if (!configuration.empty()) configuration += '\n';
      configuration += std::string("mock \"") + row.import + "\" {\n  module {\n    source = \"" +
                       row.file + "\"\n  }\n}\n";
    }
    if (auto written = base::write_file(folder / "sentinel.hcl", configuration); !written)
      return std::move(written.error());
    return Provenance{.kind = "plan-json"};
  }

 private:
  base::Status write(const Row& row, const sentinel::PlanMocks& mocks,
                     const base::Path& folder) const {
    // A mock may be several times as large as its plan: it is never held whole.
    std::ofstream out(folder / row.file, std::ios::binary);
    int failed = out ? 0 : errno;
    try {
      (mocks.*row.write)([&](std::string_view piece) {
        if (failed == 0 &&
            !out.write(piece.data(), static_cast<std::streamsize>(piece.size())).flush()) {
          failed = errno;
        }
      });
    } catch (const sentinel::ValueTooLarge& large) {
      return problem(std::string("`") + row.import + "` cannot be written: " + large.what);
    }
    out.close();
    if (failed == 0 && !out) failed = errno;
    if (failed == 0) return {};
    return problem(std::string("`") + row.file +
                   "` cannot be written: " + std::generic_category().message(failed));
  }

  base::Diagnostic problem(std::string why) const {
    return {.what = "`" + shown_ + "` cannot be made into mocks", .why = std::move(why)};
  }

  base::Path file_;
  std::string shown_;
};

}  // namespace

std::unique_ptr<MockSource> make_plan_json(base::Path file, std::string shown) {
  return std::make_unique<PlanJson>(std::move(file), std::move(shown));
}

std::vector<std::string_view> plan_json_imports() {
  std::vector<std::string_view> out;
  for (const Row& row : kRows)
    out.emplace_back(row.import);
  return out;
}

}  // namespace mock_source
