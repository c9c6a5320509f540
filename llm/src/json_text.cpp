#include "json_text.hpp"

#include "utf8.hpp"

#include <riva/llm/error.hpp>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

namespace riva::llm {
namespace {

namespace json = boost::json;

/// Handler of a first pass that looks for what the DOM parser would silently accept.
class strict_handler {
public:
    static constexpr std::size_t max_array_size = ~std::size_t{0};
    static constexpr std::size_t max_object_size = ~std::size_t{0};
    static constexpr std::size_t max_string_size = ~std::size_t{0};
    static constexpr std::size_t max_key_size = ~std::size_t{0};

    std::string complaint;

    bool on_object_begin(error_code&) {
        objects_.push_back(keys_.size());
        return true;
    }

    bool on_object_end(std::size_t, error_code& ec) {
        const std::size_t first = objects_.back();
        objects_.pop_back();
        std::vector<std::string_view> names;
        for (std::size_t i = first; i < keys_.size(); ++i)
            names.push_back(std::string_view(text_).substr(keys_[i].begin, keys_[i].size));
        std::ranges::sort(names);
        const auto twice = std::ranges::adjacent_find(names);
        if (twice != names.end())
            return refuse("the key '" + printable(*twice, 60) + "' occurs twice in one object", ec);
        if (first < keys_.size()) text_.resize(keys_[first].begin);
        keys_.resize(first);
        return true;
    }

    bool on_key_part(json::string_view part, std::size_t, error_code&) {
        text_.append(part.data(), part.size());
        return true;
    }

    bool on_key(json::string_view part, std::size_t size, error_code&) {
        text_.append(part.data(), part.size());
        keys_.push_back({text_.size() - size, size});
        return true;
    }

    bool on_double(double value, json::string_view, error_code& ec) {
        return std::isfinite(value) || refuse("a number is out of range", ec);
    }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_array_begin(error_code&) { return true; }
    bool on_array_end(std::size_t, error_code&) { return true; }
    bool on_string_part(json::string_view, std::size_t, error_code&) { return true; }
    bool on_string(json::string_view, std::size_t, error_code&) { return true; }
    bool on_number_part(json::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t, json::string_view, error_code&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, error_code&) { return true; }
    bool on_bool(bool, error_code&) { return true; }
    bool on_null(error_code&) { return true; }
    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }

private:
    struct key {
        std::size_t begin, size;  // in text_
    };

    bool refuse(std::string why, error_code& ec) {
        complaint = std::move(why);
        ec = json::error::syntax;
        return false;
    }

    std::string text_;
    std::vector<key> keys_;             // of all open objects
    std::vector<std::size_t> objects_;  // where the keys of each open object begin
};

error not_json(const std::string& why, std::size_t at) {
    return {errc::malformed_answer, "not JSON at byte " + std::to_string(at) + ": " + why};
}

}  // namespace

result<json::value> parse_json(std::string_view text) {
    json::parse_options options;
    options.max_depth = json_depth;
    json::basic_parser<strict_handler> parser(options);
    error_code ec;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
    if (!parser.handler().complaint.empty()) return not_json(parser.handler().complaint, used);
    if (ec) return not_json(ec.message(), used);
    if (used < text.size()) return not_json("more text after the value", used);
    json::value parsed = json::parse({text.data(), text.size()}, ec, {}, options);
    if (ec) return not_json(ec.message(), 0);
    return parsed;
}

void append_json_number(std::string& out, double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    out.append(text.data(), end);
}

}  // namespace riva::llm
