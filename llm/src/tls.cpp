#include "tls.hpp"

#include "certificate_refusal.hpp"

#include <riva/llm/error.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace riva::llm {
namespace {

bool is_address(const std::string& host) {
    error_code ec;
    asio::ip::make_address(host, ec);
    return !ec;
}

}  // namespace

tls_context::tls_context() : context_(asio::ssl::context::tls_client) {}

result<std::unique_ptr<tls_context>> tls_context::make(const std::string& ca_file) {
    std::unique_ptr<tls_context> made(new tls_context);
    asio::ssl::context& context = made->context_;
    if (SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION) != 1)
        return error{errc::tls_refused, "OpenSSL on this machine has no TLS 1.2"};
    context.set_verify_mode(asio::ssl::verify_peer);
    error_code ec;
    context.set_default_verify_paths(ec);
    if (ec)
        return error{errc::tls_refused, "cannot use the system's certificates: " + ec.message()};
    if (ca_file.empty()) return made;
    context.load_verify_file(ca_file, ec);
    if (ec)
        return error{
            errc::tls_refused,
            "cannot read certificates from '" + ca_file + "' (" + ec.message() +
                "); name a PEM file that exists"
        };
    return made;
}

tls_session::tls_session(asio::ip::tcp::socket& socket, tls_context& context, std::string host)
    : stream_(socket, context.native()), host_(std::move(host)) {
    if (!is_address(host_)) SSL_set_tlsext_host_name(stream_.native_handle(), host_.c_str());
    stream_.set_verify_callback([this](bool trusted, asio::ssl::verify_context& chain) {
        return verify(trusted, chain);
    });
}

bool tls_session::verify(bool trusted, asio::ssl::verify_context& context) {
    X509_STORE_CTX* chain = context.native_handle();
    if (!trusted) {
        refusal_ = explain_distrust(chain);
        return false;
    }
    if (asio::ssl::host_name_verification(host_)(true, context)) return true;
    refusal_ = explain_other_host(X509_STORE_CTX_get_current_cert(chain), host_);
    return false;
}

std::string tls_session::explain(const error_code& failure) const {
    if (!refusal_.empty()) return "its certificate is refused: " + refusal_;
    return explain_no_handshake(static_cast<unsigned>(failure.value()), failure.message());
}

}  // namespace riva::llm
