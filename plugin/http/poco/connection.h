// One connection to a server, perhaps through a proxy, and the exchanges on it.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "plugin/http/http.h"
#include "plugin/http/poco/stop.h"
#include "plugin/http/poco/tls.h"
#include "plugin/http/proxy.h"

namespace http {

/// Used by one thread at a time.
class Connection {
 public:
  /// Resolves, connects (each address in turn), passes the proxy, shakes hands. `tls` is null for
  /// plain http.
  static std::variant<std::unique_ptr<Connection>, Failure> open(const Url& url,
                                                                 const std::optional<Proxy>& proxy,
                                                                 const Tls* tls,
                                                                 const Request& request,
                                                                 Watchdog& dog, const Stop& stop);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  struct Outcome {
    Reply reply;
    bool untouched = false;  // failed before a byte of a reply came
    bool reusable = false;
  };
  Outcome exchange(const Url& url, const Request& request, Watchdog& dog, const Stop& stop);

  /// Idle and not closed by the server, as far as can be seen.
  bool fresh() const;

  class Inside;

 private:
  explicit Connection(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace http
