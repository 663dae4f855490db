#include "plugin/http/poco/tls.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace http {
namespace {

// What the verification of this thread's current handshake found. Poco hands neither the connection
// nor its result out, and its own event is one for the whole process.
struct Finding {
  std::string host;
  int error = X509_V_OK;
  std::string names;    // of the certificate, for a wrong name
  std::string expires;  // as printed by OpenSSL, for an expired one
  std::string issuer;   // for an unknown one
};

Finding& finding() {
  thread_local Finding found;
  return found;
}

std::string names_of(X509* certificate) {
  std::string out;
  auto* names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  if (names == nullptr) return out;
  for (int i = 0; i < sk_GENERAL_NAME_num(names) && out.size() < 200; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    std::string text;
    if (name->type == GEN_DNS) {
      const auto* bytes = ASN1_STRING_get0_data(name->d.dNSName);
      text.assign(bytes, bytes + ASN1_STRING_length(name->d.dNSName));
    } else if (name->type == GEN_IPADD) {
      const int size = ASN1_STRING_length(name->d.iPAddress);
      char buffer[INET6_ADDRSTRLEN] = {};
      if ((size == 4 || size == 16) &&
          inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(name->d.iPAddress),
                    buffer, sizeof buffer) != nullptr) {
        text = buffer;
      }
    }
    // Text of a stranger, bound for a terminal.
    std::erase_if(text, [](char c) { return c < 0x21 || c > 0x7e || c == '`'; });
    if (text.empty()) continue;
    out += (out.empty() ? "`" : ", `") + text + "`";
  }
  GENERAL_NAMES_free(names);
  return out;
}

std::string time_of(const ASN1_TIME* time) {
  tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  char buffer[32];
  return {buffer, std::strftime(buffer, sizeof buffer, "%Y-%m-%d", &parts)};
}

std::string issuer_of(X509* certificate) {
  char buffer[256] = {};
  if (X509_NAME_get_text_by_NID(X509_get_issuer_name(certificate), NID_commonName, buffer,
                                sizeof buffer) <= 0) {
    return {};
  }
  std::string out = buffer;
  std::erase_if(out, [](char c) { return c < 0x20 || c > 0x7e || c == '`'; });
  return out;
}

bool is_for(X509* certificate, const std::string& host) {
  if (X509_check_ip_asc(certificate, host.c_str(), 0) == 1) return true;
  return X509_check_host(certificate, host.c_str(), host.size(),
                         X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr) == 1;
}

extern "C" int harness_verify_certificate(int good, X509_STORE_CTX* store) {
  Finding& found = finding();
  X509* certificate = X509_STORE_CTX_get_current_cert(store);
  if (good == 1 && X509_STORE_CTX_get_error_depth(store) == 0 && !is_for(certificate, found.host)) {
    X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
    good = 0;
  }
  if (good == 0) {
    found.error = X509_STORE_CTX_get_error(store);
    if (certificate != nullptr) {
      found.names = names_of(certificate);
      found.expires =
          time_of(found.error == X509_V_ERR_CERT_NOT_YET_VALID ? X509_get0_notBefore(certificate)
                                                               : X509_get0_notAfter(certificate));
      found.issuer = issuer_of(certificate);
    }
  }
  return good;
}

base::Diagnostic refusal(const Finding& found) {
  base::Diagnostic out{.what = "the certificate of `" + found.host + "` is refused"};
  switch (found.error) {
  case X509_V_ERR_HOSTNAME_MISMATCH:
  case X509_V_ERR_IP_ADDRESS_MISMATCH:
    out.why = found.names.empty() ? "it is for another name than `" + found.host + "`"
                                  : "it is for " + found.names + ", not for `" + found.host + "`";
    out.advice =
        "use the name that the certificate is for; if that is not yours, somebody may be "
        "listening in";
    break;
  case X509_V_ERR_CERT_HAS_EXPIRED:
    out.why = "it expired" + (found.expires.empty() ? "" : " on " + found.expires);
    out.advice = "the server's certificate must be renewed; is this machine's clock right?";
    break;
  case X509_V_ERR_CERT_NOT_YET_VALID:
    out.why = "it is not valid before " + found.expires;
    out.advice = "is this machine's clock right?";
    break;
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
  case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
  case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
  case X509_V_ERR_CERT_UNTRUSTED:
    out.why = "it was issued by " +
              (found.issuer.empty() ? std::string("an authority") : "`" + found.issuer + "`") +
              ", which this machine does not know";
    out.advice = "name the file of your own certificate authority in `SSL_CERT_FILE`";
    break;
  default:
    out.why = X509_verify_cert_error_string(found.error);
    break;
  }
  return out;
}

