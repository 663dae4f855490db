// Which HCP Terraform or Terraform Enterprise is meant: an origin, from what a manifest or a user
// names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plugin/base/result.h"
#include "plugin/base/system.h"
#include "plugin/http/http.h"

namespace terraform_api {

inline constexpr std::string_view kPublicHost = "app.terraform.io";

/// `app.terraform.io` or `tfe.example.com:8443`: always https.
base::Result<http::Url> origin_of_host(std::string_view host);

/// `https://tfe.example.com`, or `http://127.0.0.1:8080`: plain http on loopback only. A path is
/// refused unless it is `/`.
base::Result<http::Url> origin_of_address(std::string_view address);

/// The host as Terraform writes it in credentials: lower case, with a port that is not 443.
std::string credentials_host(const http::Url& origin);

/// What a run's page in the browser says: `https://HOST/app/ORG/workspaces/NAME/runs/run-…` and the
/// older form without `workspaces`.
struct RunPage {
  http::Url origin;
  std::string run;
};
base::Result<RunPage> parse_run_page(std::string_view url);

}  // namespace terraform_api
