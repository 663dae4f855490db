#include "plugin/http/engine.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>
#include <variant>

#include "plugin/http/poco/connection.h"
#include "plugin/http/poco/stop.h"
#include "plugin/http/poco/tls.h"
#include "plugin/http/proxy.h"

namespace http {
namespace {

constexpr std::chrono::seconds kMostIdle{20};
constexpr std::size_t kMostKept = 32;

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

// What could end a line would begin a header of somebody else's making.
std::optional<Failure> check(const Request& request) {
  const auto refuse = [](std::string why) {
    return Failure{
        .kind = FailureKind::Refused,
        .diagnostic = {.what = "a request cannot be sent as it is", .why = std::move(why)}};
  };
  if (!is_token(request.method)) return refuse("its method is no word");
  for (const Header& header : request.headers) {
    if (!is_token(header.name)) return refuse("the name of one of its headers is no word");
    if (std::ranges::any_of(header.value, [](char c) {
          return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
        })) {
      return refuse("its header `" + header.name + "` holds a line end or a control character");
    }
    for (const std::string_view ours :
         {"Host", "Content-Length", "Connection", "Transfer-Encoding"}) {
      if (same_name(header.name, ours)) {
        return refuse("its header `" + header.name + "` is set by the client itself");
      }
    }
  }
  return std::nullopt;
}

bool is_idempotent(std::string_view method) {
  return method != "POST" && method != "PATCH";
}

}  // namespace

class PocoEngine : public Engine {
 public:
  PocoEngine(const base::Environment& environment, Verify verify)
      : environment_(environment), verify_(verify) {}

  Reply send(const Request& request, const base::CancelToken& cancel) override;

 private:
  struct Kept {
    std::unique_ptr<Connection> connection;
    Instant since;
  };

  // The certificates are read by the first request that needs them.
  base::Result<std::shared_ptr<const Tls>> tls() {
    const std::lock_guard lock(tls_mutex_);
    if (!tls_) tls_ = Tls::make(environment_, verify_);
    return *tls_;
  }

  std::unique_ptr<Connection> take_kept(const std::string& key) {
    std::vector<std::unique_ptr<Connection>> stale;  // closed outside the lock
    const std::lock_guard lock(kept_mutex_);
    const auto now = std::chrono::steady_clock::now();
    for (auto it = kept_.lower_bound(key); it != kept_.end() && it->first == key;) {
      Kept kept = std::move(it->second);
      it = kept_.erase(it);
      if (now - kept.since < kMostIdle && kept.connection->fresh()) {
        return std::move(kept.connection);
      }
      stale.push_back(std::move(kept.connection));
    }
    return nullptr;
  }

  void keep(const std::string& key, std::unique_ptr<Connection> connection) {
    Kept dropped;
    const std::lock_guard lock(kept_mutex_);
    if (kept_.size() >= kMostKept) {
      const auto oldest =
          std::ranges::min_element(kept_, {}, [](const auto& entry) { return entry.second.since; });
      dropped = std::move(oldest->second);
      kept_.erase(oldest);
    }
    kept_.emplace(key, Kept{std::move(connection), std::chrono::steady_clock::now()});
  }

  const base::Environment environment_;
  const Verify verify_;
  Watchdog dog_;  // outlives the connections
  std::mutex tls_mutex_;
  std::optional<base::Result<std::shared_ptr<const Tls>>> tls_;
  std::mutex kept_mutex_;
  std::multimap<std::string, Kept> kept_;
};

Reply PocoEngine::send(const Request& request, const base::CancelToken& cancel) {
  Reply out;
  const auto fail = [&](FailureKind kind, base::Diagnostic why) {
    out.failure = Failure{.kind = kind, .diagnostic = std::move(why)};
    return std::move(out);
  };
  auto url = parse_url(request.url);
  if (!url) return fail(FailureKind::Refused, std::move(url.error()));
  if (auto refused = check(request)) return {.response = {}, .failure = std::move(refused)};
  auto proxy = parse_proxy(proxy_for(environment_, *url));
  if (!proxy) return fail(FailureKind::Setting, std::move(proxy.error()));

  const bool secure = url->scheme == "https";
  std::shared_ptr<const Tls> tls_context;
  if (secure) {
    auto made = tls();
    if (!made) return fail(FailureKind::Setting, std::move(made.error()));
    tls_context = *made;
  }
  const Stop stop(cancel, std::chrono::steady_clock::now() + request.total_timeout);
  if (cancel.cancelled()) {
    return fail(FailureKind::Cancelled,
                {.what = "the request to `" + url->host + "` was cancelled"});
  }

  // A plain request through a proxy names its whole URL.
  Url sent_url = *url;
  Request sent_request = request;
  if (proxy->has_value() && !secure) {
    sent_url.target = to_text(*url);
    if (!(*proxy)->authorization.empty()) {
      sent_request.headers.push_back({"Proxy-Authorization", (*proxy)->authorization});
    }
  }
  const std::string key = origin(*url);
  auto connection = take_kept(key);
  const bool kept = connection != nullptr;
  for (bool again = false;; again = true) {
    if (!connection) {
      auto opened = Connection::open(*url, *proxy, tls_context.get(), request, dog_, stop);
      if (auto* failed = std::get_if<Failure>(&opened)) {
        return {.response = {}, .failure = std::move(*failed)};
      }
      connection = std::move(std::get<std::unique_ptr<Connection>>(opened));
    }
    auto outcome = connection->exchange(sent_url, sent_request, dog_, stop);
    if (outcome.reusable) keep(key, std::move(connection));
    connection.reset();
    const bool closed_while_idle =
        outcome.reply.failure && outcome.reply.failure->kind == FailureKind::Connection &&
        outcome.untouched && (is_idempotent(request.method) || !outcome.reply.failure->sent);
    if (kept && !again && closed_while_idle && (!request.before_again || request.before_again()))
      continue;
    return std::move(outcome.reply);
  }
}

}  // namespace http

extern "C" __attribute__((visibility("default"))) http::Engine* harness_make_http_engine(
    const base::Environment& environment, http::Verify verify) {
  return new http::PocoEngine(environment, verify);
}
