#include <riva/runtime/digest.hpp>

#include <openssl/evp.h>

#include <new>

namespace riva {

struct sha256_stream::context {
    context() : handle(EVP_MD_CTX_new()) {
        if (handle == nullptr || EVP_DigestInit_ex(handle, EVP_sha256(), nullptr) != 1)
            throw std::bad_alloc();
    }
    ~context() { EVP_MD_CTX_free(handle); }
    context(const context&) = delete;
    context& operator=(const context&) = delete;

    EVP_MD_CTX* handle;
};

sha256_stream::sha256_stream() : context_(std::make_unique<context>()) {}
sha256_stream::~sha256_stream() = default;
sha256_stream::sha256_stream(sha256_stream&&) noexcept = default;
sha256_stream& sha256_stream::operator=(sha256_stream&&) noexcept = default;

void sha256_stream::update(std::string_view bytes) {
    EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size());
}

std::string sha256_stream::finish() {
    std::array<unsigned char, 32> digest{};
    EVP_DigestFinal_ex(context_->handle, digest.data(), nullptr);
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(64);
    for (const unsigned char byte : digest) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string sha256(std::string_view bytes) {
    sha256_stream stream;
    stream.update(bytes);
    return stream.finish();
}

}  // namespace riva
