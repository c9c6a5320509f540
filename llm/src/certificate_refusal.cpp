#include "certificate_refusal.hpp"

#include "utc.hpp"
#include "utf8.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <string_view>

namespace riva::llm {
namespace {

namespace ip = boost::asio::ip;

constexpr int most_names = 5;

struct free_names {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
using name_list = std::unique_ptr<GENERAL_NAMES, free_names>;

std::string_view bytes_of(const ASN1_STRING* text) {
    const auto* bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(text));
    return {bytes, static_cast<std::size_t>(ASN1_STRING_length(text))};
}

template <class Address>
std::string address_text(std::string_view bytes) {
    typename Address::bytes_type raw{};
    std::copy_n(bytes.begin(), raw.size(), raw.begin());
    return Address(raw).to_string();
}

/// Nothing for a name that is no host's.
std::optional<std::string> host_text(const GENERAL_NAME* name) {
    int kind = 0;
    const auto* value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(name, &kind));
    if (kind != GEN_DNS && kind != GEN_IPADD) return std::nullopt;
    const std::string_view bytes = bytes_of(value);
    if (kind == GEN_DNS) return printable(bytes, 100);
    if (bytes.size() == 4) return address_text<ip::address_v4>(bytes);
    if (bytes.size() == 16) return address_text<ip::address_v6>(bytes);
    return std::nullopt;
}

/// Common name of a subject or an issuer; empty if it has none.
std::string common_name(const X509_NAME* whose) {
    const int at = X509_NAME_get_index_by_NID(whose, NID_commonName, -1);
    if (at < 0) return {};
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(whose, at);
    return printable(bytes_of(X509_NAME_ENTRY_get_data(entry)), 100);
}

/// The hosts of a certificate, the first few of many.
std::string hosts_of(const X509* shown) {
    const name_list names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(shown, NID_subject_alt_name, nullptr, nullptr))
    );
    if (!names) return common_name(X509_get_subject_name(shown));
    std::string text;
    int listed = 0;
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const auto host = host_text(sk_GENERAL_NAME_value(names.get(), i));
        if (!host) continue;
        if (++listed > most_names) return text + " and others";
        text += (text.empty() ? "" : ", ") + *host;
    }
    return text;
}

std::string date(const ASN1_TIME* when) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(when, &parts) != 1) return "an unreadable date";
    return utc(std::chrono::system_clock::from_time_t(::timegm(&parts)));
}

}  // namespace

std::string explain_distrust(X509_STORE_CTX* chain) {
    const int reason = X509_STORE_CTX_get_error(chain);
    const X509* shown = X509_STORE_CTX_get_current_cert(chain);
    if (shown == nullptr) return X509_verify_cert_error_string(reason);
    const std::string who =
        X509_STORE_CTX_get_error_depth(chain) == 0 ? "it" : "the certificate of its issuer";
    const std::string trust =
        "; if it should be trusted, name a PEM file with that certificate with --ca-file";
    switch (reason) {
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return "it is self-signed" + trust;
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return "its issuer '" + common_name(X509_get_subject_name(shown)) +
                   "' is self-signed and not known here" + trust;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return "its issuer '" + common_name(X509_get_issuer_name(shown)) +
                   "' is not known here; if it should be trusted, name a PEM file with the "
                   "certificate of that issuer with --ca-file";
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return who + " has expired on " + date(X509_get0_notAfter(shown)) +
                   "; the server needs a new one, or the clock here is wrong";
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return who + " is not yet valid, but from " + date(X509_get0_notBefore(shown)) +
                   " on; the clock here or that of its issuer is wrong";
        default: return X509_verify_cert_error_string(reason);
    }
}

std::string explain_other_host(const X509* shown, const std::string& host) {
    const std::string hosts = shown == nullptr ? std::string() : hosts_of(shown);
    return "it is not made for the host " + host + ", but for " + (hosts.empty() ? "none" : hosts) +
           "; check the base URL";
}

std::string explain_no_handshake(unsigned long failure, const std::string& otherwise) {
    const bool by_tls = ERR_GET_LIB(failure) == ERR_LIB_SSL;
    switch (by_tls ? ERR_GET_REASON(failure) : 0) {
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
            return "it speaks no TLS from 1.2 on, and older ones are not safe";
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_PACKET_LENGTH_TOO_LONG:
        case SSL_R_HTTP_REQUEST:
            return "it does not speak TLS; check the port and the https:// of the base URL";
        default: return "TLS failed: " + otherwise;
    }
}

}  // namespace riva::llm
