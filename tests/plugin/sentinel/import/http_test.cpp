#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/StreamCopier.h>
#include <gtest/gtest.h>

#include "plugin/sentinel/import/rows.h"
#include "tests/emulator/certificate.h"
#include "tests/emulator/testing.h"
#include "tests/plugin/sentinel/import/fake_machine.h"

namespace sentinel {
namespace {

using Poco::Net::HTTPRequestHandler;
using Poco::Net::HTTPRequestHandlerFactory;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

/// A server on loopback that answers as its paths say and counts what came.
class Server {
 public:
  Server()
      : socket_(Poco::Net::SocketAddress("127.0.0.1", 0)),
        server_(new Factory(*this), socket_, new Poco::Net::HTTPServerParams) {
    server_.start();
  }
  ~Server() { server_.stopAll(true); }

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(socket_.address().port()) + path;
  }

  std::atomic<int> requests{0};

 private:
  class Handler : public HTTPRequestHandler {
   public:
    explicit Handler(Server& server) : server_(server) {}

    void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
      const int number = ++server_.requests;
      const std::string path = request.getURI();
      std::string body;
      Poco::StreamCopier::copyToString(request.stream(), body);
      const auto reply = [&](int status, const std::string& text) {
        response.setStatus(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(status));
        response.sendBuffer(text.data(), text.size());
      };
      if (path == "/echo") {
        response.add("x-twice", "1");
        response.add("x-twice", "2");
        reply(200, request.getMethod() + " " + request.get("Accept", "") + " " +
                       request.get("X-Foo", "") + " " + request.get("Authorization", "") + " " +
                       body);
      } else if (path.starts_with("/redirect/")) {
        const int left = std::stoi(path.substr(10));
        response.set("Location", left == 0 ? "/echo" : "/redirect/" + std::to_string(left - 1));
        reply(302, "");
      } else if (path == "/keep") {
        response.set("Location", "echo");
        reply(307, "");
      } else if (path == "/nowhere") {
        reply(301, "");
      } else if (path == "/away") {
        // Another origin: the same machine under another name.
        response.set("Location", "http://localhost:" +
                                     std::to_string(server_.socket_.address().port()) + "/echo");
        reply(302, "");
      } else if (path == "/flaky") {
        reply(number < 3 ? 503 : 200, "at last");
      } else if (path == "/501") {
        reply(501, "");
      } else {
        reply(404, "not here");
      }
    }

   private:
    Server& server_;
  };

  class Factory : public HTTPRequestHandlerFactory {
   public:
    explicit Factory(Server& server) : server_(server) {}
    HTTPRequestHandler* createRequestHandler(const HTTPServerRequest& /*request*/) override {
      return new Handler(server_);
    }

   private:
    Server& server_;
  };

  Poco::Net::ServerSocket socket_;
  Poco::Net::HTTPServer server_;
};

class Http : public ::testing::Test {
 protected:
  Http() { machine.states[&kHttp].network_allowed = true; }

  /// `{}` in the call becomes the URL of `path`.
  std::string run(std::string call, const std::string& path) {
    const std::size_t at = call.find("{}");
    return machine.evaluate(call.replace(at, 2, "\"" + server->url(path) + "\""));
  }
  std::string origin() { return server->url(""); }

  std::unique_ptr<Server> server = std::make_unique<Server>();
  FakeMachine machine;
};

