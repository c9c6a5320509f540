#include <riva/llm/error.hpp>

#include <boost/system/error_category.hpp>

namespace riva::llm {
namespace {

struct description {
    const char* text;
    condition meaning;
};

description describe(errc code) noexcept {
    switch (code) {
        case errc::invalid_spec: return {"invalid model specification", condition::invalid};
        case errc::connect_failed: return {"connection failed", condition::transient};
        case errc::connection_lost: return {"connection lost", condition::transient};
        case errc::connect_timed_out: return {"connecting timed out", condition::timed_out};
        case errc::header_timed_out: return {"no response in time", condition::timed_out};
        case errc::idle_timed_out: return {"response went silent", condition::timed_out};
        case errc::total_timed_out: return {"deadline passed", condition::timed_out};
        case errc::tls_refused: return {"TLS refused", condition::refused};
        case errc::http_malformed: return {"malformed HTTP response", condition::corrupt};
        case errc::http_limit: return {"HTTP response over a limit", condition::exhausted};
        case errc::redirected: return {"redirected", condition::refused};
        case errc::unexpected_content: return {"unexpected content type", condition::corrupt};
        case errc::malformed_answer: return {"malformed answer", condition::corrupt};
        case errc::truncated_answer: return {"answer cut off", condition::transient};
        case errc::answer_too_long: return {"answer over the output limit", condition::exhausted};
        case errc::refused_by_model: return {"refused by the model", condition::refused};
        case errc::schema_mismatch: return {"answer does not fit its schema", condition::corrupt};
        case errc::bad_request: return {"bad request", condition::invalid};
        case errc::unauthorized: return {"unauthorized", condition::refused};
        case errc::quota_exceeded: return {"quota exceeded", condition::refused};
        case errc::rate_limited: return {"rate limited", condition::transient};
        case errc::server_failed: return {"server failed", condition::transient};
        case errc::endpoint_resting: return {"endpoint resting", condition::transient};
        case errc::queue_full: return {"too many calls wait", condition::exhausted};
        case errc::invalid_price: return {"invalid price", condition::invalid};
        case errc::script_invalid: return {"invalid script", condition::invalid};
    }
    return {"unknown error", condition::invalid};
}

class llm_error_category final : public error_category {
public:
    const char* name() const noexcept override { return "riva.llm"; }

    std::string message(int code) const override { return describe(static_cast<errc>(code)).text; }

    error_condition default_error_condition(int code) const noexcept override {
        return make_error_condition(describe(static_cast<errc>(code)).meaning);
    }
};

}  // namespace

const error_category& category() noexcept {
    static const llm_error_category category;
    return category;
}

error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), category()};
}

}  // namespace riva::llm
