// Poco's sockets, TLS and message headers, with the reading of bodies done here: Poco's own streams
// take a body that was cut short for a whole one, and never bound the time of an exchange.
#include "plugin/http/poco/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <sstream>
#include <system_error>
#include <thread>
#include <utility>

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSession.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <fcntl.h>
#include <netdb.h>
#include <openssl/evp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

namespace http {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kPiece = std::size_t{64} << 10U;
// Of a reply that is not taken: enough for any message, not for a flood.
constexpr std::uint64_t kMostErrorBody = std::uint64_t{256} << 10U;

std::string seconds(milliseconds time) {
  const auto count = time.count();
  if (count % 1000 == 0) return std::to_string(count / 1000) + " s";
  return std::to_string(count) + " ms";
}

Failure failure(FailureKind kind, std::string what, std::string why, std::string advice = "") {
  return {
      .kind = kind,
      .diagnostic = {.what = std::move(what), .why = std::move(why), .advice = std::move(advice)}};
}

Failure stopped(const Stop& stop, const std::string& host, const Request& request) {
  if (stop.cancelled()) {
    return failure(FailureKind::Cancelled, "the request to `" + host + "` was cancelled", "");
  }
  return failure(FailureKind::Timeout, "`" + host + "` did not answer in time",
                 request.method + " was given up after " + seconds(request.total_timeout));
}

// --- connecting ------------------------------------------------------------------------------

struct Lookup {
  std::mutex mutex;
  std::condition_variable done;
  bool finished = false;
  int error = 0;
  addrinfo* found = nullptr;

  Lookup() = default;
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;
  ~Lookup() {
    if (found != nullptr) freeaddrinfo(found);
  }
};

// getaddrinfo heeds no time-out and cannot be interrupted, so it has a thread that outlives us
// where it must.
std::shared_ptr<Lookup> look_up(std::string host, std::uint16_t port, const Stop& stop,
                                Instant until) {
  auto lookup = std::make_shared<Lookup>();
  // What counts as loopback must be it, whatever a name server says (RFC 6761).
  if (host.ends_with(".localhost")) host = "localhost";
  const auto work = [lookup, host, service = std::to_string(port)] {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    int error = getaddrinfo(host.c_str(), service.c_str(), &hints, &found);
    if (error == EAI_NONAME || error == EAI_ADDRFAMILY || error == EAI_NODATA) {
      // On a machine with nothing but loopback, AI_ADDRCONFIG hides loopback itself.
      hints.ai_flags = AI_NUMERICSERV;
      error = getaddrinfo(host.c_str(), service.c_str(), &hints, &found);
    }
    const std::lock_guard lock(lookup->mutex);
    lookup->error = error;
    lookup->found = error == 0 ? found : nullptr;
    lookup->finished = true;
    lookup->done.notify_all();
  };
  std::thread(work).detach();
  std::unique_lock lock(lookup->mutex);
  while (!lookup->finished && !stop.cancelled() && std::chrono::steady_clock::now() < until) {
    lookup->done.wait_for(lock, milliseconds(20));
  }
  return lookup;
}

// A connected, blocking socket; or -1 and errno in `error`.
int connect_to(const addrinfo& address, Instant until, const Stop& stop, int& error) {
  const int socket = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) {
    error = errno;
    return -1;
  }
  error = ::connect(socket, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  while (error == EINPROGRESS) {
    const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
    if (stop.cancelled() || left.count() <= 0) {
      error = ETIMEDOUT;
      break;
    }
    pollfd waiting{.fd = socket, .events = POLLOUT, .revents = 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::min<long>(left.count(), 50)));
    if (ready > 0) {
      socklen_t size = sizeof error;
      if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
      break;
    }
  }
  if (error != 0) {
    ::close(socket);
    return -1;
  }
  const int flags = ::fcntl(socket, F_GETFL);
  if (flags < 0 || ::fcntl(socket, F_SETFL, flags & ~O_NONBLOCK) != 0) {
    error = errno;
    ::close(socket);
    return -1;
  }
  return socket;
}

