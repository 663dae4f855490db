// Host names as they are compared: lower case, in their ASCII form, without the port 443.
#pragma once

#include <string>
#include <string_view>

namespace terraform_api {

/// Empty for what is no host name.
std::string comparable_host(std::string_view written);

}  // namespace terraform_api
