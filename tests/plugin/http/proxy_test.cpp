// Which proxy, and through it: Go's rules, CONNECT by hand, and a real proxy where there is one.
#include "plugin/http/proxy.h"

#include <csignal>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>

#include "plugin/http/http.h"
#include "tests/emulator/certificate.h"
#include "tests/emulator/testing.h"
#include "tests/plugin/http/script_server.h"

namespace {

using http_test::ScriptServer;

struct Row {
  const char* no_proxy;
  const char* url;
  bool through;
};

TEST(Proxy, IsChosenByGosRules) {
  constexpr Row kRows[] = {
      {"", "https://app.terraform.io/", true},
      {"", "http://app.terraform.io/", false},  // HTTP_PROXY is another variable
      {"", "https://localhost:8443/", false},
      {"", "https://127.0.0.1/", false},
      {"", "https://[::1]/", false},
      {"*", "https://app.terraform.io/", false},
      {"terraform.io", "https://app.terraform.io/", false},
      {"terraform.io", "https://terraform.io/", false},
      {"terraform.io", "https://notterraform.io/", true},
      {".terraform.io", "https://app.terraform.io/", false},
      {".terraform.io", "https://terraform.io/", true},
      {"*.terraform.io", "https://app.terraform.io/", false},
      {"other.io, Terraform.IO ", "https://app.terraform.io/", false},
      {"app.terraform.io:443", "https://app.terraform.io/", false},
      {"app.terraform.io:8443", "https://app.terraform.io/", true},
      {"10.0.0.0/8", "https://10.1.2.3/", false},
      {"10.0.0.0/8", "https://11.1.2.3/", true},
      {"10.0.0.0/8", "https://ten.example.com/", true},
      {"10.1.2.3", "https://10.1.2.3/", false},
      {"fd00::/8", "https://[fd12::1]/", false},
      {"[fd12::1]:443", "https://[fd12::1]/", false},
      {"10.0.0.0/99,x/y,/", "https://10.1.2.3/", true},
  };
  for (const Row& row : kRows) {
    const base::Environment environment{{"HTTPS_PROXY", "http://proxy:3128"},
                                        {"NO_PROXY", row.no_proxy}};
    EXPECT_EQ(!http::proxy_for(environment, *http::parse_url(row.url)).empty(), row.through)
        << row.no_proxy << " " << row.url;
  }
}

TEST(Proxy, OfPlainHttpIsNotTakenInACgi) {
  const auto url = *http::parse_url("http://example.com/");
  EXPECT_EQ(http::proxy_for({{"http_proxy", "p:1"}}, url), "p:1");
  EXPECT_EQ(http::proxy_for({{"http_proxy", "p:1"}, {"REQUEST_METHOD", "GET"}}, url), "");
}

TEST(Proxy, IsTakenApart) {
  auto proxy = http::parse_proxy("http://user:p%40ss@proxy.example.com:3128/");
  ASSERT_TRUE(proxy && *proxy);
  EXPECT_EQ((*proxy)->host, "proxy.example.com");
  EXPECT_EQ((*proxy)->port, 3128);
  EXPECT_EQ((*proxy)->authorization, "Basic dXNlcjpwQHNz");
  proxy = http::parse_proxy("proxy:8080");
  ASSERT_TRUE(proxy && *proxy);
  EXPECT_EQ((*proxy)->port, 8080);
  EXPECT_EQ((*proxy)->authorization, "");
  EXPECT_EQ(http::parse_proxy("socks5://u:secret@proxy").error().why,
            "only proxies spoken to over plain http are supported, and its scheme is `socks5`");
  EXPECT_EQ(http::parse_proxy("http://u:secret@:x").error().why,
            "`HTTPS_PROXY` or `HTTP_PROXY` is not of the form `http://[USER:PASSWORD@]HOST:PORT`");
}

TEST(Proxy, WithoutCredentialsGetsNone) {
  ScriptServer proxy({{.answer = "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"}});
  http::Client client({{"HTTPS_PROXY", "127.0.0.1:" + std::to_string(proxy.port())}});
  const auto reply = client.send({.url = "https://app.terraform.io/api/v2/ping"}, {});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.failure->kind, http::FailureKind::Proxy);
  EXPECT_EQ(base::to_text(reply.failure->diagnostic),
            "the proxy `127.0.0.1` does not connect to `app.terraform.io`: it answered 407 Proxy "
            "Authentication Required\n"
            "    put the user and password into the proxy's variable: "
            "`http://USER:PASSWORD@HOST:PORT`\n");
  EXPECT_EQ(proxy.requests(), std::vector<std::string>{"CONNECT app.terraform.io:443 HTTP/1.1\r\n"
                                                       "Host: app.terraform.io:443\r\n\r\n"});
}

