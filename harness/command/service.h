// Which HCP Terraform or Terraform Enterprise a command without a manifest means, and what commands
// that talk to it share.
#pragma once

#include "harness/command/options.h"
#include "plugin/base/cancel.h"
#include "plugin/base/result.h"
#include "plugin/base/system.h"
#include "plugin/http/http.h"
#include "plugin/mock_bundle/unpack.h"

namespace harness {

/// TFE_ADDRESS, else TFE_HOSTNAME, TF_CLOUD_HOSTNAME or TF_HOSTNAME, else app.terraform.io.
base::Result<http::Url> service_of(const base::System& system);

/// --max-members, --max-unpacked, --max-ratio.
base::Result<mock_bundle::UnpackLimits> limit_options(const Arguments& arguments);

/// 130 or 143 after a signal; else 0.
int exit_code_of(const base::CancelToken& cancel);

}  // namespace harness
