// The `sockaddr` import. Documentation: Sentinel, imports/sockaddr. Addresses are read as
// go-sockaddr reads them: an address, a network in CIDR form, or an address with a port; a path
// with a slash is a socket of Unix, which is equal or not and contains nothing.

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <arpa/inet.h>

#include "plugin/sentinel/import/call.h"
#include "plugin/sentinel/import/rows.h"

namespace sentinel {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

struct Address {
  enum class Family : std::uint8_t { Ipv4, Ipv6, Unix };

  Family family = Family::Ipv4;
  Bytes bytes{};          // IPv4: the first four
  int prefix = 0;         // bits of the network
  int port = 0;           // 0: none given
  std::string_view path;  // Unix

  bool operator==(const Address&) const = default;
};

std::optional<int> small_number(std::string_view text, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (number < 0 || number > most) return std::nullopt;
  return number;
}

/// A bare address.
std::optional<Address> parse_ip(std::string_view text) {
  if (text.size() > 45) return std::nullopt;
  const std::string zero_ended(text);
  if (zero_ended.find('\0') != std::string::npos) return std::nullopt;
  Address address;
  if (inet_pton(AF_INET, zero_ended.c_str(), address.bytes.data()) == 1) {
    address.prefix = 32;
    return address;
  }
  if (inet_pton(AF_INET6, zero_ended.c_str(), address.bytes.data()) != 1) return std::nullopt;
  constexpr Bytes kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (std::equal(kMapped.begin(), kMapped.begin() + 12, address.bytes.begin())) {
    // ::ffff:10.0.0.1 is 10.0.0.1.
    Bytes short_form{};
    std::copy(address.bytes.begin() + 12, address.bytes.end(), short_form.begin());
    address.bytes = short_form;
    address.prefix = 32;
    return address;
  }
  address.family = Address::Family::Ipv6;
  address.prefix = 128;
  return address;
}

std::optional<Address> parse(std::string_view text) {
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    if (std::optional<Address> address = parse_ip(text.substr(0, slash))) {
      const std::optional<int> prefix = small_number(text.substr(slash + 1), address->prefix);
      if (prefix) {
        address->prefix = *prefix;
        return address;
      }
    }
  } else if (std::optional<Address> bare = parse_ip(text)) {
    return bare;
  } else if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
    if (bracketed) host = host.substr(1, host.size() - 2);
    std::optional<Address> address = parse_ip(host);
    const std::optional<int> port = small_number(text.substr(colon + 1), 65535);
    if (address && port && bracketed == (host.find(':') != std::string_view::npos)) {
      address->port = *port;
      return address;
    }
  }
  if (!text.starts_with('.') && text.find('/') == std::string_view::npos) return std::nullopt;
  Address path;
  path.family = Address::Family::Unix;
  path.path = text;
  return path;
}

/// The first or last address of a network.
Bytes edge(const Address& a, bool last) {
  Bytes out = a.bytes;
  const int bits = a.family == Address::Family::Ipv4 ? 32 : 128;
  for (int bit = a.prefix; bit < bits; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    std::uint8_t& byte = out[static_cast<std::size_t>(bit / 8)];
    byte = static_cast<std::uint8_t>(last ? byte | mask : byte & ~mask);
  }
  return out;
}

Address operand(NativeCall& call, std::size_t i, std::string_view function) {
  const std::optional<Address> address = parse(call.string(i));
  if (!address) {
    call.machine.fail("`" + std::string(call.string(i).substr(0, 80)) + "` given to `" +
                      std::string(function) +
                      "` is not an address such as `10.0.0.1`, `10.0.0.0/8` or `::1`");
  }
  return *address;
}

Value is_contained(NativeCall& call) {
  const Address outer = operand(call, 0, "sockaddr.is_contained");
  const Address inner = operand(call, 1, "sockaddr.is_contained");
  if (outer.family != inner.family || outer.family == Address::Family::Unix)
    return Value::boolean(false);
  return Value::boolean(edge(outer, false) <= edge(inner, false) &&
                        edge(outer, true) >= edge(inner, true));
}

Value is_equal(NativeCall& call) {
  return Value::boolean(operand(call, 0, "sockaddr.is_equal") ==
                        operand(call, 1, "sockaddr.is_equal"));
}

Value is_of(const NativeCall& call, Address::Family family) {
  const std::optional<Address> address = parse(call.string(0));
  return Value::boolean(address && address->family == family);
}

Value is_ipv4(NativeCall& call) {
  return is_of(call, Address::Family::Ipv4);
}

Value is_ipv6(NativeCall& call) {
  return is_of(call, Address::Family::Ipv6);
}

constexpr FunctionRow kFunctions[] = {
    {"is_contained",
     2,
     2,
     {kText, kText},
     is_contained,
     "whether network outer contains address or network inner"},
    {"is_equal",
     2,
     2,
     {kText, kText},
     is_equal,
     "whether two addresses are the same, network and port included"},
    {"is_ipv4", 1, 1, {kText}, is_ipv4, "whether a text is an IPv4 address"},
    {"is_ipv6", 1, 1, {kText}, is_ipv6, "whether a text is an IPv6 address"},
};

}  // namespace

constinit const ImportRow kSockaddr{"sockaddr", kFunctions, nullptr, "IP addresses and networks"};

}  // namespace sentinel
