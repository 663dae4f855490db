// Mocks from plan exports of HCP Terraform or Terraform Enterprise: found or created, awaited,
// downloaded, unpacked, and deleted again if they are ours.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "plugin/base/system.h"
#include "plugin/http/http.h"
#include "plugin/mock_bundle/unpack.h"
#include "plugin/mock_source/mock_source.h"
#include "plugin/terraform_api/client.h"
#include "plugin/terraform_api/locate.h"

namespace mock_source {

struct PlanExportOptions {
  /// How long one export may take, from the first request to the archive's last byte.
  std::chrono::milliseconds export_timeout{std::chrono::minutes(10)};
  /// How long an interrupted run, or one whose time is over, may take to delete the exports that it
  /// has made.
  std::chrono::milliseconds parting{2'000};
  base::Path scratch;  // archives are kept here during the run; empty: TMPDIR, else /tmp
  mock_bundle::UnpackLimits limits;
  terraform_api::ClientOptions client;
  bool delete_adopted = false;  // `pull --delete`
  /// Mocks of one plan share its archive, which is kept until the end. False: nobody asks for a
  /// plan twice, and an archive goes once it is unpacked.
  bool share_archives = true;
};

/// All plan exports of one run: mocks of one plan share one export, those of one origin its rate.
/// Must outlive the sources it gives out. Thread-safe.
class PlanExports {
 public:
  PlanExports(const base::System& system, PlanExportOptions options);
  ~PlanExports();
  PlanExports(const PlanExports&) = delete;
  PlanExports& operator=(const PlanExports&) = delete;

  /// A mock of `place` on `origin` (terraform_api/origin.h makes it from a host, an address or a
  /// run's page). The token is looked for when the mock is fetched.
  std::unique_ptr<MockSource> source(const http::Url& origin, terraform_api::Place place);

  /// The client of an origin, with its token: for other calls that must keep the same rate.
  base::Result<std::shared_ptr<terraform_api::Client>> client(const http::Url& origin,
                                                              const base::CancelToken& cancel);

  class Inside;

 private:
  std::unique_ptr<Inside> inside_;
};

}  // namespace mock_source
