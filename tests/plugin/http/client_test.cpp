// One exchange: framing proved, caps kept, time-outs that hold, connections reused.
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "plugin/http/http.h"
#include "tests/plugin/http/script_server.h"

namespace {

using http::FailureKind;
using http_test::Line;
using http_test::ScriptServer;
using std::chrono::milliseconds;

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// The body, or "KIND: why".
std::string said(const http::Reply& reply) {
  if (reply) return reply.response.body;
  return base::to_text(reply.failure->diagnostic);
}

std::string ask(const std::string& answer, http::Request request = {}) {
  ScriptServer server({{.answer = answer}});
  request.url = server.url();
  http::Client client({});
  return said(client.send(request, {}));
}

struct Row {
  const char* name;
  std::string answer;
  const char* result;
};

TEST(Client, TakesABodyOnlyWhole) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const Row rows[] = {
      {"a length", ok + "Content-Length: 5\r\n\r\nhello", "hello"},
      {"chunks",
       ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: v\r\n\r\n",
       "hello"},
      {"until close", ok + "\r\nhello", "hello"},
      {"HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nhello", "hello"},
      {"a 100 before", "HTTP/1.1 100 Continue\r\n\r\n" + ok + "Content-Length: 5\r\n\r\nhello",
       "hello"},
      {"no body with a 204", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", ""},
      {"the same length twice", ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
       "hello"},
      {"a short body", ok + "Content-Length: 9\r\n\r\nhello",
       "the reply of `127.0.0.1` is cut short: its body has 5 of 9 bytes\n"},
      {"no body at all", ok + "Content-Length: 9\r\n\r\n",
       "the reply of `127.0.0.1` is cut short: its body has 0 of 9 bytes\n"},
      {"cut inside a chunk", ok + "Transfer-Encoding: chunked\r\n\r\n9\r\nhello",
       "the reply of `127.0.0.1` is cut short: its body ends inside a chunk\n"},
      {"cut between chunks", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
       "the reply of `127.0.0.1` is cut short: its body ends between two chunks\n"},
      {"no last chunk's end", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
       "the reply of `127.0.0.1` is cut short: its body ends between two chunks\n"},
      {"a chunk's size that is none", ok + "Transfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n",
       "the reply of `127.0.0.1` cannot be understood: a chunk's size is no number\n"},
      {"a chunk longer than it says",
       ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n",
       "the reply of `127.0.0.1` cannot be understood: a chunk is too long\n"},
      {"two lengths", ok + "Content-Length: 5\r\nContent-Length: 4\r\n\r\nhello",
       "the reply of `127.0.0.1` cannot be understood: it names two different lengths\n"},
      {"a negative length", ok + "Content-Length: -5\r\n\r\nhello",
       "the reply of `127.0.0.1` cannot be understood: its `Content-Length` is no number\n"},
      {"a length in words", ok + "Content-Length: abc\r\n\r\nhello",
       "the reply of `127.0.0.1` cannot be understood: its `Content-Length` is no number\n"},
      {"another transfer coding", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n",
       "the reply of `127.0.0.1` cannot be understood: it has a transfer coding other than "
       "`chunked`\n"},
      {"a cut header", "HTTP/1.1 200 OK\r\nContent-Le",
       "the connection to `127.0.0.1` broke: closed in the reply's header while waiting for the "
       "reply to GET\n"},
      {"nothing", "",
       "the connection to `127.0.0.1` broke: closed by the server while waiting for the reply to "
       "GET\n"},
      {"a switch of protocols", "HTTP/1.1 101 Switching\r\n\r\n",
       "the reply of `127.0.0.1` cannot be understood: it switches protocols or never comes to the "
       "point\n"},
      {"a status that is none", "HTTP/1.1 999 What\r\n\r\n",
       "the reply of `127.0.0.1` cannot be understood: its status is not one of HTTP\n"},
      {"a content coding that was not asked for",
       ok + "Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx",
       "the reply of `127.0.0.1` cannot be understood: its body is in a content coding that was "
       "not "
       "asked for\n"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(ask(row.answer), row.result);
  }
  EXPECT_EQ(ask("SMTP ready\r\n\r\n").substr(0, 47),
            "the reply of `127.0.0.1` cannot be understood: ");
}

// "hello, hello, hello" as gzip makes it.
const std::string kZipped(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\xd7\x51\xc8\x40\xa2\x00\x9f\xa1"
    "\xca\x09\x13\x00\x00\x00",
    29);

std::string zipped_answer(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(Client, UndoesContentCoding) {
  EXPECT_EQ(ask(zipped_answer(kZipped)), "hello, hello, hello");
  EXPECT_EQ(ask(zipped_answer(kZipped + kZipped)), "hello, hello, hellohello, hello, hello");
  EXPECT_EQ(ask(zipped_answer(kZipped), {.decode = false}), kZipped);
  EXPECT_EQ(ask(zipped_answer(kZipped.substr(0, 20))),
            "the reply of `127.0.0.1` is cut short: its compressed body ends before its end\n");
  std::string damaged = kZipped;
  damaged[23] = static_cast<char>(damaged[23] ^ 1);
  EXPECT_EQ(ask(zipped_answer(damaged)),
            "the reply of `127.0.0.1` cannot be understood: its compressed body is damaged\n");
}

TEST(Client, KeepsItsCaps) {
  EXPECT_EQ(ask(kOk, {.most_body = 1}),
            "the reply of `127.0.0.1` is too large: its body has more than 1 bytes\n");
  EXPECT_EQ(ask(zipped_answer(kZipped), {.most_body = 10}),
            "the reply of `127.0.0.1` is too large: its body has more than 10 bytes\n");
  EXPECT_EQ(
      ask("HTTP/1.1 200 OK\r\nX: " + std::string(3000, 'x') + "\r\n\r\n", {.most_header = 1000}),
      "the reply of `127.0.0.1` is too large: its header has more than 1000 bytes\n");
  // Of an error only the beginning is kept.
  const std::string page(1 << 20, 'x');
  ScriptServer server({{.answer = "HTTP/1.1 500 No\r\nContent-Length: 1048576\r\n\r\n" + page}});
  http::Client client({});
  const auto reply = client.send({.url = server.url()}, {});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply.response.body.size(), 256U << 10U);
}

TEST(Client, GivesABodyToItsSinkWithADigest) {
  ScriptServer server({{.answer = kOk},
                       {.answer = "HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno"},
                       {.answer = kOk}});
  http::Client client({});
  std::string got;
  const auto sink = [&](std::string_view bytes) {
    got += bytes;
    return base::Status();
  };
  auto reply = client.send({.url = server.url(), .sink = sink, .digest = true}, {});
  ASSERT_TRUE(reply);
  EXPECT_EQ(got, "ok");
  EXPECT_EQ(reply.response.body, "");
  EXPECT_EQ(reply.response.body_size, 2U);
  EXPECT_EQ(reply.response.sha256,
            "2689367b205c16ce32ed4200942b8b8b1e262dfc70d9bc9fbc77c49699a4f1df");
  reply = client.send({.url = server.url(), .sink = sink}, {});
  ASSERT_TRUE(reply);
  EXPECT_EQ(got, "ok");
  EXPECT_EQ(reply.response.body, "no");
  const auto full = [](std::string_view) {
    return base::Status(base::Diagnostic{.what = "disk full"});
  };
  reply = client.send({.url = server.url(), .sink = full}, {});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.failure->kind, FailureKind::Sink);
  EXPECT_EQ(base::to_text(reply.failure->diagnostic), "disk full\n");
}

TEST(Client, RefusesWhatWouldForgeAHeader) {
  http::Client client({});
  const auto refusal = [&](http::Request request) {
    request.url = "http://127.0.0.1:1/";
    const auto reply = client.send(request, {});
    EXPECT_EQ(reply.failure->kind, FailureKind::Refused);
    return base::to_text(reply.failure->diagnostic);
  };
  EXPECT_EQ(refusal({.headers = {{"Authorization", "Bearer x\r\nX-Evil: y"}}}),
            "a request cannot be sent as it is: its header `Authorization` holds a line end or a "
            "control character\n");
  EXPECT_EQ(refusal({.headers = {{"X: y\r\nZ", "1"}}}),
            "a request cannot be sent as it is: the name of one of its headers is no word\n");
  EXPECT_EQ(refusal({.headers = {{"host", "evil"}}}),
            "a request cannot be sent as it is: its header `host` is set by the client itself\n");
  EXPECT_EQ(refusal({.method = "GET / HTTP/1.1\r\n"}),
            "a request cannot be sent as it is: its method is no word\n");
}

TEST(Client, SendsWhatItWasGiven) {
  ScriptServer server({{.answer = kOk}});
  http::Client client({});
  ASSERT_TRUE(client.send({.method = "DELETE", .url = server.url(), .headers = {{"A", "b"}}}, {}));
  EXPECT_EQ(server.requests(),
            std::vector<std::string>{"DELETE /path?query HTTP/1.1\r\nHost: 127.0.0.1:" +
                                     std::to_string(server.port()) + "\r\nA: b\r\n\r\n"});
}

TEST(Client, ReusesAConnection) {
  ScriptServer server({{.answer = kOk, .answers = 3}});
  http::Client client({});
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(said(client.send({.url = server.url()}, {})), "ok");
}

TEST(Client, AsksBeforeItSendsOnceMore) {
  for (const bool may : {true, false}) {
    // The second request finds the connection open, and is not answered there.
    ScriptServer server({{.answer = kOk, .linger = milliseconds(1'000)}, {.answer = kOk}});
    http::Client client({});
    EXPECT_EQ(said(client.send({.url = server.url()}, {})), "ok");
    int asked = 0;
    http::Request request{.url = server.url()};
    request.before_again = [&] {
      ++asked;
      return may;
    };
    const auto reply = client.send(request, {});
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(static_cast<bool>(reply), may) << said(reply);
    if (!may) {
      EXPECT_EQ(reply.failure->kind, FailureKind::Connection);
    }
  }
}

TEST(Client, ReusesNoConnectionWithBytesLeftOver) {
  ScriptServer server(
      {{.answer = std::string(kOk) + "HTTP/1.1 200 OK\r\n\r\nforged", .linger = milliseconds(100)},
       {.answer = kOk}});
  http::Client client({});
  EXPECT_EQ(said(client.send({.url = server.url()}, {})), "ok");
  EXPECT_EQ(said(client.send({.url = server.url()}, {})), "ok");
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(Client, EndsWhenNothingComes) {
  ScriptServer server({{.answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel",
                        .linger = std::chrono::seconds(20)}});
  http::Client client({});
  const auto began = std::chrono::steady_clock::now();
  const auto reply = client.send({.url = server.url(), .idle_timeout = milliseconds(200)}, {});
  EXPECT_EQ(
      said(reply),
      "`127.0.0.1` did not answer in time: nothing moved for 200 ms in the middle of the reply "
      "to GET\n");
  EXPECT_EQ(reply.failure->kind, FailureKind::Timeout);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

// Whatever ends it, the socket's time-out or the watchdog: the reason is the time that was shorter.
TEST(Client, EndsASilentOneAtItsTotalTime) {
  ScriptServer server(std::vector<Line>(20, {.answer = "H", .linger = milliseconds(60)}));
  http::Client client({});
  for (int i = 0; i < 20; ++i) {
    const auto reply = client.send({.url = server.url(),
                                    .idle_timeout = std::chrono::seconds(10),
                                    .total_timeout = milliseconds(20 + i)},
                                   {});
    EXPECT_EQ(said(reply), "`127.0.0.1` did not answer in time: GET was given up after " +
                               std::to_string(20 + i) + " ms\n");
  }
}

TEST(Client, EndsOneThatDripsAtItsTotalTime) {
  for (const char* answer : {kOk, "HTTP/1.1 200 OK\r\nX-Long: header that never ends\r\n"}) {
    ScriptServer server({{.answer = answer, .drip = milliseconds(60)}});
    http::Client client({});
    const auto began = std::chrono::steady_clock::now();
    const auto reply = client.send({.url = server.url(),
                                    .idle_timeout = std::chrono::seconds(10),
                                    .total_timeout = milliseconds(300)},
                                   {});
    EXPECT_EQ(said(reply), "`127.0.0.1` did not answer in time: GET was given up after 300 ms\n");
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  }
}

TEST(Client, IsCancelledAtOnce) {
  for (const char* answer : {"", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel"}) {
    ScriptServer server({{.answer = answer, .linger = std::chrono::seconds(20)}});
    http::Client client({});
    base::CancelToken cancel;
    std::jthread other([&] {
      std::this_thread::sleep_for(milliseconds(100));
      cancel.cancel(base::CancelReason::Interrupt);
    });
    const auto began = std::chrono::steady_clock::now();
    const auto reply = client.send({.url = server.url()}, cancel);
    EXPECT_EQ(said(reply), "the request to `127.0.0.1` was cancelled\n");
    EXPECT_EQ(reply.failure->kind, FailureKind::Cancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  }
}

TEST(Client, SaysWhyThereIsNoConnection) {
  http::Client client({});
  const int port = ScriptServer({}).port();
  auto reply = client.send({.url = "http://127.0.0.1:" + std::to_string(port) + "/"}, {});
  EXPECT_EQ(said(reply),
            "no connection to `127.0.0.1:" + std::to_string(port) + "`: nothing listens there\n");
  EXPECT_EQ(reply.failure->kind, FailureKind::Connect);
  EXPECT_FALSE(reply.failure->sent);
  reply = client.send({.url = "http://nobody.invalid/"}, {});
  EXPECT_EQ(reply.failure->kind, FailureKind::Resolve);
  EXPECT_EQ(reply.failure->diagnostic.what, "there is no host `nobody.invalid`");
}

TEST(Client, ServesManyThreads) {
  std::vector<Line> script(32, Line{.answer = kOk});
  ScriptServer server(script);
  http::Client client({});
  std::atomic<int> good{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < 4; ++k)
          good += said(client.send({.url = server.url()}, {})) == "ok";
      });
    }
  }
  EXPECT_EQ(good, 32);
}

}  // namespace
