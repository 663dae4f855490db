#include "harness/run/covered.h"

#include <memory>
#include <set>
#include <string>
#include <system_error>

#include "plugin/base/file.h"
#include "plugin/sentinel/config/configuration.h"

namespace harness {

void leave_out_mocks(std::vector<policy_runtime::CoveredLine>& lines, const base::Path& root,
                     const base::Path& case_file) {
  if (lines.empty()) return;
  auto text = base::read_file(root / case_file, sentinel::kLargestConfiguration);
  if (!text) return;
  std::vector<base::Diagnostic> errors;
  const sentinel::Configuration configuration = sentinel::read_configuration(
      std::make_shared<const base::Source>(case_file.string(), std::move(*text)), errors);
  const base::Path folder = (root / case_file).parent_path();
  std::set<std::string> mocks;
  for (const sentinel::Mock& mock : configuration.mocks) {
    if (mock.source.empty()) continue;
    std::error_code error;
    mocks.insert(
        base::display_path(std::filesystem::weakly_canonical(folder / mock.source, error), root));
  }
  std::erase_if(lines, [&mocks](const policy_runtime::CoveredLine& line) {
    return mocks.contains(line.file);
  });
}

}  // namespace harness
