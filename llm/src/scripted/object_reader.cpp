#include "scripted/object_reader.hpp"

#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

std::string joined(std::initializer_list<std::string_view> names) {
    std::string text;
    for (const auto name : names) {
        if (!text.empty()) text += ", ";
        text += name;
    }
    return text;
}

std::string position_in(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t line_start = before.rfind('\n') + 1;
    return std::to_string(line) + ":" + std::to_string(before.size() - line_start + 1);
}

}  // namespace

object_reader::object_reader(const json::value& value, std::string place, std::string& trouble)
    : object_(value.if_object()), place_(std::move(place)), trouble_(trouble) {
    if (!object_) wrong_at(place_.empty() ? "the document" : place_, "expected an object");
}

bool object_reader::has(std::string_view key) const {
    return object_ && object_->contains(key);
}

const json::value* object_reader::any(std::string_view key) {
    known_.emplace_back(key);
    return object_ ? object_->if_contains(key) : nullptr;
}

const json::array* object_reader::list(std::string_view key) {
    const json::value* v = any(key);
    if (v && !v->is_array()) wrong(key, "expected a list");
    return v ? v->if_array() : nullptr;
}

std::optional<object_reader> object_reader::object(std::string_view key) {
    const json::value* v = any(key);
    if (!v) return std::nullopt;
    return object_reader(*v, place(key), trouble_);
}

std::optional<std::string> object_reader::text(std::string_view key) {
    const json::value* v = any(key);
    if (!v) return std::nullopt;
    if (v->is_string()) return std::string(v->get_string());
    wrong(key, "expected a text");
    return std::nullopt;
}

std::optional<bool> object_reader::flag(std::string_view key) {
    const json::value* v = any(key);
    if (!v) return std::nullopt;
    if (v->is_bool()) return v->get_bool();
    wrong(key, "expected true or false");
    return std::nullopt;
}

std::optional<std::int64_t> object_reader::whole(
    std::string_view key, std::int64_t least, std::int64_t most
) {
    const json::value* v = any(key);
    if (!v) return std::nullopt;
    if (v->is_int64() && v->get_int64() >= least && v->get_int64() <= most) return v->get_int64();
    std::string range = "of at least " + std::to_string(least);
    if (most != INT64_MAX) range = "from " + std::to_string(least) + " to " + std::to_string(most);
    wrong(key, "expected a whole number " + range);
    return std::nullopt;
}

std::optional<double> object_reader::number(std::string_view key, double least, double most) {
    const json::value* v = any(key);
    if (!v) return std::nullopt;
    boost::system::error_code not_number;
    const double d = v->to_number<double>(not_number);
    if (!not_number && d >= least && d <= most) return d;
    const auto rounded = [](double x) { return std::to_string(std::llround(x)); };
    wrong(key, "expected a number from " + rounded(least) + " to " + rounded(most));
    return std::nullopt;
}

std::vector<std::string> object_reader::texts(std::string_view key) {
    std::vector<std::string> found;
    const json::value* v = any(key);
    if (!v) return found;
    if (v->is_string()) return {std::string(v->get_string())};
    const json::array* items = v->if_array();
    const auto is_text = [](const json::value& item) { return item.is_string(); };
    if (!items || !std::all_of(items->begin(), items->end(), is_text)) {
        wrong(key, "expected a text or a list of texts");
        return found;
    }
    for (const json::value& item : *items) found.emplace_back(item.get_string());
    return found;
}

std::optional<std::size_t> object_reader::choice(
    std::string_view key, std::initializer_list<std::string_view> names
) {
    const json::value* v = any(key);
    if (!v) return std::nullopt;
    if (v->is_string()) {
        const auto* found = std::find(names.begin(), names.end(), v->get_string());
        if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    }
    wrong(key, "expected one of " + joined(names));
    return std::nullopt;
}

std::string object_reader::place(std::string_view key) const {
    return place_.empty() ? std::string(key) : place_ + "." + std::string(key);
}

void object_reader::wrong(std::string_view key, std::string_view what) {
    wrong_at(place(key), what);
}

void object_reader::refuse_others() {
    if (!object_) return;
    for (const auto& member : *object_)
        if (std::find(known_.begin(), known_.end(), member.key()) == known_.end())
            return wrong(member.key(), "there is no such member");
}

void object_reader::wrong_at(const std::string& where, std::string_view what) {
    if (trouble_.empty()) trouble_ = where + ": " + std::string(what);
}

std::optional<json::value> parse_json(std::string_view text, std::string& trouble) {
    json::parse_options options;
    options.max_depth = 128;
    json::parser parser({}, options);
    boost::system::error_code failed;
    const std::size_t parsed = parser.write_some(text, failed);
    if (!failed && parsed < text.size()) failed = json::error::extra_data;
    if (!failed) return parser.release();
    trouble = position_in(text, parsed) + ": " + failed.message();
    return std::nullopt;
}

}  // namespace riva::llm::scripted
