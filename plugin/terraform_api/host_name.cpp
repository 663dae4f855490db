#include "plugin/terraform_api/host_name.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace terraform_api {
namespace {

std::optional<std::vector<std::uint32_t>> code_points(std::string_view text) {
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t more = lead < 0x80 ? 0 : lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || i + more >= text.size()) {
      return std::nullopt;
    }
    std::uint32_t point = more == 0 ? lead : lead & (0x3fU >> more);
    for (std::size_t k = 1; k <= more; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if ((byte & 0xc0U) != 0x80) return std::nullopt;
      point = (point << 6U) | (byte & 0x3fU);
    }
    out.push_back(point);
    i += more + 1;
  }
  return out;
}

// RFC 3492, with its own constants.
std::optional<std::string> punycode(const std::vector<std::uint32_t>& label) {
  constexpr std::uint32_t kBase = 36, kMin = 1, kMax = 26, kSkew = 38, kDamp = 700;
  const auto digit = [](std::uint32_t d) {
    return static_cast<char>(d < 26 ? 'a' + d : '0' + d - 26);
  };
  std::string out;
  for (const std::uint32_t point : label) {
    if (point < 0x80) out += static_cast<char>(point);
  }
  std::uint32_t handled = static_cast<std::uint32_t>(out.size());
  const std::uint32_t basic = handled;
  if (basic > 0) out += '-';
  std::uint32_t n = 0x80, delta = 0, bias = 72;
  while (handled < label.size()) {
    std::uint32_t next = std::numeric_limits<std::uint32_t>::max();
    for (const std::uint32_t point : label) {
      if (point >= n) next = std::min(next, point);
    }
    if (next - n > (std::numeric_limits<std::uint32_t>::max() - delta) / (handled + 1)) {
      return std::nullopt;
    }
    delta += (next - n) * (handled + 1);
    n = next;
    for (const std::uint32_t point : label) {
      if (point < n) ++delta;
      if (point != n) continue;
      std::uint32_t q = delta;
      for (std::uint32_t k = kBase;; k += kBase) {
        const std::uint32_t t = k <= bias ? kMin : k >= bias + kMax ? kMax : k - bias;
        if (q < t) break;
        out += digit(t + (q - t) % (kBase - t));
        q = (q - t) / (kBase - t);
      }
      out += digit(q);
      std::uint32_t adapted = handled == basic ? delta / kDamp : delta / 2;
      adapted += adapted / (handled + 1);
      std::uint32_t k = 0;
      for (; adapted > ((kBase - kMin) * kMax) / 2; k += kBase)
        adapted /= kBase - kMin;
      bias = k + (kBase - kMin + 1) * adapted / (adapted + kSkew);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++n;
  }
  return out;
}

}  // namespace

std::string comparable_host(std::string_view written) {
  std::string lower(written);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  std::string port;
  if (const std::size_t colon = lower.rfind(':');
      colon != std::string::npos && lower.find(':') == colon) {
    port = lower.substr(colon);
    lower.resize(colon);
    if (port == ":443") port.clear();
  }
  std::string out;
  for (std::size_t at = 0; at <= lower.size();) {
    const std::size_t dot = std::min(lower.find('.', at), lower.size());
    const std::string label = lower.substr(at, dot - at);
    if (!out.empty() || at > 0) out += '.';
    if (std::ranges::all_of(label, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
      out += label;
    } else {
      const auto points = code_points(label);
      const auto encoded = points ? punycode(*points) : std::nullopt;
      if (!encoded) return {};
      out += "xn--" + *encoded;
    }
    at = dot + 1;
  }
  return out + port;
}

}  // namespace terraform_api