// Poco opens this constructor to derived classes alone.
class ConnectedSocket final : public Poco::Net::StreamSocket {
 public:
  explicit ConnectedSocket(int socket) : StreamSocket(new Poco::Net::StreamSocketImpl(socket)) {}
};

// --- bodies ----------------------------------------------------------------------------------

// Undoes the content coding, counts, digests, caps, and hands on.
class BodyTaker {
 public:
  BodyTaker(const Request& request, Response& response, const std::string& host)
      : request_(request), response_(response), host_(host) {
    taken_ = response.status >= 200 && response.status < 300;
    if (taken_ && request.digest) {
      digest_.reset(EVP_MD_CTX_new());
      EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr);
    }
  }
  BodyTaker(const BodyTaker&) = delete;
  BodyTaker& operator=(const BodyTaker&) = delete;
  ~BodyTaker() {
    if (inflating_) inflateEnd(&zip_);
  }

  std::optional<Failure> begin() {
    std::string coding(response_.header("Content-Encoding"));
    std::ranges::transform(coding, coding.begin(), [](unsigned char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
    });
    if (!request_.decode || coding.empty() || coding == "identity") return std::nullopt;
    if (coding != "gzip" && coding != "x-gzip" && coding != "deflate") {
      return bad("its body is in a content coding that was not asked for");
    }
    if (inflateInit2(&zip_, 15 + 32) != Z_OK) return bad("there is no memory to inflate its body");
    inflating_ = true;
    return std::nullopt;
  }

  // True: more is welcome. False: enough (of an error's text), or `failed` says why not.
  bool take(std::string_view bytes, std::optional<Failure>& failed) {
    if (!inflating_) return pass(bytes, failed);
    while (!bytes.empty()) {
      if (ended_) {  // another member may follow, as in any gzip file
        if (inflateReset(&zip_) != Z_OK) return false;
        ended_ = false;
      }
      std::array<char, kPiece> out;
      const auto size = std::min<std::size_t>(bytes.size(), kPiece);
      // zlib's interface is older than const.
      zip_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
      zip_.avail_in = static_cast<uInt>(size);
      zip_.next_out = reinterpret_cast<Bytef*>(out.data());
      zip_.avail_out = static_cast<uInt>(out.size());
      const int result = inflate(&zip_, Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        failed = bad("its compressed body is damaged");
        return false;
      }
      started_ = true;
      bytes.remove_prefix(size - zip_.avail_in);
      if (!pass({out.data(), out.size() - zip_.avail_out}, failed)) return false;
      // All input may be taken while output still waits inside zlib.
      while (zip_.avail_out == 0 && result == Z_OK) {
        zip_.next_out = reinterpret_cast<Bytef*>(out.data());
        zip_.avail_out = static_cast<uInt>(out.size());
        const int more = inflate(&zip_, Z_NO_FLUSH);
        if (more != Z_OK && more != Z_STREAM_END && more != Z_BUF_ERROR) {
          failed = bad("its compressed body is damaged");
          return false;
        }
        if (!pass({out.data(), out.size() - zip_.avail_out}, failed)) return false;
        if (more == Z_STREAM_END) ended_ = true;
        if (more != Z_OK) break;
      }
      if (result == Z_STREAM_END) ended_ = true;
    }
    return true;
  }

  std::optional<Failure> end() {
    if (inflating_ && started_ && !ended_) {
      return failure(FailureKind::ShortBody, "the reply of `" + host_ + "` is cut short",
                     "its compressed body ends before its end");
    }
    if (digest_) {
      std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
      unsigned size = 0;
      EVP_DigestFinal_ex(digest_.get(), bytes.data(), &size);
      constexpr std::string_view kHex = "0123456789abcdef";
      for (unsigned i = 0; i < size; ++i) {
        response_.sha256 += kHex[bytes[i] >> 4U];
        response_.sha256 += kHex[bytes[i] & 15U];
      }
    }
    return std::nullopt;
  }

 private:
  bool pass(std::string_view bytes, std::optional<Failure>& failed) {
    if (!taken_) {
      const std::uint64_t left = kMostErrorBody - std::min(kMostErrorBody, response_.body_size);
      bytes = bytes.substr(0, left);
      response_.body.append(bytes);
      response_.body_size += bytes.size();
      return response_.body_size < kMostErrorBody;
    }
    response_.body_size += bytes.size();
    if (response_.body_size > request_.most_body) {
      failed = failure(FailureKind::TooLarge, "the reply of `" + host_ + "` is too large",
                       "its body has more than " + std::to_string(request_.most_body) + " bytes");
      return false;
    }
    if (digest_) EVP_DigestUpdate(digest_.get(), bytes.data(), bytes.size());
    if (!request_.sink) {
      response_.body.append(bytes);
    } else if (!bytes.empty()) {
      if (auto status = request_.sink(bytes); !status) {
        failed = Failure{.kind = FailureKind::Sink, .diagnostic = std::move(status.error())};
        return false;
      }
    }
    return true;
  }

  Failure bad(std::string why) const {
    return failure(FailureKind::Protocol, "the reply of `" + host_ + "` cannot be understood",
                   std::move(why));
  }

  struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };

  const Request& request_;
  Response& response_;
  const std::string& host_;
  std::unique_ptr<EVP_MD_CTX, FreeDigest> digest_;
  z_stream zip_{};
  bool taken_ = false;
  bool inflating_ = false;
  bool started_ = false;
  bool ended_ = false;
};

