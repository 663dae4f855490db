// TLS as it should be: versions from 1.2, the chain and the name verified, and the reason of a
// refusal kept for the message.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "plugin/base/system.h"
#include "plugin/http/http.h"

namespace Poco::Net {  // NOLINT(readability-identifier-naming): not ours
class StreamSocket;
}

namespace http {

/// The certificates that this machine trusts. Immutable, shared by all connections and threads.
class Tls {
 public:
  /// Reads SSL_CERT_FILE and SSL_CERT_DIR, or the system's store.
  static base::Result<std::shared_ptr<const Tls>> make(const base::Environment& environment,
                                                       Verify verify);
  ~Tls();
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  /// Shakes hands over the connected `socket` and puts the secure one in its place.
  std::optional<Failure> secure(Poco::Net::StreamSocket& socket, const std::string& host) const;

 private:
  struct Inside;
  explicit Tls(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace http
