#include <riva/runtime/error.hpp>

#include <boost/system/error_category.hpp>

#include <utility>

namespace riva {
namespace {

struct description {
    const char* text;
    condition meaning;
};

description describe(errc code) noexcept {
    switch (code) {
        case errc::path_invalid: return {"invalid path", condition::invalid};
        case errc::path_outside: return {"path outside the workspace", condition::refused};
        case errc::path_symlink: return {"path goes through a symbolic link", condition::refused};
        case errc::path_protected: return {"protected path", condition::refused};
        case errc::not_a_file: return {"not a regular file", condition::invalid};
        case errc::file_missing: return {"no such file", condition::invalid};
        case errc::file_exists: return {"file exists", condition::invalid};
        case errc::file_too_large: return {"file too large", condition::exhausted};
        case errc::text_missing: return {"text to replace not found", condition::invalid};
        case errc::text_ambiguous: return {"text to replace is not unique", condition::invalid};
        case errc::tree_unreadable: return {"repository cannot be read", condition::invalid};
        case errc::tree_too_large: return {"repository too large", condition::exhausted};
        case errc::conflict: return {"conflicting changes", condition::refused};
        case errc::sandbox_unavailable: return {"no sandbox", condition::refused};
        case errc::command_not_found: return {"command not found", condition::invalid};
        case errc::io_failed: return {"input/output failed", condition::transient};
        case errc::deadline_passed: return {"deadline passed", condition::timed_out};
        case errc::budget_exhausted: return {"budget exhausted", condition::exhausted};
        case errc::malformed_event: return {"malformed event", condition::corrupt};
        case errc::content_lost: return {"content lost", condition::corrupt};
    }
    return {"unknown error", condition::invalid};
}

class runtime_error_category final : public error_category {
public:
    const char* name() const noexcept override { return "riva.runtime"; }

    std::string message(int code) const override { return describe(static_cast<errc>(code)).text; }

    error_condition default_error_condition(int code) const noexcept override {
        return make_error_condition(describe(static_cast<errc>(code)).meaning);
    }
};

class condition_category final : public error_category {
public:
    const char* name() const noexcept override { return "riva.condition"; }

    std::string message(int code) const override {
        switch (static_cast<condition>(code)) {
            case condition::transient: return "transient";
            case condition::refused: return "refused";
            case condition::timed_out: return "timed out";
            case condition::cancelled: return "cancelled";
            case condition::exhausted: return "exhausted";
            case condition::corrupt: return "corrupt";
            case condition::invalid: return "invalid";
        }
        return "unknown condition";
    }
};

}  // namespace

const error_category& runtime_category() noexcept {
    static const runtime_error_category category;
    return category;
}

error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), runtime_category()};
}

error_condition make_error_condition(condition c) noexcept {
    static const condition_category category;
    return {static_cast<int>(c), category};
}

exception::exception(error reason)
    : std::runtime_error(reason.context.empty() ? reason.code.message() : reason.context),
      reason_(std::move(reason)) {}

void throw_exception_from_error(const error& e, const boost::source_location&) {
    throw exception(e);
}

}  // namespace riva
