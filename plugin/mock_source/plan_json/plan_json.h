// `plan-json:` the output of `terraform show -json PLANFILE`, made into the mocks that HCP
// Terraform would make of it, with the same redaction and, besides, what the plan marks sensitive
// hidden wherever else the same text stands.
#pragma once

#include <string_view>
#include <vector>

#include "plugin/mock_source/mock_source.h"

namespace mock_source {

/// `shown`: the file's name in messages.
std::unique_ptr<MockSource> make_plan_json(base::Path file, std::string shown);

/// The imports that such a mock supplies.
std::vector<std::string_view> plan_json_imports();

}  // namespace mock_source
