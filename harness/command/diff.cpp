// `harness diff`: two fixtures or bundles, by resource address and attribute.
#include "plugin/mock_bundle/diff.h"

#include <filesystem>
#include <optional>
#include <string>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/command/difference.h"
#include "harness/command/service.h"
#include "harness/command/signal.h"
#include "plugin/base/file.h"
#include "plugin/base/temporary_folder.h"
#include "plugin/mock_bundle/bundle.h"
#include "plugin/mock_bundle/unpack.h"

namespace harness {
namespace {

/// A bundle's folder: the one named, or where an archive was unpacked, which goes with the object.
class Side {
 public:
  base::Status open(const std::string& written, const mock_bundle::UnpackLimits& limits,
                    const Context& context) {
    const base::Path path = (context.system.working_directory / written).lexically_normal();
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
      return base::Diagnostic{.what = "`" + written + "` is not there",
                              .advice = "name two folders of mocks, or archives of them"};
    }
    folder_ = path;
    if (!std::filesystem::is_directory(status)) {
      if (base::Status done = unpack(path, written, limits, context); !done) return done;
    }
    auto imports = mock_bundle::read_bundle(folder_, written);
    if (!imports) return std::move(imports.error());
    if (imports->empty()) {
      return base::Diagnostic{.what = "there is no mock in `" + written + "`",
                              .why =
                                  "no `sentinel.hcl` with `mock` blocks and no file called like "
                                  "`mock-tfplan-v2.sentinel`"};
    }
    return {};
  }

  const base::Path& folder() const { return folder_; }

 private:
  base::Status unpack(const base::Path& archive, const std::string& written,
                      const mock_bundle::UnpackLimits& limits, const Context& context) {
    if (base::Status made = unpacked_.make(context.system.environment, "harness-diff-"); !made)
      return made;
    folder_ = unpacked_.path();
    auto members = mock_bundle::unpack(archive, folder_, written, limits, context.cancel);
    if (!members) return std::move(members.error());
    return {};
  }

  base::Path folder_;
  base::TemporaryFolder unpacked_;
};

}  // namespace

int diff_command(const Arguments& arguments, Context& context) {
  const auto failed = [&](const base::Diagnostic& problem, int code) {
    if (const int stopped = exit_code_of(context.cancel)) return stopped;
    show_problem(problem);
    return code;
  };
  const std::vector<std::string>& words = arguments.words();
  if (words.size() != 2) {
    return failed({.what = words.size() < 2 ? "two bundles are needed, an old and a new one"
                                            : "more than two bundles were named",
                   .advice = "see `harness diff --help`"},
                  kExitUsage);
  }
  if (arguments.has("json") && arguments.has("markdown")) {
    return failed({.what = "`--json` and `--markdown` exclude each other"}, kExitUsage);
  }
  const auto limits = limit_options(arguments);
  if (!limits) return failed(limits.error(), kExitUsage);
  const SignalWatch signals(context.cancel);
  Side before, after;
  if (auto opened = before.open(words[0], *limits, context); !opened)
    return failed(opened.error(), kExitUsage);
  if (auto opened = after.open(words[1], *limits, context); !opened)
    return failed(opened.error(), kExitUsage);
  const auto found = mock_bundle::diff(before.folder(), words[0], after.folder(), words[1]);
  if (!found) return failed(found.error(), kExitUsage);
  std::string out;
  if (arguments.has("json")) {
    out = mock_bundle::to_json(*found);
  } else if (arguments.has("markdown")) {
    out = mock_bundle::to_markdown(*found);
  } else if (found->empty()) {
    out = "no difference\n";
  } else {
    out = difference_text(*found,
                          use_colour(arguments, context.system.environment, context.system.out));
  }
  if (!write_out(out)) return kExitRuntime;
  return arguments.has("check") && !found->empty() ? kExitFailed : kExitPassed;
}

}  // namespace harness