// Ends an exchange from any depth of reading; caught in this file.
struct Broken {
  Failure why;
};

}  // namespace

// --- one connection --------------------------------------------------------------------------

class Connection::Inside final : public Poco::Net::HTTPSession {
 public:
  Inside(const Poco::Net::StreamSocket& socket, std::string host)
      : HTTPSession(socket, true), host_(std::move(host)) {}

  int descriptor() { return socket().impl()->sockfd(); }

  bool fresh() {
    if (buffered() != 0) return false;
    pollfd state{.fd = descriptor(), .events = POLLIN, .revents = 0};
    // Anything to read on an idle connection is its end, or bytes that belong to no request.
    return ::poll(&state, 1, 0) == 0;
  }

  // What one exchange needs, so that the readers below take no five arguments.
  void begin(const Request& request, const Stop& stop) {
    request_ = &request;
    stop_ = &stop;
    got_anything_ = false;
    sent_ = false;
  }
  bool got_anything() const { return got_anything_; }
  bool sent() const { return sent_; }

  void send_all(std::string_view bytes) {
    phase_ = "while sending ";
    while (!bytes.empty()) {
      look_for_stop();
      try {
        socket().setSendTimeout(timespan(request_->idle_timeout));
        const int size =
            write(bytes.data(),
                  static_cast<std::streamsize>(std::min<std::size_t>(bytes.size(), kPiece)));
        if (size <= 0) throw Broken{gone("closed by the server")};
        sent_ = true;
        bytes.remove_prefix(static_cast<std::size_t>(size));
      } catch (const Poco::Exception& error) {
        throw Broken{explain(error)};
      }
    }
  }

  // The header of one message with its empty line.
  std::string read_header() {
    phase_ = "while waiting for the reply to ";
    std::string out;
    for (;;) {
      const int c = next_byte();
      if (c == std::char_traits<char>::eof()) {
        throw Broken{gone(out.empty() ? "closed by the server" : "closed in the reply's header")};
      }
      got_anything_ = true;
      out += static_cast<char>(c);
      if (out.size() > request_->most_header) {
        throw Broken{failure(
            FailureKind::TooLarge, "the reply of `" + host_ + "` is too large",
            "its header has more than " + std::to_string(request_->most_header) + " bytes")};
      }
      if (c == '\n' && (out.ends_with("\r\n\r\n") || out.ends_with("\n\n"))) return out;
    }
  }

