// URLs taken apart by hand: a signed URL must be sent exactly as it was given, and a parser that
// decodes and encodes again would change it.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>

#include "plugin/http/http.h"

namespace http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return lower(c); });
  return out;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// What comes behind the host may be a secret (a signed URL is one), so messages never quote it.
base::Diagnostic refused(std::string why) {
  return {.what = "not a URL that can be used",
          .why = std::move(why),
          .advice = "write it as `https://HOST/PATH`"};
}

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '.' && host.front() != '-' &&
         std::ranges::all_of(host, [](char c) {
           return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
         });
}

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// `a/./b/../c` → `a/c`, as RFC 3986 §5.2.4 has it.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool folder = false;
  for (std::size_t at = 1; at <= path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, slash - at);
    folder = slash < path.size();
    if (part == "..") {
      if (!kept.empty()) kept.pop_back();
      folder = true;
    } else if (part == ".") {
      folder = true;
    } else if (folder || !part.empty()) {
      kept.push_back(part);
    }
    at = slash + 1;
  }
  std::string out;
  for (const std::string_view part : kept)
    out.append("/").append(part);
  if (folder || out.empty() || path.ends_with('/')) out += '/';
  return out;
}

}  // namespace

base::Result<Url> parse_url(std::string_view text) {
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) <= 0x20; })) {
    return refused("it holds a blank or a control character");
  }
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x7f; })) {
    return refused(
        "it holds a character that must be percent-encoded (a host: in its `xn--` form)");
  }
  Url out;
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return refused("it names no scheme");
  out.scheme = lower(text.substr(0, colon));
  if (out.scheme != "https" && out.scheme != "http") {
    return refused("its scheme is neither `https` nor `http`");
  }
  text.remove_prefix(colon + 3);
  const std::string_view authority = text.substr(0, text.find_first_of("/?#"));
  text.remove_prefix(authority.size());
  text = text.substr(0, text.find('#'));
  out.target = text.empty() || text.front() != '/' ? "/" + std::string(text) : std::string(text);

  if (authority.find('@') != std::string_view::npos) {
    return refused("it holds a user name or password");
  }
  std::string_view host = authority, port;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return refused("the `[` of its address is never closed");
    host = authority.substr(1, end - 1);
    port = authority.substr(end + 1);
    if (!is_ipv6(std::string(host))) return refused("its host is no IPv6 address");
    if (!port.empty() && port.front() != ':') return refused("text follows the `]` of its address");
    if (!port.empty()) port.remove_prefix(1);
  } else {
    if (const std::size_t at = authority.find(':'); at != std::string_view::npos) {
      host = authority.substr(0, at);
      port = authority.substr(at + 1);
    }
    if (!is_host_name(host)) return refused("its host is empty or no host name");
  }
  out.host = lower(host);
  out.port = out.scheme == "https" ? 443 : 80;
  if (!port.empty()) {
    unsigned number = 0;
    const auto [stop, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc() || stop != port.data() + port.size() || number == 0 ||
        number > 65535) {
      return refused("its port is not a number from 1 to 65535");
    }
    out.port = static_cast<std::uint16_t>(number);
  }
  return out;
}

base::Result<Url> resolve_url(const Url& from, std::string_view reference) {
  const auto end_of_scheme = std::ranges::find_if_not(reference, [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
  if (end_of_scheme != reference.begin() && end_of_scheme != reference.end() &&
      *end_of_scheme == ':' && is_letter(reference.front())) {
    return parse_url(reference);
  }
  if (reference.starts_with("//")) return parse_url(from.scheme + ":" + std::string(reference));
  const std::string_view base_path = std::string_view(from.target).substr(0, from.target.find('?'));
  reference = reference.substr(0, reference.find('#'));
  if (reference.empty()) return from;
  const std::string_view path = reference.substr(0, reference.find('?'));
  const std::string_view query = reference.substr(path.size());
  std::string target;
  if (path.empty()) {
    target = base_path;
  } else if (path.front() == '/') {
    target = without_dots(path);
  } else {
    target = without_dots(std::string(base_path.substr(0, base_path.rfind('/') + 1)) +
                          std::string(path));
  }
  return parse_url(origin(from) + target + std::string(query));
}

std::string origin(const Url& url) {
  const bool bracketed = url.host.find(':') != std::string::npos;
  std::string out = url.scheme + "://" + (bracketed ? "[" + url.host + "]" : url.host);
  if (url.port != (url.scheme == "https" ? 443 : 80)) out += ":" + std::to_string(url.port);
  return out;
}

std::string to_text(const Url& url) {
  return origin(url) + url.target;
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host.ends_with(".localhost") || host == "::1") return true;
  in_addr address{};
  return inet_pton(AF_INET, std::string(host).c_str(), &address) == 1 &&
         (ntohl(address.s_addr) >> 24U) == 127;
}

std::string encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

}  // namespace http
