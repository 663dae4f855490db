// `harness pull`: one bundle into a folder, without a manifest.
#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>

#include "harness/command/command.h"
#include "harness/command/console.h"
#include "harness/command/service.h"
#include "harness/command/settings.h"
#include "harness/command/signal.h"
#include "harness/fixture/trim.h"
#include "plugin/base/file.h"
#include "plugin/mock_bundle/bundle.h"
#include "plugin/mock_bundle/redact.h"
#include "plugin/mock_source/plan_export/plan_export.h"
#include "plugin/terraform_api/origin.h"

namespace harness {
namespace {

struct Source {
  http::Url origin;
  terraform_api::Place place;
  std::string name;  // of a mock made of it
};

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

base::Result<Source> read_source(const std::string& text, const base::System& system) {
  if (text.find("://") != std::string::npos) {
    auto page = terraform_api::parse_run_page(text);
    if (!page) return std::move(page.error());
    return Source{page->origin, {.run = page->run}, page->run};
  }
  auto origin = service_of(system);
  if (!origin) return std::move(origin.error());
  Source out{.origin = std::move(*origin), .name = text};
  const std::size_t slash = text.find('/');
  if (slash != std::string::npos && is_name(text.substr(0, slash)) &&
      is_name(text.substr(slash + 1))) {
    out.place = {.organization = text.substr(0, slash), .workspace = text.substr(slash + 1)};
    out.name = out.place.workspace;
    return out;
  }
  for (const auto& [prefix, id] : {std::pair{"plan-", &terraform_api::Place::plan},
                                   std::pair{"run-", &terraform_api::Place::run},
                                   std::pair{"pe-", &terraform_api::Place::plan_export}}) {
    if (text.starts_with(prefix) && is_name(text)) {
      out.place.*id = text;
      return out;
    }
  }
  return base::Diagnostic{
      .what = "`" + text + "` names no plan",
      .advice =
          "write `run-…`, `plan-…`, `pe-…`, `ORGANIZATION/WORKSPACE` or a run page's address"};
}

// A line for each new state; the seconds and bytes behind it only where somebody watches.
class States {
 public:
  explicit States(const base::Terminal& terminal) : redrawn_(terminal.interactive) {}
  States(const States&) = delete;
  States& operator=(const States&) = delete;
  ~States() {
    if (drawn_) write_err("\r\x1b[K");
  }

  void show(std::string_view state) {
    const std::lock_guard lock(mutex_);
    if (redrawn_) {
      write_err("\r\x1b[K" + std::string(state));
      drawn_ = true;
      return;
    }
    const std::string_view first = state.substr(0, state.find(','));
    if (first == last_) return;
    last_ = first;
    write_err(std::string(first) + "\n");
  }

 private:
  std::mutex mutex_;
  bool redrawn_;
  bool drawn_ = false;
  std::string last_;
};

base::Status check_target(const base::Path& target, const std::string& written) {
  std::error_code error;
  const auto status = std::filesystem::symlink_status(target, error);
  if (!std::filesystem::exists(status)) return {};
  if (!std::filesystem::is_directory(status)) {
    return base::Diagnostic{.what = "`" + written + "` is there and is no folder",
                            .advice = "name another with `-o`"};
  }
  if (!std::filesystem::is_empty(target, error) || error) {
    return base::Diagnostic{.what = "folder `" + written + "` is not empty",
                            .advice = "remove it, or name another with `-o`"};
  }
  return {};
}

std::string in_words(const mock_source::Provenance& made) {
  std::string out = made.plan;
  if (!made.run.empty()) out += " of " + made.run;
  if (!made.workspace.empty()) out += " (" + made.workspace + ")";
  return out + ", made " + made.made_at + ", from " + made.host;
}

}  // namespace

int pull_command(const Arguments& arguments, Context& context) {
  const auto usage = [](const base::Diagnostic& problem) {
    show_problem(problem);
    return kExitUsage;
  };
  if (arguments.words().size() != 1) {
    return usage({.what = arguments.words().empty() ? "no source was named"
                                                    : "more than one source was named",
                  .advice = "see `harness pull --help`"});
  }
  if (!arguments.has("output")) {
    return usage({.what = "no folder was named", .advice = "name a new one with `-o DIR`"});
  }
  auto source = read_source(arguments.words().front(), context.system);
  if (!source) return usage(source.error());
  const std::string written = arguments.value("output");
  const base::Path target = (context.system.working_directory / written).lexically_normal();
  if (auto fine = check_target(target, written); !fine) return usage(fine.error());
  mock_source::PlanExportOptions options;
  options.delete_adopted = arguments.has("delete");
  auto time = time_option(arguments, "export-timeout");
  if (!time) return usage(time.error());
  options.export_timeout = time->value_or(options.export_timeout);
  auto limits = limit_options(arguments);
  if (!limits) return usage(limits.error());
  options.limits = *limits;

  const SignalWatch signals(context.cancel);
  const auto failed = [&](const base::Diagnostic& problem) {
    show_problem(problem);  // after Ctrl-C, too: it says what became of the export
    const int code = exit_code_of(context.cancel);
    return code != 0 ? code : static_cast<int>(kExitMock);
  };
  // With a trailing slash the last name is empty.
  const base::Path folder = target.has_filename() ? target : target.parent_path();
  auto staged = base::make_staging_folder(folder.parent_path(), ".harness-pull-");
  if (!staged) {
    show_problem(staged.error());
    return kExitRuntime;
  }
  base::Result<mock_source::Provenance> made = [&] {
    States states(context.system.err);
    mock_source::PlanExports exports(context.system, options);
    return exports.source(source->origin, source->place)
        ->fetch(
            *staged, [&](std::string_view state) { states.show(state); }, context.cancel);
  }();
  auto imports = mock_bundle::read_bundle(*staged, written);
  if (!made || !imports) {
    (void)base::remove_tree(*staged);
    return failed(made ? imports.error() : made.error());
  }
  std::map<std::string, base::Diagnostic> secrets;
  if (!arguments.has("raw")) {  // as of any fixture: it is likely to be committed
    auto hidden = mock_bundle::redact(*staged, written, {});
    auto found = hidden ? places_like_secrets(*staged, written)
                        : base::Result<std::map<std::string, base::Diagnostic>>(hidden.error());
    if (!found) {
      (void)base::remove_tree(*staged);
      return failed(found.error());
    }
    secrets = std::move(*found);
  }
  if (auto status = base::replace_folder(*staged, folder); !status) {
    (void)base::remove_tree(*staged);
    show_problem(status.error());
    return kExitRuntime;
  }
  std::string out = written + ": " + in_words(*made) + "\n";
  std::size_t width = 0;
  for (const mock_bundle::BundleImport& import : *imports)
    width = std::max(width, import.name.size());
  for (const mock_bundle::BundleImport& import : *imports) {
    out +=
        "  " + import.name + std::string(width - import.name.size() + 2, ' ') + import.file + "\n";
  }
  out += "to test with it, put into tests.yaml:\n  mocks:\n    " + source->name +
         ": { directory: " + written + " }\n";
  if (!secrets.empty()) {
    base::Diagnostic warning{.what = "`" + written + "` still holds what looks like a secret",
                             .advice = "look at it before you commit the folder"};
    for (auto& [name, place] : secrets)
      warning.causes.push_back(std::move(place));
    show_problem(warning);
  }
  return write_out(out) ? kExitPassed : kExitRuntime;
}

}  // namespace harness
