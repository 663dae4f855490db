// One HTTP/1.1 exchange at a time, done strictly: TLS verified, time-outs that hold, bodies whose
// end is proved, caps on everything that a server sends. Knows no token: headers are given.
// Redirects are never followed: the caller looks at `Location` and decides what may go there.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/base/cancel.h"
#include "plugin/base/result.h"
#include "plugin/base/system.h"

namespace http {

/// An absolute http or https URL, taken apart. User info is refused, a fragment dropped.
struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string target;  // path and query as they are sent; begins with '/'

  bool operator==(const Url&) const = default;
};

base::Result<Url> parse_url(std::string_view text);

/// A `Location` or link as seen from `from`: absolute, `//host/path`, `/path`, `path` or `?query`.
base::Result<Url> resolve_url(const Url& from, std::string_view reference);

/// `https://host`, with `:port` where it is not the scheme's own. Two URLs of one origin have equal
/// texts.
std::string origin(const Url& url);
std::string to_text(const Url& url);

/// `localhost`, names below it, 127.0.0.0/8 and ::1: what never leaves the machine.
bool is_loopback(std::string_view host);

/// Percent-encodes all but letters, digits and `-._~`: for a path segment or a query part.
std::string encode(std::string_view text);

struct Header {
  std::string name;
  std::string value;
};

/// Called with each piece of a body as it comes. An error ends the exchange.
using BodySink = std::function<base::Status(std::string_view)>;

struct Request {
  std::string method = "GET";
  std::string url;
  std::vector<Header> headers;  // `Host`, `Content-Length` and `Connection` are ours
  std::string body;

  /// Takes the body of a 2xx reply instead of `Response::body`. Other replies keep theirs.
  BodySink sink;
  /// Fills `Response::sha256`.
  bool digest = false;
  /// Undoes `Content-Encoding: gzip` or `deflate`. Nothing is asked for: the caller sends
  /// `Accept-Encoding` if it wants a coding.
  bool decode = true;

  /// Asked before the request is sent once more on a new connection; false: it is not.
  std::function<bool()> before_again;

  std::chrono::milliseconds connect_timeout{std::chrono::seconds(10)};  // TCP, proxy and TLS
  std::chrono::milliseconds idle_timeout{std::chrono::seconds(30)};     // nothing came at all
  std::chrono::milliseconds total_timeout{std::chrono::minutes(5)};     // all of the exchange
  std::uint64_t most_header = std::uint64_t{64} << 10U;                 // bytes
  std::uint64_t most_body = std::uint64_t{16} << 20U;                   // bytes, once decoded
};

struct Response {
  int status = 0;
  std::string reason;
  std::vector<Header> headers;  // in the order they came
  std::string body;             // empty where a sink took it
  std::uint64_t body_size = 0;  // bytes, once decoded
  std::string sha256;           // hex, of the decoded body; only when asked for

  /// The first header of that name, in any case; empty where there is none.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;
};

enum class FailureKind {
  Refused,     // the request itself: a bad URL, a line end in a header. Nothing was sent
  Setting,     // SSL_CERT_FILE, HTTPS_PROXY … name what is not there or not understood
  Resolve,     // no such host
  Connect,     // nobody listens, no route
  Proxy,       // the proxy would not connect us
  Tls,         // certificate or protocol; trying again does not help
  Timeout,     // connecting, waiting, or all in all
  Connection,  // reset, or closed before a whole reply
  ShortBody,   // the body ended early
  Protocol,    // not HTTP, or contradicts itself
  TooLarge,    // a cap was met
  Sink,        // the sink would not have it (disk full)
  Cancelled,
};

/// Why there is no response.
struct Failure {
  FailureKind kind = FailureKind::Connection;
  base::Diagnostic diagnostic;  // names method, host and phase; never a query, never a header
  /// The request may have reached the server: what is not idempotent must not be repeated blindly.
  bool sent = false;
};

/// Whether two header names are one: case does not count.
bool same_name(std::string_view a, std::string_view b);

/// What came back: a response, or a failure.
struct Reply {
  Response response;
  std::optional<Failure> failure;

  explicit operator bool() const { return !failure.has_value(); }
};

/// What a client asks of a server's certificate. `Nothing` is for those who ask for it by name: a
/// policy's `without_certificate_verification`.
enum class Verify { Strict, Nothing };

class Engine;

/// Keeps connections for reuse and the certificates read. Thread-safe; each call of `send` uses a
/// connection of its own. A request on a kept connection that the server has meanwhile closed is
/// sent once more at once on a new one, if it is idempotent (all but POST and PATCH) or not a byte
/// of it was taken.
///
/// Reads from the environment: SSL_CERT_FILE, SSL_CERT_DIR, HTTPS_PROXY, HTTP_PROXY, NO_PROXY (and
/// in lower case), with Go's rules.
class Client {
 public:
  explicit Client(const base::Environment& environment, Verify verify = Verify::Strict);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Reply send(const Request& request, const base::CancelToken& cancel);

 private:
  std::unique_ptr<Engine> engine_;  // null where the library is not there: `send` says so
};

/// The proxy that `environment` names for `url`, as Go chooses it: empty where there is none or
/// NO_PROXY exempts the host. The text may hold a password: not for messages.
std::string proxy_for(const base::Environment& environment, const Url& url);

}  // namespace http
