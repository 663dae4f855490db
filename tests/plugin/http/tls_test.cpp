// A server's certificate: what is right is taken, and what is wrong is refused with its reason.
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "plugin/http/http.h"
#include "tests/emulator/certificate.h"
#include "tests/emulator/testing.h"

namespace {

using emulator::Certificate;

class Tls : public testing::Test {
 protected:
  // What a client that trusts `authority_` says of a server with `certificate`.
  std::string ask(const Certificate& certificate, const std::string& host = "127.0.0.1",
                  bool trust = true) {
    emulator::Emulator server(
        {.certificate = folder_.write("server.pem", certificate.certificate).string(),
         .key = folder_.write("server.key", certificate.key).string()});
    if (!server.start()) return "the server does not start";
    base::Environment environment;
    if (trust) environment["SSL_CERT_FILE"] = folder_.write("ca.pem", authority_.certificate);
    http::Client client(environment);
    const auto reply = client.send(
        {.url = "https://" + host + ":" + std::to_string(server.port()) + "/api/v2/ping"}, {});
    if (reply) return std::to_string(reply.response.status);
    EXPECT_EQ(reply.failure->kind, http::FailureKind::Tls);
    EXPECT_TRUE(server.statistics().requests.empty());
    return base::to_text(reply.failure->diagnostic);
  }

  emulator::TemporaryFolder folder_;
  Certificate authority_ = emulator::make_authority("Our Authority");
};

/// Answers whatever first bytes a connection sends as a plain HTTP server does.
class PlainServer {
 public:
  PlainServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 1);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([listener = listener_] {
      const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      char bytes[4096];
      if (::recv(socket, bytes, sizeof bytes, 0) > 0) {
        constexpr std::string_view kAnswer = "HTTP/1.1 400 Bad Request\r\n\r\n";
        (void)::send(socket, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
      }
      ::shutdown(socket, SHUT_WR);
      while (::recv(socket, bytes, sizeof bytes, 0) > 0) {
      }
      ::close(socket);
    });
  }
  PlainServer(const PlainServer&) = delete;
  PlainServer& operator=(const PlainServer&) = delete;
  ~PlainServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  int port() const { return port_; }

 private:
  int listener_;
  int port_ = 0;
  std::jthread thread_;
};

TEST_F(Tls, OfAPrivateAuthorityIsTakenFromSslCertFile) {
  EXPECT_EQ(ask(emulator::issue(authority_, {"127.0.0.1"})), "204");
  EXPECT_EQ(ask(emulator::issue(authority_, {"localhost"}), "localhost"), "204");
  EXPECT_EQ(ask(emulator::issue(authority_, {"*.tfe.localhost"}), "a.tfe.localhost"), "204");
}

TEST_F(Tls, OfAnUnknownAuthorityIsRefused) {
  EXPECT_EQ(
      ask(emulator::issue(authority_, {"127.0.0.1"}), "127.0.0.1", false),
      "the certificate of `127.0.0.1` is refused: it was issued by `Our Authority`, which this "
      "machine does not know\n"
      "    name the file of your own certificate authority in `SSL_CERT_FILE`\n");
  const Certificate other = emulator::make_authority("Other");
  EXPECT_EQ(
      ask(emulator::issue(other, {"127.0.0.1"})),
      "the certificate of `127.0.0.1` is refused: it was issued by `Other`, which this machine "
      "does not know\n"
      "    name the file of your own certificate authority in `SSL_CERT_FILE`\n");
}

TEST_F(Tls, ForAnotherNameIsRefusedOnLoopbackToo) {
  EXPECT_EQ(
      ask(emulator::issue(authority_, {"tfe.example.com", "10.0.0.1"})),
      "the certificate of `127.0.0.1` is refused: it is for `tfe.example.com`, `10.0.0.1`, not "
      "for `127.0.0.1`\n"
      "    use the name that the certificate is for; if that is not yours, somebody may be "
      "listening in\n");
  EXPECT_EQ(ask(emulator::issue(authority_, {"127.0.0.1"}), "localhost"),
            "the certificate of `localhost` is refused: it is for `127.0.0.1`, not for "
            "`localhost`\n"
            "    use the name that the certificate is for; if that is not yours, somebody may be "
            "listening in\n");
  EXPECT_EQ(
      ask(emulator::issue(authority_, {"*.tfe.localhost"}), "a.b.tfe.localhost").substr(0, 53),
      "the certificate of `a.b.tfe.localhost` is refused: it");
}

TEST_F(Tls, ThatExpiredIsRefused) {
  const std::string said = ask(emulator::issue(authority_, {"127.0.0.1"}, -5, -2));
  const std::string day =
      base::to_rfc3339(std::chrono::system_clock::now() - std::chrono::hours(48));
  EXPECT_EQ(said, "the certificate of `127.0.0.1` is refused: it expired on " + day.substr(0, 10) +
                      "\n    the server's certificate must be renewed; is this machine's clock "
                      "right?\n");
}

TEST_F(Tls, ThatIsNotYetValidIsRefused) {
  const std::string day =
      base::to_rfc3339(std::chrono::system_clock::now() + std::chrono::hours(48));
  EXPECT_EQ(ask(emulator::issue(authority_, {"127.0.0.1"}, 2, 20)),
            "the certificate of `127.0.0.1` is refused: it is not valid before " +
                day.substr(0, 10) + "\n    is this machine's clock right?\n");
}

TEST_F(Tls, SettingsThatAreNotThereAreSaid) {
  const auto say = [](const base::Environment& environment) {
    http::Client client(environment);
    const auto reply = client.send({.url = "https://127.0.0.1:1/"}, {});
    EXPECT_EQ(reply.failure->kind, http::FailureKind::Setting);
    return base::to_text(reply.failure->diagnostic);
  };
  EXPECT_EQ(say({{"SSL_CERT_FILE", "/nowhere.pem"}}),
            "`SSL_CERT_FILE` names `/nowhere.pem`, which is no file\n"
            "    correct or unset the variable\n");
  EXPECT_EQ(say({{"SSL_CERT_DIR", "/nowhere"}}),
            "`SSL_CERT_DIR` names `/nowhere`, which is no folder\n"
            "    correct or unset the variable\n");
  const std::string empty = folder_.write("empty.pem", "nothing\n").string();
  EXPECT_EQ(say({{"SSL_CERT_FILE", empty}}), "`SSL_CERT_FILE` names `" + empty +
                                                 "`, which holds no certificate in PEM form\n"
                                                 "    correct or unset the variable\n");
}

TEST_F(Tls, ToAPlainPortSaysSo) {
  const PlainServer plain;
  http::Client client({});
  const auto reply =
      client.send({.url = "https://127.0.0.1:" + std::to_string(plain.port()) + "/"}, {});
  ASSERT_FALSE(reply);
  EXPECT_EQ(base::to_text(reply.failure->diagnostic),
            "no secure connection to `127.0.0.1`: it does not speak TLS there\n"
            "    is this the right port?\n");
}

}  // namespace