base::Diagnostic protocol_trouble(const std::string& host, const std::string& text) {
  base::Diagnostic out{.what = "no secure connection to `" + host + "`"};
  const auto says = [&](std::string_view part) { return text.find(part) != std::string::npos; };
  if (says("protocol version") || says("unsupported protocol")) {
    out.why = "it offers no TLS of version 1.2 or newer";
  } else if (says("wrong version number") || says("http request")) {
    out.why = "it does not speak TLS there";
    out.advice = "is this the right port?";
  } else if (says("unexpected eof")) {
    out.why = "it closed the connection during the TLS handshake";
    out.advice = "is this the right port, and is no proxy needed?";
  } else {
    out.why = "the TLS handshake failed: " + text;
  }
  return out;
}

base::Diagnostic missing(std::string_view variable, const std::string& path, std::string_view why) {
  return {.what = "`" + std::string(variable) + "` names `" + path + "`, " + std::string(why),
          .advice = "correct or unset the variable"};
}

}  // namespace

struct Tls::Inside {
  Poco::Net::Context::Ptr context;
};

Tls::Tls(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Tls::~Tls() = default;

base::Result<std::shared_ptr<const Tls>> Tls::make(const base::Environment& environment,
                                                   Verify verify) {
  using Poco::Net::Context;
  auto inside = std::make_unique<Inside>();
  try {
    // The store is filled below: Poco's own loading takes a wrong SSL_CERT_FILE in silence.
    const bool strict = verify == Verify::Strict;
    inside->context = new Context(Context::TLS_CLIENT_USE, "", "", "",
                                  strict ? Context::VERIFY_STRICT : Context::VERIFY_NONE, 9,
                                  /*loadDefaultCAs=*/false);
    inside->context->enableExtendedCertificateVerification(strict);
    inside->context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
  } catch (const Poco::Exception& error) {
    return base::Diagnostic{.what = "TLS cannot be set up", .why = error.displayText()};
  }
  if (verify == Verify::Nothing) return std::shared_ptr<const Tls>(new Tls(std::move(inside)));
  SSL_CTX* raw = inside->context->sslContext();
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     harness_verify_certificate);
  X509_STORE* store = SSL_CTX_get_cert_store(raw);

  std::error_code ignored;
  const std::string file(base::get(environment, "SSL_CERT_FILE"));
  if (!file.empty()) {
    if (!std::filesystem::is_regular_file(file, ignored)) {
      return missing("SSL_CERT_FILE", file, "which is no file");
    }
    if (X509_STORE_load_file(store, file.c_str()) != 1) {
      return missing("SSL_CERT_FILE", file, "which holds no certificate in PEM form");
    }
  } else {
    X509_STORE_load_file(store, X509_get_default_cert_file());
  }
  const std::string folders(base::get(environment, "SSL_CERT_DIR"));
  for (std::size_t at = 0; !folders.empty() && at <= folders.size();) {
    const std::size_t colon = std::min(folders.find(':', at), folders.size());
    const std::string folder = folders.substr(at, colon - at);
    at = colon + 1;
    if (folder.empty()) continue;
    if (!std::filesystem::is_directory(folder, ignored)) {
      return missing("SSL_CERT_DIR", folder, "which is no folder");
    }
    X509_STORE_load_path(store, folder.c_str());
  }
  if (folders.empty()) X509_STORE_load_path(store, X509_get_default_cert_dir());
  return std::shared_ptr<const Tls>(new Tls(std::move(inside)));
}

std::optional<Failure> Tls::secure(Poco::Net::StreamSocket& socket, const std::string& host) const {
  Finding& found = finding();
  found = Finding{.host = host};
  try {
    socket = Poco::Net::SecureStreamSocket::attach(socket, host, inside_->context);
    return std::nullopt;
  } catch (const Poco::TimeoutException&) {
    return Failure{.kind = FailureKind::Timeout,
                   .diagnostic = {.what = "`" + host + "` did not answer in time",
                                  .why = "the TLS handshake took too long"}};
  } catch (const Poco::Net::CertificateValidationException&) {
    if (found.error == X509_V_OK) found.error = X509_V_ERR_HOSTNAME_MISMATCH;
    return Failure{.kind = FailureKind::Tls, .diagnostic = refusal(found)};
  } catch (const Poco::Net::SSLException& error) {
    if (found.error != X509_V_OK) {
      return Failure{.kind = FailureKind::Tls, .diagnostic = refusal(found)};
    }
    const std::string text = error.displayText();
    // A connection that broke may stand next time; a protocol that does not fit will not.
    const bool broke = text.find("unexpected eof") != std::string::npos;
    return Failure{.kind = broke ? FailureKind::Connection : FailureKind::Tls,
                   .diagnostic = protocol_trouble(host, text)};
  } catch (const Poco::Exception& error) {
    return Failure{.kind = FailureKind::Connection,
                   .diagnostic = {.what = "no secure connection to `" + host + "`",
                                  .why = "the TLS handshake broke off: " + error.displayText()}};
  }
}

}  // namespace http
