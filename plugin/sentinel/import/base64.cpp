// The `base64` import. Documentation: Sentinel, imports/base64; RFC 4648 §4 and §5, padded.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "plugin/sentinel/import/call.h"
#include "plugin/sentinel/import/rows.h"

namespace sentinel {
namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

Value encode(NativeCall& call, std::string_view alphabet) {
  const std::string_view in = call.string(0);
  Walk(call.machine, "base64.encode").check_size(in.size() / 3 * 4 + 4);
  std::string out;
  out.reserve(in.size() / 3 * 4 + 4);
  for (std::size_t i = 0; i < in.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8U | (i + k < in.size() ? static_cast<unsigned char>(in[i + k]) : 0U);
    const std::size_t given = std::min<std::size_t>(in.size() - i, 3);
    for (std::size_t k = 0; k < 4; ++k)
      out += k <= given ? alphabet[bits >> (18 - 6 * k) & 63U] : '=';
  }
  return call.machine.arena().string(out);
}

/// As Go's decoder: line ends are skipped, padding must be right, stray bits are ignored. On an
/// error `bad` is the offset where it stops.
std::optional<std::string> decode_text(std::string_view in, std::string_view alphabet,
                                       std::size_t& bad) {
  std::array<std::int8_t, 256> digit;
  digit.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    digit[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  std::string out;
  std::uint32_t bits = 0;
  std::size_t digits = 0;   // in the group
  std::size_t padding = 0;  // in the group
  bool ended = false;
  for (bad = 0; bad < in.size(); ++bad) {
    const char c = in[bad];
    if (c == '\n' || c == '\r') continue;
    if (ended) return std::nullopt;
    if (c == '=') {
      if (digits < 2) return std::nullopt;
      ++padding;
      if (digits + padding < 4) continue;
      out += static_cast<char>(bits >> (digits == 3 ? 10U : 4U) & 255U);
      if (digits == 3) out += static_cast<char>(bits >> 2U & 255U);
      ended = true;
      digits = 0;
      continue;
    }
    const std::int8_t value = digit[static_cast<unsigned char>(c)];
    if (value < 0 || padding > 0) return std::nullopt;
    bits = bits << 6U | static_cast<std::uint32_t>(value);
    if (++digits < 4) continue;
    out += static_cast<char>(bits >> 16U & 255U);
    out += static_cast<char>(bits >> 8U & 255U);
    out += static_cast<char>(bits & 255U);
    digits = 0;
  }
  if (digits > 0) return std::nullopt;
  return out;
}

Value decode(NativeCall& call, std::string_view alphabet, std::string_view name) {
  std::size_t bad = 0;
  const std::optional<std::string> text = decode_text(call.string(0), alphabet, bad);
  if (!text) {
    call.machine.fail("`" + std::string(name) + "` cannot decode byte " + std::to_string(bad + 1) +
                      " of its argument: not padded base64 of its alphabet");
  }
  return call.machine.arena().string(*text);
}

Value encode_standard(NativeCall& call) {
  return encode(call, kStandard);
}
Value decode_standard(NativeCall& call) {
  return decode(call, kStandard, "base64.decode");
}
Value encode_url(NativeCall& call) {
  return encode(call, kUrl);
}
Value decode_url(NativeCall& call) {
  return decode(call, kUrl, "base64.urldecode");
}

constexpr FunctionRow kFunctions[] = {
    {"encode", 1, 1, {kText}, encode_standard, "s in Base64, padded"},
    {"decode", 1, 1, {kText}, decode_standard, "the bytes that Base64 text s stands for"},
    {"urlencode", 1, 1, {kText}, encode_url, "s in Base64 with the alphabet safe in URLs, padded"},
    {"urldecode", 1, 1, {kText}, decode_url, "the bytes that URL-safe Base64 text s stands for"},
};

}  // namespace

constinit const ImportRow kBase64{"base64", kFunctions, nullptr, "Base64 encoding and decoding"};

}  // namespace sentinel
