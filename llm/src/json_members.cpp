#include "json_members.hpp"

#include <boost/json/value.hpp>

namespace riva::llm {

namespace json = boost::json;

namespace {

const json::value* find(const json::object& of, std::string_view key) {
    return of.if_contains({key.data(), key.size()});
}

}  // namespace

std::string_view text_member(const json::object& of, std::string_view key) {
    const json::value* found = find(of, key);
    const json::string* text = found ? found->if_string() : nullptr;
    return text ? std::string_view(text->data(), text->size()) : std::string_view();
}

const json::object* object_member(const json::object& of, std::string_view key) {
    const json::value* found = find(of, key);
    return found ? found->if_object() : nullptr;
}

const json::array* array_member(const json::object& of, std::string_view key) {
    const json::value* found = find(of, key);
    return found ? found->if_array() : nullptr;
}

std::optional<std::int64_t> count_member(const json::object& of, std::string_view key) {
    constexpr double most = 9007199254740992.0;
    const json::value* found = find(of, key);
    if (found == nullptr || !found->is_number()) return std::nullopt;
    const auto count = found->to_number<double>();
    if (!(count >= 0 && count <= most)) return std::nullopt;
    return static_cast<std::int64_t>(count);
}

}  // namespace riva::llm