TEST(HttpWithoutNetwork, SaysHowToAllowIt) {
  EXPECT_EQ(
      evaluate(R"(http.get("http://127.0.0.1:1/"))"),
      "error: `http.get` needs the network, which is off: pass `--allow-network` to allow it");
}

TEST(HttpWithoutNetwork, Builds) {
  constexpr CallCase kCases[] = {
      {"methodGet", "http.methodGet", R"("GET")"},
      {"methodPost", "http.methodPost", R"("POST")"},
      {"a client", "http.client.timeout", "10"},
      {"its retries", "http.client.retries", "1"},
      {"its codes", "http.client.accepted_status_codes", "[200]"},
      {"it verifies", "http.client.certificate_verification", "true"},
      {"the default's members stand at the top too", "http.timeout", "10"},
      {"a time-out", "http.with_timeout(5).timeout", "5"},
      {"a float of JSON", "http.with_timeout(5.0).timeout", "5"},
      {"the longest", "http.with_timeout(30).timeout", "30"},
      {"too long", "http.with_timeout(31)",
       "error: `with_timeout` got 31, not a number from 1 to 30"},
      {"none at all", "http.with_timeout(0)",
       "error: `with_timeout` got 0, not a number from 1 to 30"},
      {"retries", "http.with_retries(10).retries", "10"},
      {"no retries", "http.client.with_retries(0).retries", "0"},
      {"too many", "http.with_retries(11)",
       "error: `with_retries` got 11, not a number from 0 to 10"},
      {"less than none", "http.with_retries(-1)",
       "error: `with_retries` got -1, not a number from 0 to 10"},
      {"retries of undefined", "http.with_retries(undefined)", "undefined"},
      {"retries of a string", R"(http.with_retries("1"))", "error: wrong kind of argument 1"},
      {"codes", "http.accept_status_codes([200, 404]).accepted_status_codes", "[200 404]"},
      {"codes are numbers", R"(http.accept_status_codes(["200"]))",
       "error: `accept_status_codes` found a string in its list, which may hold only status codes"},
      {"one setting leaves the others", "http.with_timeout(5).with_retries(3).timeout", "5"},
      {"no verification", "http.without_certificate_verification().certificate_verification",
       "false"},
      {"a request", R"(http.request("https://example.com").url)", R"("https://example.com")"},
      {"its body", R"(http.request("u").with_body("b").body)", R"("b")"},
      {"no headers", R"(http.request("u").headers)", "{}"},
      {"a header", R"(http.request("u").with_header("Foo", "bar").headers)", R"({"Foo": "bar"})"},
      {"the last header of a name stays",
       R"(http.request("u").with_header("Foo", "bar").with_header("foo", "baz").headers)",
       R"({"foo": "baz"})"},
      {"basic authorization",
       R"(http.request("u").with_basic_auth("user", "pass").headers.Authorization)",
       R"("Basic dXNlcjpwYXNz")"},
      {"a header of undefined", R"(http.request("u").with_header("Foo", undefined))", "undefined"},
      {"a header that is a number", R"(http.request("u").with_header("Foo", 1))",
       "error: wrong kind of argument 2"},
      {"no such field", R"(http.request("u").method)", "undefined"},
      {"one URL", "http.request()", "error: wrong number of arguments"},
  };
  expect_results(kCases);
}

TEST_F(Http, Get) {
  EXPECT_EQ(run("http.get({}).body", "/echo"), R"("GET */*   ")");
  EXPECT_EQ(run("http.get({}).status_code", "/echo"), "200");
  EXPECT_EQ(run(R"(http.get({}).headers["X-Twice"])", "/echo"), R"("1,2")");
  EXPECT_EQ(
      run(R"(http.get(http.request({}).with_header("X-Foo", "bar").with_header("accept", "text/plain")).body)",
          "/echo"),
      R"("GET text/plain bar  ")");
  EXPECT_EQ(run("http.send(http.request({})).body", "/echo"), R"("GET */*   ")");
}

TEST_F(Http, Post) {
  EXPECT_EQ(run(R"(http.post(http.request({}).with_body("text")).body)", "/echo"),
            R"("POST */*   text")");
}

TEST_F(Http, StatusCodes) {
  EXPECT_EQ(run("http.get({})", "/missing"),
            "error: `" + origin() + "` answered 404, which is not among the accepted status codes");
  EXPECT_EQ(run("http.accept_status_codes([200, 404]).get({}).body", "/missing"), R"("not here")");
  EXPECT_EQ(run("http.accept_status_codes([404]).get({})", "/echo"),
            "error: `" + origin() + "` answered 200, which is not among the accepted status codes");
}

TEST_F(Http, Redirects) {
  EXPECT_EQ(run("http.get({}).body", "/redirect/9"), R"("GET */*   ")");
  EXPECT_EQ(run("http.get({})", "/redirect/10"),
            "error: `" + server->url("/redirect/0") + "` redirects once more after 10 redirects");
  EXPECT_EQ(run(R"(http.post(http.request({}).with_body("text")).body)", "/redirect/0"),
            R"("GET */*   ")");
  EXPECT_EQ(run(R"(http.post(http.request({}).with_body("text")).body)", "/keep"),
            R"("POST */*   text")");
  EXPECT_EQ(run("http.get({})", "/nowhere"),
            "error: `" + server->url("/nowhere") + "` answered 301 without a usable `Location`");
}

TEST_F(Http, ARedirectToAnotherServerTakesNoCredentials) {
  EXPECT_EQ(
      run(R"(http.get(http.request({}).with_basic_auth("a", "b").with_header("X-Foo", "x")).body)",
          "/redirect/0"),
      R"("GET */* x Basic YTpi ")");
  EXPECT_EQ(
      run(R"(http.get(http.request({}).with_basic_auth("a", "b").with_header("X-Foo", "x")).body)",
          "/away"),
      R"("GET */* x  ")");
}

TEST_F(Http, Retries) {
  EXPECT_EQ(run("http.with_retries(2).get({}).body", "/flaky"), R"("at last")");
  EXPECT_EQ(server->requests, 3);
  EXPECT_EQ(machine.clock->slept, std::chrono::seconds(3));
}

TEST_F(Http, RetriesHaveAnEnd) {
  EXPECT_EQ(run("http.get({})", "/flaky"),
            "error: `" + origin() +
                "` answered 503 after 2 attempts, which is not among the accepted status codes");
  EXPECT_EQ(server->requests, 2);
}

TEST_F(Http, NotImplementedIsNotRetried) {
  EXPECT_EQ(run("http.get({})", "/501"),
            "error: `" + origin() + "` answered 501, which is not among the accepted status codes");
  EXPECT_EQ(server->requests, 1);
}

TEST_F(Http, TheConfiguredProxyIsUsed) {
  // The server answers absolute URLs with 404, as a proxy that knows nothing.
  machine.states[&kHttp].configuration = machine.value("{\"proxy_address\": \"" + origin() + "\"}");
  EXPECT_EQ(
      machine.evaluate(R"(http.accept_status_codes([404]).get("http://example.invalid/x").body)"),
      R"("not here")");
  machine.states[&kHttp].configuration = machine.value(R"({"proxy_address": 8080})");
  EXPECT_EQ(
      machine.evaluate(R"(http.get("http://example.invalid/x"))"),
      "error: `proxy_address` in the configuration of import `http` has type int, not a string");
}

TEST(HttpCertificate, OfAStrangerIsTakenOnlyWithoutVerification) {
  const emulator::TemporaryFolder folder;
  const emulator::Certificate stranger =
      emulator::issue(emulator::make_authority("Stranger"), {"elsewhere.example"});
  emulator::Emulator server({.certificate = folder.write("a.pem", stranger.certificate).string(),
                             .key = folder.write("a.key", stranger.key).string()});
  ASSERT_TRUE(server.start());
  FakeMachine machine;
  machine.states[&kHttp].network_allowed = true;
  const std::string call =
      ".accept_status_codes([204]).get(\"https://127.0.0.1:" + std::to_string(server.port()) +
      "/api/v2/ping\").status_code";
  EXPECT_TRUE(machine.evaluate("http.client" + call)
                  .starts_with("error: the certificate of `127.0.0.1` is refused: "));
  EXPECT_EQ(machine.evaluate("http.without_certificate_verification()" + call), "204");
}

TEST_F(Http, RefusesWhatIsNoUrl) {
  EXPECT_TRUE(machine.evaluate(R"(http.get("example.com/foo"))").starts_with("error: "));
  EXPECT_EQ(machine.evaluate("http.get(time.now)"),
            "error: `http.get` got a timespace, not a URL or a request");
  EXPECT_EQ(machine.evaluate("http.get(undefined)"), "undefined");
  EXPECT_EQ(server->requests, 0);
}

TEST_F(Http, RefusesHeadersWithLineEnds) {
  EXPECT_TRUE(run(R"(http.get(http.request({}).with_header("X-Foo", "a\nX-Bar: b")))", "/echo")
                  .starts_with("error: "));
  EXPECT_EQ(server->requests, 0);
}

}  // namespace
}  // namespace sentinel
