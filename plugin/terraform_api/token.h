// The token for one origin, looked for where Terraform looks, in Terraform's order. A token goes to
// the host it was given for and to nothing else.
#pragma once

#include <optional>
#include <string>

#include "plugin/base/cancel.h"
#include "plugin/base/result.h"
#include "plugin/base/secret.h"
#include "plugin/base/system.h"
#include "plugin/http/http.h"

namespace terraform_api {

struct Token {
  base::Secret value;
  std::string source;  // "`TF_TOKEN_app_terraform_io`", "`~/.terraform.d/credentials.tfrc.json`"
};

/// 1. TF_TOKEN_<host>, 2. `credentials` blocks of the CLI configuration, 3. its
/// `credentials_helper`, 4. TFE_TOKEN, if TFE_ADDRESS (or app.terraform.io where it is not set) is
/// this very origin. Plain http gets only what names its address with the port.
///
/// Empty: there is none, which is no error. An error: a file or helper that cannot be used.
base::Result<std::optional<Token>> find_token(const base::System& system, const http::Url& origin,
                                              const base::CancelToken& cancel);

/// The error for an origin without a token: where it was looked for and what to do.
base::Diagnostic no_token(const base::System& system, const http::Url& origin);

/// `app.terraform.io` → `TF_TOKEN_app_terraform_io`.
std::string token_variable(std::string_view host);

}  // namespace terraform_api
