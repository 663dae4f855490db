#include "harness/command/service.h"

#include <string>
#include <utility>

#include "harness/command/settings.h"
#include "plugin/terraform_api/origin.h"

namespace harness {

base::Result<http::Url> service_of(const base::System& system) {
  const auto named = [](std::string_view variable, base::Result<http::Url> url) {
    if (!url) url.error().what = "`" + std::string(variable) + "`: " + url.error().what;
    return url;
  };
  if (const auto address = base::get(system.environment, "TFE_ADDRESS"); !address.empty()) {
    return named("TFE_ADDRESS", terraform_api::origin_of_address(address));
  }
  for (const std::string_view variable : {"TFE_HOSTNAME", "TF_CLOUD_HOSTNAME", "TF_HOSTNAME"}) {
    if (const auto host = base::get(system.environment, variable); !host.empty()) {
      return named(variable, terraform_api::origin_of_host(host));
    }
  }
  return terraform_api::origin_of_host(terraform_api::kPublicHost);
}

base::Result<mock_bundle::UnpackLimits> limit_options(const Arguments& arguments) {
  mock_bundle::UnpackLimits out;
  auto members = number_option(arguments, "max-members");
  if (!members) return std::move(members.error());
  out.members = members->value_or(out.members);
  auto unpacked = size_option(arguments, "max-unpacked");
  if (!unpacked) return std::move(unpacked.error());
  out.bytes = unpacked->value_or(out.bytes);
  auto ratio = number_option(arguments, "max-ratio");
  if (!ratio) return std::move(ratio.error());
  out.ratio = ratio->value_or(out.ratio);
  return out;
}

int exit_code_of(const base::CancelToken& cancel) {
  switch (cancel.reason()) {
  case base::CancelReason::Interrupt:
    return 130;
  case base::CancelReason::Terminate:
    return 143;
  default:
    return 0;
  }
}

}  // namespace harness
