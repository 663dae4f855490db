#include "plugin/terraform_api/origin.h"

#include <string>

#include <gtest/gtest.h>

#include "plugin/http/http.h"
#include "plugin/terraform_api/host_name.h"

namespace {

using terraform_api::comparable_host;

struct Row {
  const char* text;
  const char* result;
};

std::string said(const base::Result<http::Url>& url) {
  return url ? http::origin(*url) : base::to_text(url.error());
}

TEST(Origin, OfAHostIsHttps) {
  constexpr Row kRows[] = {
      {"app.terraform.io", "https://app.terraform.io"},
      {"TFE.example.com:8443", "https://tfe.example.com:8443"},
      {"https://app.terraform.io",
       "`https://app.terraform.io` is not a host name: found something else than `HOST` or "
       "`HOST:PORT`\n    write it like `app.terraform.io`\n"},
      {"user:secret@evil.com",
       "`user:secret@evil.com` is not a host name: found something else than "
       "`HOST` or `HOST:PORT`\n    write it like `app.terraform.io`\n"},
      {"",
       "`` is not a host name: its host is empty or no host name\n"
       "    write it like `app.terraform.io`\n"},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(said(terraform_api::origin_of_host(row.text)), row.result);
}

TEST(Origin, OfAnAddressIsPlainOnLoopbackOnly) {
  constexpr Row kRows[] = {
      {"https://tfe.example.com/", "https://tfe.example.com"},
      {"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
      {"http://localhost:8080", "http://localhost:8080"},
      {"http://tfe.example.com",
       "`http://tfe.example.com` cannot be used: plain http is spoken on loopback only: a token "
       "would travel in the clear\n    write `https://`\n"},
      {"http://0.0.0.0:8080",
       "`http://0.0.0.0:8080` cannot be used: plain http is spoken on loopback only: a token would "
       "travel in the clear\n    write `https://`\n"},
      {"https://tfe.example.com/api/v2",
       "`https://tfe.example.com` with a path cannot be used: the API is at the root of its host\n"
       "    write `https://tfe.example.com`\n"},
      {"tfe.example.com",
       "`tfe.example.com` is not an address: it names no scheme\n"
       "    write it like `https://tfe.example.com`\n"},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(said(terraform_api::origin_of_address(row.text)), row.result);
}

TEST(Origin, OfARunsPageIsItsHost) {
  constexpr Row kRows[] = {
      {"https://app.terraform.io/app/acme/workspaces/net/runs/run-8F5JFydVYAmtTjET?x=y#z",
       "https://app.terraform.io run-8F5JFydVYAmtTjET"},
      {"https://app.terraform.io/app/acme/net/runs/run-8F5/apply",
       "https://app.terraform.io run-8F5"},
      {"https://app.terraform.io/app/run-of-the-mill/net/runs/run-8F5",
       "https://app.terraform.io run-8F5"},
      {"https://app.terraform.io/app/acme/workspaces/net",
       "`https://app.terraform.io/app/acme/workspaces/net` names no run: no part of it begins with "
       "`run-`\n    open the run in the browser and copy its page's address\n"},
      {"http://tfe.example.com/app/acme/net/runs/run-1",
       "`http://tfe.example.com` cannot be used: plain http is spoken on loopback only: a token "
       "would travel in the clear\n    write `https://`\n"},
  };
  for (const Row& row : kRows) {
    const auto page = terraform_api::parse_run_page(row.text);
    EXPECT_EQ(page ? http::origin(page->origin) + " " + page->run : base::to_text(page.error()),
              row.result);
  }
}

TEST(HostName, IsComparedInItsAsciiForm) {
  constexpr Row kRows[] = {
      {"App.Terraform.IO", "app.terraform.io"},
      {"app.terraform.io:443", "app.terraform.io"},
      {"app.terraform.io:8443", "app.terraform.io:8443"},
      {"caf\xc3\xa9.fr", "xn--caf-dma.fr"},
      {"b\xc3\xbc"
       "cher.example",
       "xn--bcher-kva.example"},
      {"\xe4\xbe\x8b\xe3\x81\x88.jp", "xn--r8jz45g.jp"},
      {"\xff.fr", ""},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(comparable_host(row.text), row.result);
}

}  // namespace
