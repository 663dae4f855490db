#include <string>

#include <gtest/gtest.h>

#include "plugin/http/http.h"

namespace {

std::string parsed(const std::string& text) {
  auto url = http::parse_url(text);
  return url ? http::to_text(*url) : url.error().why;
}

struct Row {
  const char* text;
  const char* result;
};

TEST(Url, IsTakenApartStrictly) {
  constexpr Row kRows[] = {
      {"https://app.terraform.io", "https://app.terraform.io/"},
      {"HTTPS://App.Terraform.IO:443/a?b=%2F#c", "https://app.terraform.io/a?b=%2F"},
      {"https://tfe.example.com:8443?x", "https://tfe.example.com:8443/?x"},
      {"http://[::1]:8080/x", "http://[::1]:8080/x"},
      {"https://h/v1/object/a%2Fb/../c", "https://h/v1/object/a%2Fb/../c"},
      {"app.terraform.io", "it names no scheme"},
      {"ftp://h/", "its scheme is neither `https` nor `http`"},
      {"https://", "its host is empty or no host name"},
      {"https://-h/", "its host is empty or no host name"},
      {"https://a b/", "it holds a blank or a control character"},
      {"https://h/\r\nX: y", "it holds a blank or a control character"},
      {"https://h\xc3\xa9/",
       "it holds a character that must be percent-encoded (a host: in its `xn--` form)"},
      {"https://user:secret@h/", "it holds a user name or password"},
      {"https://h:0/", "its port is not a number from 1 to 65535"},
      {"https://h:65536/", "its port is not a number from 1 to 65535"},
      {"https://h:1x/", "its port is not a number from 1 to 65535"},
      {"https://[::1/", "the `[` of its address is never closed"},
      {"https://[::g]/", "its host is no IPv6 address"},
      {"https://[::1]x/", "text follows the `]` of its address"},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(parsed(row.text), row.result) << row.text;
}

TEST(Url, OfALocationIsResolved) {
  constexpr Row kRows[] = {
      {"https://other/z", "https://other/z"},
      {"//other/z", "https://other/z"},
      {"/z?q#f", "https://h/z?q"},
      {"z", "https://h/a/b/z"},
      {"../z", "https://h/a/z"},
      {"../../../z", "https://h/z"},
      {"./", "https://h/a/b/"},
      {"?q", "https://h/a/b/c?q"},
      {"", "https://h/a/b/c?x"},
      {"javascript:alert(1)", "it names no scheme"},
      {"file:///etc/passwd", "its scheme is neither `https` nor `http`"},
  };
  const auto from = http::parse_url("https://h/a/b/c?x");
  for (const Row& row : kRows) {
    auto url = http::resolve_url(*from, row.text);
    EXPECT_EQ(url ? http::to_text(*url) : url.error().why, row.result) << row.text;
  }
}

TEST(Url, LoopbackIsWhatNeverLeavesTheMachine) {
  for (const char* host : {"localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "::1"})
    EXPECT_TRUE(http::is_loopback(host)) << host;
  for (const char* host :
       {"localhost.example.com", "128.0.0.1", "127.0.0.1.nip.io", "::2", "0.0.0.0", "127.1"})
    EXPECT_FALSE(http::is_loopback(host)) << host;
}

TEST(Url, PartsAreEncoded) {
  EXPECT_EQ(http::encode("a b/c?d&e+é~-._"), "a%20b%2Fc%3Fd%26e%2B%C3%A9~-._");
}

}  // namespace
