#include <riva/agents/error.hpp>

#include <boost/system/error_category.hpp>

namespace riva::agents {
namespace {

struct description {
    const char* text;
    condition meaning;
};

description describe(errc code) noexcept {
    switch (code) {
        case errc::empty_task: return {"empty task", condition::invalid};
        case errc::unknown_agent: return {"unknown agent", condition::invalid};
        case errc::unknown_setting: return {"unknown setting", condition::invalid};
        case errc::bad_value: return {"bad value", condition::invalid};
        case errc::no_model: return {"no model", condition::invalid};
        case errc::malformed_proposal: return {"malformed proposal", condition::corrupt};
        case errc::not_divisible: return {"not divisible", condition::refused};
        case errc::repeated_goal: return {"repeated goal", condition::refused};
        case errc::denied: return {"denied", condition::refused};
        case errc::limit_reached: return {"limit reached", condition::exhausted};
        case errc::unknown_price: return {"unknown price", condition::invalid};
        case errc::not_resumable: return {"not resumable", condition::invalid};
        case errc::not_replayable: return {"not replayable", condition::invalid};
        case errc::run_active: return {"run active", condition::transient};
        case errc::nothing_to_apply: return {"nothing to apply", condition::invalid};
    }
    return {"unknown error", condition::invalid};
}

class agents_category final : public error_category {
public:
    const char* name() const noexcept override { return "riva.agents"; }

    std::string message(int code) const override { return describe(static_cast<errc>(code)).text; }

    error_condition default_error_condition(int code) const noexcept override {
        return make_error_condition(describe(static_cast<errc>(code)).meaning);
    }
};

}  // namespace

const error_category& category() noexcept {
    static const agents_category instance;
    return instance;
}

error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), category()};
}

}  // namespace riva::agents
