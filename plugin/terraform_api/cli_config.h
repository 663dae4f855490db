// What of Terraform's CLI configuration concerns credentials. Everything else in those files is
// passed over: they belong to Terraform, and newer versions know more than we do.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugin/base/result.h"
#include "plugin/base/secret.h"

namespace terraform_api {

struct CliConfig {
  std::map<std::string, base::Secret> tokens;  // by host as written
  struct Helper {
    std::string name;
    std::vector<std::string> arguments;
  };
  std::optional<Helper> helper;
};

/// HCL 1: `credentials "HOST" { token = "…" }`, `credentials_helper "NAME" { args = […] }`. `name`
/// is the file's in messages, which never quote its text.
base::Result<CliConfig> parse_cli_config_hcl(const std::string& text, const std::string& name);

/// The same as JSON: `{"credentials": {"HOST": {"token": "…"}}}`.
base::Result<CliConfig> parse_cli_config_json(const std::string& text, const std::string& name);

}  // namespace terraform_api
