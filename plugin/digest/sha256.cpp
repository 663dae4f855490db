#include "plugin/digest/sha256.h"

#include <array>
#include <fstream>
#include <vector>

// The digest alone, without OpenSSL's providers: from libcrypto's archive this is two kilobytes of
// code, while the shared library costs every start a millisecond.
#define OPENSSL_API_COMPAT 0x10100000L
#include <openssl/sha.h>

namespace digest {

struct Sha256::Context {
  SHA256_CTX state{};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  SHA256_Init(&context_->state);
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  SHA256_Update(&context_->state, bytes.data(), bytes.size());
}

std::string Sha256::finish() {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> bytes{};
  SHA256_Final(bytes.data(), &context_->state);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : bytes) {
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

std::string sha256(std::string_view bytes) {
  Sha256 out;
  out.update(bytes);
  return out.finish();
}

base::Result<std::string> sha256_of_file(const base::Path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return base::Diagnostic{.what = "`" + path.string() + "` cannot be read",
                            .why = error ? error.message() : "it is not a regular file"};
  }
  std::ifstream in(path, std::ios::binary);
  Sha256 out;
  std::vector<char> buffer(std::size_t{1} << 16U);
  while (in) {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    out.update({buffer.data(), static_cast<std::size_t>(in.gcount())});
  }
  if (!in.eof()) {
    return base::Diagnostic{.what = "`" + path.string() + "` cannot be read",
                            .why = "reading it failed"};
  }
  return out.finish();
}

}  // namespace digest
