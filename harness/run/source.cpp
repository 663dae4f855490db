#include "harness/run/source.h"

#include <mutex>
#include <optional>

#include "plugin/base/child.h"
#include "plugin/base/file.h"
#include "plugin/mock_source/archive/archive.h"
#include "plugin/mock_source/directory/directory.h"
#include "plugin/mock_source/exec/exec.h"
#include "plugin/mock_source/plan_export/plan_export.h"
#include "plugin/mock_source/plan_json/plan_json.h"
#include "plugin/terraform_api/locate.h"
#include "plugin/terraform_api/origin.h"

namespace harness {
namespace {

using MadeSource = base::Result<std::unique_ptr<mock_source::MockSource>>;

}  // namespace

/// Made when the first plan export is asked for: a run without one touches no network code.
struct Sources::Exports {
  std::mutex mutex;
  std::optional<mock_source::PlanExports> exports;
};

Sources::Sources(const Manifest& manifest, const RunOptions& options, const base::System& system,
                 const base::Path& scratch)
    : manifest_(manifest),
      options_(options),
      system_(system),
      scratch_(scratch),
      exports_(std::make_unique<Exports>()) {}

Sources::~Sources() = default;

MadeSource Sources::make(const Mock& mock) {
  struct Maker {
    Sources& self;
    const Mock& mock;

    MadeSource operator()(const PlanExportMock& settings) const {
      terraform_api::Place place{.organization = settings.organization,
                                 .workspace = settings.workspace,
                                 .select = settings.select == PlanExportMock::Select::LatestApplied
                                               ? terraform_api::Select::LatestApplied
                                               : terraform_api::Select::LatestPlanned,
                                 .plan_only = settings.plan_only,
                                 .run = settings.run,
                                 .plan = settings.plan};
      std::optional<http::Url> origin;
      if (!settings.url.empty()) {
        auto page = terraform_api::parse_run_page(settings.url);
        if (!page) return located(std::move(page.error()));
        origin = page->origin;
        place.run = page->run;
      } else {
        const Terraform terraform = self.manifest_.terraform.value_or(Terraform{});
        auto found = terraform.address.empty()
                         ? terraform_api::origin_of_host(
                               terraform.hostname.empty() ? std::string(terraform_api::kPublicHost)
                                                          : terraform.hostname)
                         : terraform_api::origin_of_address(terraform.address);
        if (!found) return located(std::move(found.error()));
        origin = *found;
      }
      const std::lock_guard hold(self.exports_->mutex);
      if (!self.exports_->exports) {
        self.exports_->exports.emplace(
            self.system_,
            mock_source::PlanExportOptions{.export_timeout = self.options_.export_timeout,
                                           .scratch = self.scratch_,
                                           .limits = self.options_.limits});
      }
      return self.exports_->exports->source(*origin, std::move(place));
    }
    MadeSource operator()(const ArchiveMock& settings) const {
      return mock_source::make_archive(settings.file.path, settings.file.written,
                                       self.options_.limits);
    }
    MadeSource operator()(const DirectoryMock& settings) const {
      return mock_source::make_directory(settings.folder.path, settings.folder.written);
    }
    MadeSource operator()(const PlanJsonMock& settings) const {
      return mock_source::make_plan_json(settings.file.path, settings.file.written);
    }
    MadeSource operator()(const ExecMock& settings) const {
      if (!self.options_.allow_exec) {
        return located({.what = "mock `" + mock.name + "` runs a command",
                        .why = "commands of a manifest are run only with `--allow-exec`",
                        .advice = "read the command, then add `--allow-exec`"});
      }
      const base::Path home = self.scratch_ / "home";
      if (auto made = base::make_folders(home); !made) return std::move(made.error());
      return mock_source::make_exec({.command = settings.command,
                                     .working_directory = self.manifest_.folder,
                                     .repository = self.manifest_.root,
                                     .environment = base::child_environment(
                                         self.system_.environment, home, self.options_.pass_env),
                                     .timeout = self.options_.export_timeout});
    }
    MadeSource operator()(const ExtendsMock& settings) const {
      return located({.what = "mock `" + mock.name + "` is made from `" + settings.base + "`"});
    }

    base::Diagnostic located(base::Diagnostic diagnostic) const {
      if (!diagnostic.where) diagnostic.where = mock.where;
      return diagnostic;
    }
  };
  return std::visit(Maker{*this, mock}, mock.kind);
}

}  // namespace harness