  // Up to `size` bytes of what comes; 0: the server closed.
  std::size_t read_some(char* into, std::size_t size) {
    phase_ = "in the middle of the reply to ";
    if (buffered() == 0) prepare();
    int got = 0;
    try {
      got = read(into, static_cast<std::streamsize>(size));
    } catch (const Poco::Exception& error) {
      throw Broken{explain(error)};
    }
    // A socket that was shut down reads like one that the server closed.
    if (got <= 0) look_for_stop();
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }

  std::string read_line() {
    std::string line;
    while (line.size() <= 4096) {
      const int c = next_byte();
      if (c == std::char_traits<char>::eof()) {
        throw Broken{cut("its body ends between two chunks")};
      }
      if (c == '\n') {
        if (line.ends_with('\r')) line.pop_back();
        return line;
      }
      line += static_cast<char>(c);
    }
    throw Broken{malformed("a chunk's header never ends")};
  }

  Failure cut(std::string why) const {
    return failure(FailureKind::ShortBody, "the reply of `" + host_ + "` is cut short",
                   std::move(why));
  }
  Failure malformed(std::string why) const {
    return failure(FailureKind::Protocol, "the reply of `" + host_ + "` cannot be understood",
                   std::move(why));
  }
  const std::string& host() const { return host_; }

  using HTTPSession::attachSocket;
  using HTTPSession::buffered;

 private:
  Poco::Timespan timespan(milliseconds most) const {
    return Poco::Timespan(stop_->at_most(most).count() * 1000);
  }
  void prepare() {
    look_for_stop();
    try {
      socket().setReceiveTimeout(timespan(request_->idle_timeout));
    } catch (const Poco::Exception& error) {
      throw Broken{explain(error)};
    }
  }
  void look_for_stop() const {
    if (stop_->cancelled() || stop_->expired()) throw Broken{stopped(*stop_, host_, *request_)};
  }
  int next_byte() {
    if (buffered() == 0) prepare();
    int c = 0;
    try {
      c = get();
    } catch (const Poco::Exception& error) {
      throw Broken{explain(error)};
    }
    if (c == std::char_traits<char>::eof()) look_for_stop();
    return c;
  }
  Failure gone(std::string_view how) const {
    return failure(FailureKind::Connection, "the connection to `" + host_ + "` broke",
                   std::string(how) + " " + phase_ + request_->method);
  }
  Failure explain(const Poco::Exception& error) const {
    if (stop_->cancelled() || stop_->expired()) return stopped(*stop_, host_, *request_);
    if (dynamic_cast<const Poco::TimeoutException*>(&error) != nullptr) {
      return failure(
          FailureKind::Timeout, "`" + host_ + "` did not answer in time",
          "nothing moved for " + seconds(request_->idle_timeout) + " " + phase_ + request_->method);
    }
    if (dynamic_cast<const Poco::Net::ConnectionResetException*>(&error) != nullptr) {
      return gone("reset by the server");
    }
    if (dynamic_cast<const Poco::Net::SSLException*>(&error) != nullptr &&
        error.displayText().find("unexpected eof") != std::string::npos) {
      return gone("closed by the server");
    }
    return gone(error.displayText());
  }

  std::string host_;
  const Request* request_ = nullptr;
  const Stop* stop_ = nullptr;
  const char* phase_ = "";
  bool got_anything_ = false;
  bool sent_ = false;
};

