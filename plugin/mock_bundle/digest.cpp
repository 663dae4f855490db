#include "plugin/mock_bundle/digest.h"

#include <array>
#include <fstream>
#include <vector>

#include <openssl/evp.h>

namespace mock_bundle {

struct Sha256::Context {
  EVP_MD_CTX* handle = EVP_MD_CTX_new();

  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(handle); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  EVP_DigestInit_ex(context_->handle, EVP_sha256(), nullptr);
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size());
}

std::string Sha256::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(context_->handle, digest.data(), &size);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (unsigned int i = 0; i < size; ++i) {
    out += kDigits[digest[i] >> 4U];
    out += kDigits[digest[i] & 15U];
  }
  return out;
}

std::string sha256(std::string_view bytes) {
  Sha256 digest;
  digest.update(bytes);
  return digest.finish();
}

base::Result<std::string> sha256_of_file(const base::Path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return base::Diagnostic{.what = "`" + path.string() + "` cannot be read",
                            .why = error ? error.message() : "it is not a regular file"};
  }
  std::ifstream in(path, std::ios::binary);
  Sha256 digest;
  std::vector<char> buffer(std::size_t{1} << 16U);
  while (in) {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    digest.update({buffer.data(), static_cast<std::size_t>(in.gcount())});
  }
  if (!in.eof()) {
    return base::Diagnostic{.what = "`" + path.string() + "` cannot be read",
                            .why = "reading it failed"};
  }
  return digest.finish();
}

}  // namespace mock_bundle
