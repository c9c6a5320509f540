#include "json_text.hpp"

#include "json_scanner.hpp"
#include "utf8.hpp"

#include <riva/llm/error.hpp>

#include <boost/json/value_stack.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

namespace riva::llm {
namespace {

namespace json = boost::json;

/// Handler for `json_scanner`: builds the value, and refuses what could not be seen in it.
class value_builder {
public:
    std::string complaint;

    json::value release() { return built_.release(); }

    bool on_object_begin() { return open(); }
    bool on_array_begin() { return open(); }
    bool on_object_end();
    bool on_array_end();
    bool on_key(std::string_view key);
    bool on_string(std::string_view text, std::string_view) {
        return add(&json::value_stack::push_string, text);
    }
    bool on_int64(std::int64_t value) { return add(&json::value_stack::push_int64, value); }
    bool on_uint64(std::uint64_t value) { return add(&json::value_stack::push_uint64, value); }
    bool on_double(double value);
    bool on_bool(bool value) { return add(&json::value_stack::push_bool, value); }
    bool on_null() { return add(&json::value_stack::push_null); }

private:
    struct container {
        std::size_t values = 0;
        std::size_t first_key = 0;  // in keys_
    };
    struct key {
        std::size_t begin, size;  // in text_
    };

    bool open() {
        open_.push_back({0, keys_.size()});
        return true;
    }
    std::size_t close() {
        const std::size_t values = open_.back().values;
        open_.pop_back();
        if (!open_.empty()) ++open_.back().values;
        return values;
    }
    template <class Push, class... Value>
    bool add(Push push, Value... value) {
        (built_.*push)(value...);
        if (!open_.empty()) ++open_.back().values;
        return true;
    }

    json::value_stack built_;
    std::vector<container> open_;
    std::vector<key> keys_;  // of all open objects
    std::string text_;
    std::vector<std::string_view> names_;  // of the object that ends
};

bool value_builder::on_key(std::string_view key) {
    keys_.push_back({text_.size(), key.size()});
    text_ += key;
    built_.push_key(key);
    return true;
}

bool value_builder::on_object_end() {
    const std::size_t first = open_.back().first_key;
    names_.clear();
    for (std::size_t i = first; i < keys_.size(); ++i)
        names_.push_back(std::string_view(text_).substr(keys_[i].begin, keys_[i].size));
    std::ranges::sort(names_);
    const auto twice = std::ranges::adjacent_find(names_);
    if (twice != names_.end()) {
        complaint = "the key '" + printable(*twice, 60) + "' occurs twice in one object";
        return false;
    }
    if (first < keys_.size()) text_.resize(keys_[first].begin);
    keys_.resize(first);
    built_.push_object(close());
    return true;
}

bool value_builder::on_array_end() {
    built_.push_array(close());
    return true;
}

bool value_builder::on_double(double value) {
    if (std::isfinite(value)) return add(&json::value_stack::push_double, value);
    complaint = "a number is out of range";
    return false;
}

error not_json(const std::string& why, std::size_t at) {
    return {errc::malformed_answer, "not JSON at byte " + std::to_string(at) + ": " + why};
}

}  // namespace

result<json::value> parse_json(std::string_view text) {
    value_builder builder;
    json_scanner scanner(builder);
    if (scanner.scan(text)) return builder.release();
    const std::string_view why = scanner.complaint();
    return not_json(why.empty() ? builder.complaint : std::string(why), scanner.position());
}

void append_json_number(std::string& out, double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    out.append(text.data(), end);
}

}  // namespace riva::llm