Connection::Connection(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Connection::~Connection() = default;
bool Connection::fresh() const {
  return inside_->fresh();
}

namespace {

// Status line and fields; throws Poco's exceptions on what is no HTTP.
void parse_header(const std::string& text, Poco::Net::HTTPResponse& out) {
  std::istringstream in(text);
  out.read(in);
}

std::optional<Failure> pass_proxy(Connection::Inside& session, const Url& url, const Proxy& proxy) {
  const std::string target =
      (url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]") + ":" +
      std::to_string(url.port);
  std::string request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
  if (!proxy.authorization.empty()) {
    request += "Proxy-Authorization: " + proxy.authorization + "\r\n";
  }
  session.send_all(request + "\r\n");
  Poco::Net::HTTPResponse response;
  try {
    parse_header(session.read_header(), response);
  } catch (const Poco::Exception& error) {
    return failure(FailureKind::Proxy, "the proxy `" + proxy.host + "` cannot be used",
                   "its reply to CONNECT is no HTTP");
  }
  const int status = response.getStatus();
  if (status >= 200 && status < 300) return std::nullopt;
  Failure out = failure(FailureKind::Proxy,
                        "the proxy `" + proxy.host + "` does not connect to `" + url.host + "`",
                        "it answered " + std::to_string(status) + " " + response.getReason());
  if (status == 407) {
    out.diagnostic.advice =
        "put the user and password into the proxy's variable: `http://USER:PASSWORD@HOST:PORT`";
  }
  return out;
}

}  // namespace

std::variant<std::unique_ptr<Connection>, Failure> Connection::open(
    const Url& url, const std::optional<Proxy>& proxy, const Tls* tls, const Request& request,
    Watchdog& dog, const Stop& stop) {
  const std::string& host = proxy ? proxy->host : url.host;
  const std::uint16_t port = proxy ? proxy->port : url.port;
  const Instant until =
      std::min(std::chrono::steady_clock::now() + request.connect_timeout, stop.until());
  const Stop connecting(stop.token(), until);

  const auto lookup = look_up(host, port, stop, until);
  addrinfo* addresses = nullptr;
  {
    const std::lock_guard lock(lookup->mutex);
    if (stop.cancelled() || stop.expired()) return stopped(stop, host, request);
    if (!lookup->finished) {
      return failure(FailureKind::Timeout, "the name `" + host + "` was not resolved in time",
                     "nothing came for " + seconds(request.connect_timeout));
    }
    if (lookup->error != 0) {
      return failure(FailureKind::Resolve, "there is no host `" + host + "`",
                     gai_strerror(lookup->error),
                     proxy ? "correct the proxy in the environment"
                           : "is its name right, and does this machine need a proxy "
                             "(`HTTPS_PROXY`)?");
    }
    addresses = lookup->found;
  }
  std::ptrdiff_t left = 0;
  for (const addrinfo* it = addresses; it != nullptr; it = it->ai_next)
    ++left;
  int descriptor = -1, error = 0;
  for (const addrinfo* it = addresses; it != nullptr && descriptor < 0; it = it->ai_next, --left) {
    // Each address gets its share, so that one that swallows packets leaves time for the next.
    const auto now = std::chrono::steady_clock::now();
    descriptor = connect_to(*it, now + (until - now) / left, stop, error);
    if (stop.cancelled() || stop.expired()) {
      if (descriptor >= 0) ::close(descriptor);
      return stopped(stop, host, request);
    }
  }
  if (descriptor < 0) {
    const std::string where =
        std::string(proxy ? "the proxy " : "") + "`" + host + ":" + std::to_string(port) + "`";
    if (error == ETIMEDOUT) {
      return failure(FailureKind::Timeout, "no connection to " + where,
                     "nobody answered within " + seconds(request.connect_timeout),
                     proxy ? "" : "does this machine need a proxy (`HTTPS_PROXY`)?");
    }
    return failure(
        FailureKind::Connect, "no connection to " + where,
        error == ECONNREFUSED ? "nothing listens there" : std::generic_category().message(error));
  }

  std::unique_ptr<Inside> inside;
  try {
    Poco::Net::StreamSocket socket = ConnectedSocket(descriptor);
    socket.setNoDelay(true);
    inside = std::make_unique<Inside>(socket, url.host);
  } catch (const Poco::Exception& exception) {
    return failure(FailureKind::Connect, "no connection to `" + host + "`",
                   exception.displayText());
  }
  if (tls == nullptr) return std::unique_ptr<Connection>(new Connection(std::move(inside)));

  const Guard guard(dog, descriptor, connecting);
  const auto given_up = [&]() -> std::optional<Failure> {
    if (stop.cancelled() || stop.expired()) return stopped(stop, host, request);
    if (!connecting.expired()) return std::nullopt;
    return failure(FailureKind::Timeout, "`" + host + "` did not answer in time",
                   "connecting took more than " + seconds(request.connect_timeout));
  };
  try {
    inside->begin(request, connecting);
    if (proxy) {
      if (auto refused = pass_proxy(*inside, url, *proxy)) return std::move(*refused);
      if (inside->buffered() != 0) {
        return failure(FailureKind::Proxy, "the proxy `" + host + "` cannot be used",
                       "it sent bytes of its own after its reply to CONNECT");
      }
    }
    Poco::Net::StreamSocket socket = inside->socket();
    const Poco::Timespan patience(connecting.at_most(request.connect_timeout).count() * 1000);
    socket.setReceiveTimeout(patience);
    socket.setSendTimeout(patience);
    if (auto refused = tls->secure(socket, url.host)) {
      if (auto other = given_up()) return std::move(*other);
      return std::move(*refused);
    }
    inside->attachSocket(socket);
  } catch (Broken& broken) {
    if (auto other = given_up()) return std::move(*other);
    if (proxy && broken.why.kind == FailureKind::Connection) {
      broken.why = failure(FailureKind::Proxy, "the proxy `" + host + "` cannot be used",
                           "it closed the connection instead of answering CONNECT");
    }
    return std::move(broken.why);
  } catch (const Poco::Exception& exception) {
    if (auto other = given_up()) return std::move(*other);
    return failure(FailureKind::Connection, "the connection to `" + host + "` broke",
                   exception.displayText());
  }
  return std::unique_ptr<Connection>(new Connection(std::move(inside)));
}

namespace {

enum class Framing { None, Length, Chunked, UntilClose };

// How long the body is, taken strictly: a reply that contradicts itself is refused.
Framing framing(const Connection::Inside& session, const Request& request, const Response& response,
                std::uint64_t& length) {
  if (request.method == "HEAD" || response.status == 204 || response.status == 304) {
    return Framing::None;
  }
  bool chunked = false, measured = false;
  for (const Header& header : response.headers) {
    std::string name = header.name;
    std::ranges::transform(name, name.begin(), [](unsigned char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
    });
    if (name == "transfer-encoding") {
      std::string coding = header.value;
      std::ranges::transform(coding, coding.begin(), [](unsigned char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
      });
      if (coding == "identity") continue;
      if (coding != "chunked" || chunked) {
        throw Broken{session.malformed("it has a transfer coding other than `chunked`")};
      }
      chunked = true;
    } else if (name == "content-length") {
      std::uint64_t size = 0;
      const char* end = header.value.data() + header.value.size();
      const auto [stop, error] = std::from_chars(header.value.data(), end, size);
      if (error != std::errc() || stop != end) {
        throw Broken{session.malformed("its `Content-Length` is no number")};
      }
      if (measured && size != length) {
        throw Broken{session.malformed("it names two different lengths")};
      }
      measured = true;
      length = size;
    }
  }
  if (chunked) return Framing::Chunked;
  return measured ? Framing::Length : Framing::UntilClose;
}

// Reads the body to its proved end. False: reading stopped before it.
bool read_body(Connection::Inside& session, Framing how, std::uint64_t length, BodyTaker& taker) {
  std::optional<Failure> failed;
  std::array<char, kPiece> piece;
  const auto hand_on = [&](std::size_t size) {
    const bool more = taker.take({piece.data(), size}, failed);
    if (failed) throw Broken{std::move(*failed)};
    return more;
  };
  switch (how) {
  case Framing::None:
    return true;
  case Framing::UntilClose:
    for (;;) {
      const std::size_t size = session.read_some(piece.data(), piece.size());
      if (size == 0) return true;
      if (!hand_on(size)) return false;
    }
  case Framing::Length:
    for (std::uint64_t left = length; left > 0;) {
      const std::size_t size =
          session.read_some(piece.data(), std::min<std::uint64_t>(left, piece.size()));
      if (size == 0) {
        throw Broken{session.cut("its body has " + std::to_string(length - left) + " of " +
                                 std::to_string(length) + " bytes")};
      }
      left -= size;
      if (!hand_on(size) && left > 0) return false;
    }
    return true;
  case Framing::Chunked:
    break;
  }
  for (;;) {
    const std::string line = session.read_line();
    std::uint64_t left = 0;
    const auto [stop, error] = std::from_chars(line.data(), line.data() + line.size(), left, 16);
    const bool ended = stop == line.data() + line.size() || *stop == ';' || *stop == ' ';
    if (error != std::errc() || !ended) {
      throw Broken{session.malformed("a chunk's size is no number")};
    }
    if (left == 0) break;
    while (left > 0) {
      const std::size_t size =
          session.read_some(piece.data(), std::min<std::uint64_t>(left, piece.size()));
      if (size == 0) throw Broken{session.cut("its body ends inside a chunk")};
      left -= size;
      if (!hand_on(size)) return false;
    }
    if (!session.read_line().empty()) throw Broken{session.malformed("a chunk is too long")};
  }
  for (int trailers = 0; !session.read_line().empty(); ++trailers) {
    if (trailers > 100) throw Broken{session.malformed("its trailer never ends")};
  }
  return true;
}

}  // namespace

Connection::Outcome Connection::exchange(const Url& url, const Request& request, Watchdog& dog,
                                         const Stop& stop) {
  Outcome out;
  Inside& session = *inside_;
  session.begin(request, stop);
  const Guard guard(dog, session.descriptor(), stop);
  try {
    Poco::Net::HTTPRequest head(request.method, url.target, Poco::Net::HTTPMessage::HTTP_1_1);
    const std::string authority = origin(url).substr(url.scheme.size() + 3);
    head.set("Host", authority);
    for (const Header& header : request.headers)
      head.add(header.name, header.value);
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT" ||
        request.method == "PATCH") {
      head.setContentLength64(static_cast<Poco::Int64>(request.body.size()));
    }
    std::ostringstream text;
    head.write(text);
    session.send_all(std::move(text).str() + request.body);

    Poco::Net::HTTPResponse header;
    for (int interim = 0;; ++interim) {
      header.clear();
      parse_header(session.read_header(), header);
      if (header.getStatus() >= 200) break;
      if (header.getStatus() < 100 || header.getStatus() == 101 || interim > 10) {
        throw Broken{session.malformed("it switches protocols or never comes to the point")};
      }
    }
    Response& response = out.reply.response;
    response.status = header.getStatus();
    response.reason = header.getReason();
    if (response.status > 599) throw Broken{session.malformed("its status is not one of HTTP")};
    for (const auto& [name, value] : header)
      response.headers.push_back({name, value});

    std::uint64_t length = 0;
    const Framing how = framing(session, request, response, length);
    BodyTaker taker(request, response, session.host());
    if (auto failed = taker.begin()) throw Broken{std::move(*failed)};
    const bool whole = read_body(session, how, length, taker);
    if (auto failed = taker.end(); failed && whole) throw Broken{std::move(*failed)};
    out.reusable = whole && how != Framing::UntilClose && header.getKeepAlive() &&
                   header.getVersion() == Poco::Net::HTTPMessage::HTTP_1_1;
  } catch (Broken& broken) {
    out.reply.failure = std::move(broken.why);
  } catch (const Poco::Exception& error) {
    out.reply.failure = session.malformed("it is no HTTP: " + error.displayText());
  }
  if (out.reply.failure) {
    out.reply.failure->sent = session.sent();
    out.untouched = !session.got_anything();
  }
  return out;
}

}  // namespace http