TEST(Proxy, SeesNoHeaderOfTheRequest) {
  ScriptServer proxy({{.answer = "HTTP/1.1 503 No\r\n\r\n"}});
  http::Client client({{"HTTPS_PROXY", "http://u:p@127.0.0.1:" + std::to_string(proxy.port())}});
  const auto reply = client.send(
      {.url = "https://tfe.example.com/secret", .headers = {{"Authorization", "Bearer t"}}}, {});
  ASSERT_FALSE(reply);
  EXPECT_EQ(proxy.requests(), std::vector<std::string>{"CONNECT tfe.example.com:443 HTTP/1.1\r\n"
                                                       "Host: tfe.example.com:443\r\n"
                                                       "Proxy-Authorization: Basic dTpw\r\n\r\n"});
}

TEST(Proxy, ThatClosesIsNamed) {
  ScriptServer proxy({{.answer = ""}});
  http::Client client({{"HTTPS_PROXY", "127.0.0.1:" + std::to_string(proxy.port())}});
  const auto reply = client.send({.url = "https://tfe.example.com/"}, {});
  ASSERT_FALSE(reply);
  EXPECT_EQ(base::to_text(reply.failure->diagnostic),
            "the proxy `127.0.0.1` cannot be used: it closed the connection instead of answering "
            "CONNECT\n");
}

TEST(Proxy, OfPlainHttpGetsTheWholeUrl) {
  ScriptServer proxy({{.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}});
  http::Client client({{"HTTP_PROXY", "http://u:p@127.0.0.1:" + std::to_string(proxy.port())}});
  const auto reply = client.send({.url = "http://example.com/a?b"}, {});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply.response.body, "ok");
  EXPECT_EQ(proxy.requests(), std::vector<std::string>{"GET http://example.com/a?b HTTP/1.1\r\n"
                                                       "Host: example.com\r\n"
                                                       "Proxy-Authorization: Basic dTpw\r\n\r\n"});
}

// A real proxy on loopback, before a server that is reached as 0.0.0.0: loopback itself is never
// proxied.
class RealProxy : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kProgram)) GTEST_SKIP() << kProgram << " is not installed";
    authority_ = emulator::make_authority("Test Authority");
    const auto issued = emulator::issue(authority_, {"0.0.0.0", "127.0.0.1"});
    emulator_ = std::make_unique<emulator::Emulator>(
        emulator::Options{.certificate = folder_.write("server.pem", issued.certificate).string(),
                          .key = folder_.write("server.key", issued.key).string()});
    ASSERT_TRUE(emulator_->start());
    // A port that was free a moment ago.
    { port_ = ScriptServer({}).port(); }
    const auto config = folder_.write(
        "tinyproxy.conf",
        "Port " + std::to_string(port_) + "\nListen 127.0.0.1\nTimeout 30\nConnectPort " +
            std::to_string(emulator_->port()) + (GetParam() ? "\nBasicAuth user pass\n" : "\n") +
            "LogLevel Critical\n");
    std::string program = kProgram, d = "-d", c = "-c", path = config.string();
    char* arguments[] = {program.data(), d.data(), c.data(), path.data(), nullptr};
    ASSERT_EQ(::posix_spawn(&child_, kProgram, nullptr, nullptr, arguments, environ), 0);
  }
  void TearDown() override {
    if (child_ <= 0) return;
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
  }
  http::Reply ask(const std::string& credentials) {
    http::Client client(
        {{"HTTPS_PROXY", "http://" + credentials + "127.0.0.1:" + std::to_string(port_)},
         {"SSL_CERT_FILE", folder_.write("ca.pem", authority_.certificate)}});
    http::Reply reply;
    for (int i = 0; i < 100; ++i) {  // until it listens
      reply = client.send(
          {.url = "https://0.0.0.0:" + std::to_string(emulator_->port()) + "/api/v2/ping"}, {});
      if (reply || reply.failure->kind != http::FailureKind::Connect) break;
      ::usleep(50'000);
    }
    return reply;
  }

  static constexpr const char* kProgram = "/usr/bin/tinyproxy";
  emulator::TemporaryFolder folder_;
  emulator::Certificate authority_;
  std::unique_ptr<emulator::Emulator> emulator_;
  int port_ = 0;
  pid_t child_ = 0;
};

TEST_P(RealProxy, IsPassedWithTheRightCredentialsAlone) {
  const auto right = ask(GetParam() ? "user:pass@" : "");
  ASSERT_TRUE(right) << base::to_text(right.failure->diagnostic);
  EXPECT_EQ(right.response.status, 204);
  if (!GetParam()) return;
  for (const char* credentials : {"", "user:wrong@"}) {
    const auto wrong = ask(credentials);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.failure->kind, http::FailureKind::Proxy)
        << base::to_text(wrong.failure->diagnostic);
  }
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutCredentials, RealProxy, testing::Bool());

}  // namespace
