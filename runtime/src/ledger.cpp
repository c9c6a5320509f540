#include <riva/runtime/ledger.hpp>

#include <utility>

namespace riva {

ledger::lease::lease(lease&& other) noexcept
    : from_(std::exchange(other.from_, nullptr)), tokens_(other.tokens_) {}

ledger::lease& ledger::lease::operator=(lease&& other) noexcept {
    if (this != &other) {
        if (from_ != nullptr) from_->reserved_ -= tokens_;
        from_ = std::exchange(other.from_, nullptr);
        tokens_ = other.tokens_;
    }
    return *this;
}

ledger::lease::~lease() {
    if (from_ != nullptr) from_->reserved_ -= tokens_;
}

void ledger::lease::settle(std::int64_t tokens) {
    if (from_ == nullptr) return;
    from_->reserved_ -= tokens_;
    from_->tokens_ += tokens;
    from_ = nullptr;
}

result<ledger::lease> ledger::reserve(std::int64_t tokens) {
    if (calls_ >= limits_.calls)
        return error{
            errc::budget_exhausted,
            "The limit of " + std::to_string(limits_.calls) + " model calls is reached."
        };
    // Written so that no sum can overflow.
    if (tokens > limits_.tokens - tokens_ - reserved_)
        return error{
            errc::budget_exhausted,
            "The next model call could cost " + std::to_string(tokens) + " tokens; " +
                std::to_string(limits_.tokens - tokens_ - reserved_) + " of the limit of " +
                std::to_string(limits_.tokens) + " are left."
        };
    ++calls_;
    reserved_ += tokens;
    return lease(*this, tokens);
}

}  // namespace riva
