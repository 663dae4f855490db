// The proxy chosen for one URL, taken apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/base/result.h"

namespace http {

struct Proxy {
  std::string host;
  std::uint16_t port = 0;
  std::string authorization;  // the value of `Proxy-Authorization`; empty: none is sent
};

/// `text` as `proxy_for` gives it. The error never quotes it: it may hold a password.
base::Result<std::optional<Proxy>> parse_proxy(std::string_view text);

}  // namespace http
