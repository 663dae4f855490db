#include "plugin/terraform_api/origin.h"

#include <algorithm>
#include <utility>

namespace terraform_api {
namespace {

base::Diagnostic not_plain(const http::Url& url) {
  return {.what = "`" + http::origin(url) + "` cannot be used",
          .why = "plain http is spoken on loopback only: a token would travel in the clear",
          .advice = "write `https://`"};
}

}  // namespace

base::Result<http::Url> origin_of_host(std::string_view host) {
  const base::Diagnostic bad{.what = "`" + std::string(host) + "` is not a host name",
                             .why = "found something else than `HOST` or `HOST:PORT`",
                             .advice = "write it like `app.terraform.io`"};
  if (host.find_first_of("/?#@\\") != std::string_view::npos) return bad;
  auto url = http::parse_url("https://" + std::string(host));
  if (!url) {
    base::Diagnostic why = bad;
    why.why = url.error().why;
    return why;
  }
  return url;
}

base::Result<http::Url> origin_of_address(std::string_view address) {
  auto url = http::parse_url(address);
  if (!url) {
    return base::Diagnostic{.what = "`" +
                                    std::string(address.substr(0, address.find_first_of("?#"))) +
                                    "` is not an address",
                            .why = url.error().why,
                            .advice = "write it like `https://tfe.example.com`"};
  }
  if (url->scheme == "http" && !http::is_loopback(url->host)) return not_plain(*url);
  if (url->target != "/") {
    return base::Diagnostic{.what = "`" + http::origin(*url) + "` with a path cannot be used",
                            .why = "the API is at the root of its host",
                            .advice = "write `" + http::origin(*url) + "`"};
  }
  return url;
}

std::string credentials_host(const http::Url& origin) {
  const std::string text = http::origin(origin);
  return text.substr(origin.scheme.size() + 3);
}

base::Result<RunPage> parse_run_page(std::string_view text) {
  auto url = http::parse_url(text);
  if (!url) {
    return base::Diagnostic{.what = "this is not the address of a run's page",
                            .why = url.error().why,
                            .advice =
                                "copy it from the browser: "
                                "`https://HOST/app/ORG/workspaces/NAME/runs/run-…`"};
  }
  if (url->scheme == "http" && !http::is_loopback(url->host)) return not_plain(*url);
  const std::string path = url->target.substr(0, url->target.find('?'));
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string part = path.substr(at, end - at);
    const bool is_run =
        part.starts_with("run-") && part.size() > 4 &&
        std::ranges::all_of(part.substr(4), [](char c) {
          return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        });
    if (is_run) {
      url->target = "/";
      return RunPage{std::move(*url), part};
    }
    at = end + 1;
  }
  return base::Diagnostic{.what = "`" + http::origin(*url) + path + "` names no run",
                          .why = "no part of it begins with `run-`",
                          .advice = "open the run in the browser and copy its page's address"};
}

}  // namespace terraform_api
