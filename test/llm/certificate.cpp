#include "certificate.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <memory>
#include <stdexcept>

namespace riva::test {
namespace {

template <auto Free>
struct freer {
    template <class T>
    void operator()(T* owned) const {
        Free(owned);
    }
};

using key_pointer = std::unique_ptr<EVP_PKEY, freer<EVP_PKEY_free>>;
using certificate_pointer = std::unique_ptr<X509, freer<X509_free>>;
using extension_pointer = std::unique_ptr<X509_EXTENSION, freer<X509_EXTENSION_free>>;
using bio_pointer = std::unique_ptr<BIO, freer<BIO_free_all>>;

void require(bool worked, const char* what) {
    if (!worked) throw std::runtime_error(what);
}

std::string text_of(BIO* bio) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(bio, &bytes);
    return std::string(bytes, static_cast<std::size_t>(size));
}

bio_pointer reader_of(const std::string& pem) {
    return bio_pointer(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

key_pointer read_key(const std::string& pem) {
    return key_pointer(PEM_read_bio_PrivateKey(reader_of(pem).get(), nullptr, nullptr, nullptr));
}

certificate_pointer read_certificate(const std::string& pem) {
    return certificate_pointer(PEM_read_bio_X509(reader_of(pem).get(), nullptr, nullptr, nullptr));
}

void extend(X509* made, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, made, nullptr, nullptr, 0);
    const extension_pointer extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    require(extension && X509_add_ext(made, extension.get(), -1) == 1, "certificate extension");
}

/// A fresh certificate without issuer and signature, with `key`.
certificate_pointer blank(EVP_PKEY* key, const std::string& name, validity holds) {
    static std::atomic<long> serial{1};
    constexpr long day = 24L * 60 * 60;
    certificate_pointer made(X509_new());
    require(made != nullptr, "certificate");
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial++);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), holds.from * day);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), holds.to * day);
    X509_set_pubkey(made.get(), key);
    X509_NAME_add_entry_by_txt(
        X509_get_subject_name(made.get()),
        "CN",
        MBSTRING_UTF8,
        reinterpret_cast<const unsigned char*>(name.c_str()),
        -1,
        -1,
        0
    );
    return made;
}

certificate sealed(X509* made, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
    X509_set_issuer_name(made, X509_get_subject_name(issuer));
    require(X509_sign(made, issuer_key, EVP_sha256()) > 0, "signature");
    const bio_pointer pem(BIO_new(BIO_s_mem()));
    const bio_pointer key_pem(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(pem.get(), made);
    PEM_write_bio_PrivateKey(key_pem.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return {text_of(pem.get()), text_of(key_pem.get())};
}

}  // namespace

certificate make_authority(const std::string& name, validity holds) {
    const key_pointer key(EVP_EC_gen("P-256"));
    const auto made = blank(key.get(), name, holds);
    extend(made.get(), made.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(made.get(), made.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    return sealed(made.get(), key.get(), made.get(), key.get());
}

certificate issue(const certificate& authority, const std::string& names, validity holds) {
    const auto issuer = read_certificate(authority.pem);
    const auto issuer_key = read_key(authority.key);
    const key_pointer key(EVP_EC_gen("P-256"));
    const auto made = blank(key.get(), "server", holds);
    extend(made.get(), issuer.get(), NID_subject_alt_name, names);
    return sealed(made.get(), key.get(), issuer.get(), issuer_key.get());
}

certificate make_self_signed(const std::string& names) {
    const key_pointer key(EVP_EC_gen("P-256"));
    const auto made = blank(key.get(), "server", {});
    extend(made.get(), made.get(), NID_subject_alt_name, names);
    return sealed(made.get(), key.get(), made.get(), key.get());
}

}  // namespace riva::test
