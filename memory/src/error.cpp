#include <riva/memory/error.hpp>

#include <boost/system/error_category.hpp>

namespace riva::memory {
namespace {

struct description {
    const char* text;
    condition meaning;
};

description describe(errc code) noexcept {
    switch (code) {
        case errc::corrupt: return {"database damaged", condition::corrupt};
        case errc::busy: return {"database busy", condition::transient};
        case errc::full: return {"no space left", condition::exhausted};
        case errc::read_only: return {"database not writable", condition::refused};
        case errc::io_failed: return {"database input or output failed", condition::transient};
        case errc::newer_schema: return {"database of a newer riva", condition::invalid};
        case errc::foreign: return {"database of another program", condition::invalid};
        case errc::unknown_run: return {"unknown run", condition::invalid};
        case errc::unknown_entry: return {"unknown entry of project memory", condition::invalid};
        case errc::bad_entry: return {"bad entry of project memory", condition::invalid};
        case errc::closed: return {"journal closed", condition::refused};
    }
    return {"unknown error", condition::invalid};
}

class memory_category final : public error_category {
public:
    const char* name() const noexcept override { return "riva.memory"; }

    std::string message(int code) const override { return describe(static_cast<errc>(code)).text; }

    error_condition default_error_condition(int code) const noexcept override {
        return make_error_condition(describe(static_cast<errc>(code)).meaning);
    }
};

}  // namespace

const error_category& category() noexcept {
    static const memory_category instance;
    return instance;
}

error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), category()};
}

}  // namespace riva::memory
