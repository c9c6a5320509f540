#pragma once

#include <openssl/types.h>

#include <string>

namespace riva::llm {

/// Why a chain of certificates is not trusted and what to do about it, for a person: the rest of a
/// sentence about the certificate of a server.
std::string explain_distrust(X509_STORE_CTX* chain);

/// The same of a trusted certificate that is not made for `host`: which hosts it is made for.
std::string explain_other_host(const X509* shown, const std::string& host);

/// The same of a handshake that ended before there was a certificate to judge. `failure` is
/// OpenSSL's code.
std::string explain_no_handshake(unsigned long failure, const std::string& otherwise);

}  // namespace riva::llm
