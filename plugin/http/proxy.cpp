// Which proxy serves a URL: the rules of Go's net/http, which Terraform and its provider follow.
#include "plugin/http/proxy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>

#include "plugin/http/http.h"

namespace http {
namespace {

// An IPv4 address stands in its mapped IPv6 form, so that both compare alike.
using Address = std::array<unsigned char, 16>;

std::optional<Address> parse_address(std::string_view text) {
  const std::string copy(text);
  Address out{};
  in_addr four{};
  if (inet_pton(AF_INET, copy.c_str(), &four) == 1) {
    out[10] = out[11] = 0xff;
    std::memcpy(&out[12], &four, 4);
    return out;
  }
  if (inet_pton(AF_INET6, copy.c_str(), out.data()) == 1) return out;
  return std::nullopt;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

bool in_network(const Address& address, std::string_view network, std::string_view bits) {
  const auto base = parse_address(network);
  unsigned size = 0;
  const auto [stop, error] = std::from_chars(bits.data(), bits.data() + bits.size(), size);
  if (!base || error != std::errc() || stop != bits.data() + bits.size()) return false;
  if (network.find(':') == std::string_view::npos) size += 96;
  if (size > 128) return false;
  for (std::size_t i = 0; i < 16; ++i) {
    const unsigned left =
        size > i * 8 ? std::min<unsigned>(size - static_cast<unsigned>(i) * 8, 8) : 0;
    const auto mask = static_cast<unsigned char>(0xff00U >> left);
    if ((address[i] & mask) != ((*base)[i] & mask)) return false;
  }
  return true;
}

// One entry of NO_PROXY; `host` in lower case.
bool exempts(std::string_view entry, std::string_view host, const std::optional<Address>& address,
             std::uint16_t port) {
  if (entry == "*") return true;
  if (const std::size_t slash = entry.find('/'); slash != std::string_view::npos) {
    return address && in_network(*address, entry.substr(0, slash), entry.substr(slash + 1));
  }
  std::string_view name = entry, wanted_port;
  if (entry.starts_with('[')) {
    const std::size_t end = entry.find(']');
    if (end == std::string_view::npos) return false;
    name = entry.substr(1, end - 1);
    if (entry.substr(end + 1).starts_with(':')) wanted_port = entry.substr(end + 2);
  } else if (std::ranges::count(entry, ':') == 1) {
    name = entry.substr(0, entry.find(':'));
    wanted_port = entry.substr(entry.find(':') + 1);
  }
  if (name.empty()) return false;
  if (!wanted_port.empty() && wanted_port != std::to_string(port)) return false;
  if (const auto listed = parse_address(name)) return address == listed;
  if (name.starts_with("*.")) name.remove_prefix(1);
  if (name.starts_with('.')) return host.ends_with(name);
  return host == name || (host.ends_with(name) && host.size() > name.size() &&
                          host[host.size() - name.size() - 1] == '.');
}

std::string_view first_set(const base::Environment& environment, std::string_view upper,
                           std::string_view small) {
  const std::string_view value = base::get(environment, upper);
  return value.empty() ? base::get(environment, small) : value;
}

std::string base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits <<= 8U;
      if (i + k < text.size()) bits |= static_cast<unsigned char>(text[i + k]);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += i + k > text.size() ? '=' : kDigits[(bits >> (18 - 6 * k)) & 63U];
    }
  }
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr ==
            text.data() + i + 3) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::string proxy_for(const base::Environment& environment, const Url& url) {
  std::string_view proxy;
  if (url.scheme == "https") {
    proxy = first_set(environment, "HTTPS_PROXY", "https_proxy");
  } else if (base::get(environment, "REQUEST_METHOD").empty()) {
    // In a CGI anybody sets HTTP_PROXY by sending a `Proxy` header.
    proxy = first_set(environment, "HTTP_PROXY", "http_proxy");
  }
  if (proxy.empty() || is_loopback(url.host)) return {};
  const std::string exempt = lower(first_set(environment, "NO_PROXY", "no_proxy"));
  const std::optional<Address> address = parse_address(url.host);
  for (std::size_t at = 0; at <= exempt.size();) {
    const std::size_t comma = std::min(exempt.find(',', at), exempt.size());
    const std::string_view entry = trim(std::string_view(exempt).substr(at, comma - at));
    if (!entry.empty() && exempts(entry, url.host, address, url.port)) return {};
    at = comma + 1;
  }
  return std::string(proxy);
}

base::Result<std::optional<Proxy>> parse_proxy(std::string_view text) {
  if (text.empty()) return std::optional<Proxy>();
  const base::Diagnostic unusable{
      .what = "the proxy that the environment names cannot be used",
      .why = "`HTTPS_PROXY` or `HTTP_PROXY` is not of the form `http://[USER:PASSWORD@]HOST:PORT`",
      .advice = "correct the variable, or exempt the host with `NO_PROXY`"};
  std::string_view rest = text;
  if (const std::size_t colon = text.find("://"); colon != std::string_view::npos) {
    if (lower(text.substr(0, colon)) != "http") {
      base::Diagnostic other = unusable;
      other.why = "only proxies spoken to over plain http are supported, and its scheme is `" +
                  lower(text.substr(0, colon)) + "`";
      return other;
    }
    rest = text.substr(colon + 3);
  }
  rest = rest.substr(0, rest.find_first_of("/?#"));
  Proxy out;
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view user_info = rest.substr(0, at);
    const std::size_t colon = user_info.find(':');
    const std::string user = percent_decoded(user_info.substr(0, colon));
    const std::string password = colon == std::string_view::npos
                                     ? std::string()
                                     : percent_decoded(user_info.substr(colon + 1));
    out.authorization = "Basic " + base64(user + ":" + password);
    rest = rest.substr(at + 1);
  }
  const auto url = parse_url("http://" + std::string(rest));
  if (!url) return unusable;
  out.host = url->host;
  out.port = url->port;
  return std::optional<Proxy>(std::move(out));
}

}  // namespace http
