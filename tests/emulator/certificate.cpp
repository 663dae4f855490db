#include "tests/emulator/certificate.h"

#include <memory>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace emulator {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Freed<X509_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio.get());
}

std::string pem(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

void set_name(X509* certificate, const std::string& name) {
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
}

void extend(X509* certificate, int what, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Cert make(const std::string& name, EVP_PKEY* key, int from_days, int to_days) {
  static long serial = 1;
  Cert out(X509_new());
  X509_set_version(out.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(out.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(out.get()), 86'400L * from_days);
  X509_gmtime_adj(X509_getm_notAfter(out.get()), 86'400L * to_days);
  X509_set_pubkey(out.get(), key);
  set_name(out.get(), name);
  return out;
}

}  // namespace

Certificate make_authority(const std::string& name) {
  const Key key(EVP_EC_gen("P-256"));
  const Cert out = make(name, key.get(), -10, 30);
  X509_set_issuer_name(out.get(), X509_get_subject_name(out.get()));
  extend(out.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(out.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  X509_sign(out.get(), key.get(), EVP_sha256());
  return {pem(out.get()), pem(key.get())};
}

Certificate issue(const Certificate& authority, const std::vector<std::string>& names,
                  int from_days, int to_days) {
  const Bio ca_text(BIO_new_mem_buf(authority.certificate.data(),
                                    static_cast<int>(authority.certificate.size())));
  const Bio key_text(BIO_new_mem_buf(authority.key.data(), static_cast<int>(authority.key.size())));
  const Cert ca(PEM_read_bio_X509(ca_text.get(), nullptr, nullptr, nullptr));
  const Key ca_key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  const Key key(EVP_EC_gen("P-256"));
  const Cert out = make(names.front(), key.get(), from_days, to_days);
  X509_set_issuer_name(out.get(), X509_get_subject_name(ca.get()));
  std::string list;
  for (const std::string& name : names) {
    in_addr address{};
    const bool is_address = inet_pton(AF_INET, name.c_str(), &address) == 1;
    list += (list.empty() ? "" : ",") + std::string(is_address ? "IP:" : "DNS:") + name;
  }
  extend(out.get(), NID_subject_alt_name, list);
  X509_sign(out.get(), ca_key.get(), EVP_sha256());
  return {pem(out.get()), pem(key.get())};
}

}  // namespace emulator
