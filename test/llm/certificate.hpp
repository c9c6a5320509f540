#pragma once

#include <string>

namespace riva::test {

/// A certificate and its private key, both PEM.
struct certificate {
    std::string pem;
    std::string key;
};

/// From and to when a certificate holds, in days from now.
struct validity {
    long from = -1;
    long to = 30;
};

/// An authority that can issue certificates.
certificate make_authority(const std::string& name, validity holds = validity());

/// A server certificate for names as OpenSSL writes them: `DNS:localhost`, `IP:127.0.0.1`.
certificate issue(
    const certificate& authority, const std::string& names, validity holds = validity()
);

/// A server certificate that vouches for itself.
certificate make_self_signed(const std::string& names);

}  // namespace riva::test
