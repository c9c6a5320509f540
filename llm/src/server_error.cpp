#include "server_error.hpp"

#include "http_text.hpp"
#include "json_text.hpp"
#include "utf8.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace riva::llm {
namespace {

namespace json = boost::json;

struct meaning {
    std::string_view word;  ///< type or code
    errc code;
};

// What the words of servers mean where no status says it, and where they say more than the status.
constexpr std::array decisive{
    meaning{"insufficient_quota", errc::quota_exceeded},
    meaning{"billing_error", errc::quota_exceeded},
    meaning{"billing_hard_limit_reached", errc::quota_exceeded},
    meaning{"overloaded_error", errc::server_failed},
};
constexpr std::array words{
    meaning{"invalid_request_error", errc::bad_request},
    meaning{"invalid_prompt", errc::bad_request},
    meaning{"context_length_exceeded", errc::bad_request},
    meaning{"exceed_context_size_error", errc::bad_request},
    meaning{"authentication_error", errc::unauthorized},
    meaning{"invalid_api_key", errc::unauthorized},
    meaning{"permission_error", errc::unauthorized},
    meaning{"rate_limit_error", errc::rate_limited},
    meaning{"rate_limit_exceeded", errc::rate_limited},
    meaning{"not_found_error", errc::bad_request},
    meaning{"request_too_large", errc::bad_request},
    meaning{"INVALID_ARGUMENT", errc::bad_request},
    meaning{"NOT_FOUND", errc::bad_request},
    meaning{"UNAUTHENTICATED", errc::unauthorized},
    meaning{"PERMISSION_DENIED", errc::unauthorized},
    meaning{"RESOURCE_EXHAUSTED", errc::rate_limited},
};

template <class Meanings>
const meaning* find_meaning(const Meanings& meanings, const server_error& said) {
    const auto found = std::ranges::find_if(meanings, [&](const meaning& each) {
        return each.word == said.type || each.word == said.code;
    });
    return found == meanings.end() ? nullptr : &*found;
}

errc of_status(unsigned status) {
    switch (status) {
        case 401:
        case 403: return errc::unauthorized;
        case 402: return errc::quota_exceeded;
        case 408:
        case 409:
        case 425: return errc::server_failed;
        case 429: return errc::rate_limited;
        default: return status >= 400 && status < 500 ? errc::bad_request : errc::server_failed;
    }
}

errc classify(unsigned status, const server_error& said) {
    if (const meaning* known = find_meaning(decisive, said)) return known->code;
    if (status != 200) return of_status(status);
    unsigned code = 0;
    const char* end = said.code.data() + said.code.size();
    const auto read = std::from_chars(said.code.data(), end, code);
    if (read.ptr == end && code >= 400 && code < 600) return of_status(code);
    const meaning* known = find_meaning(words, said);
    return known ? known->code : errc::server_failed;
}

std::string_view deed(errc code) {
    switch (code) {
        case errc::unauthorized: return " refused the key";
        case errc::quota_exceeded: return " refused: the quota is used up";
        case errc::rate_limited: return " asks to slow down";
        case errc::bad_request: return " refused the request";
        default: return " failed";
    }
}

std::string advice(errc code, unsigned status, std::string_view key_name) {
    if (code == errc::unauthorized) return "; check the key in " + std::string(key_name);
    if (code == errc::quota_exceeded) return "; add credit or use another account";
    if (status == 404) return "; check the model's name and the base URL";
    return code == errc::bad_request ? "" : "; try again later";
}

std::string text_of(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains({key.data(), key.size()});
    if (found == nullptr || found->is_null()) return {};
    if (const auto* text = found->if_string()) return std::string(text->data(), text->size());
    if (found->is_int64() || found->is_uint64()) return json::serialize(*found);
    if (found->is_double()) return std::to_string(std::llround(found->get_double()));
    return {};
}

/// `12s` or `1.5s`, as RetryInfo of Google writes it.
std::optional<std::chrono::milliseconds> read_seconds(std::string_view text) {
    double seconds = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr double longest = 1e9;
    if (read.ec != std::errc() || std::string_view(read.ptr, text.data() + text.size()) != "s" ||
        !(seconds > 0) || seconds > longest)
        return std::nullopt;
    return std::chrono::milliseconds(std::llround(seconds * 1000));
}

std::optional<std::chrono::milliseconds> find_retry_delay(const json::object& error) {
    const json::value* details = error.if_contains("details");
    if (details == nullptr || !details->is_array()) return std::nullopt;
    for (const json::value& each : details->get_array())
        if (const auto* detail = each.if_object())
            if (const auto delay = read_seconds(text_of(*detail, "retryDelay"))) return delay;
    return std::nullopt;
}

server_error read_error_object(const json::object& object) {
    server_error said;
    said.message = text_of(object, "message");
    said.type = text_of(object, "type");
    if (said.type.empty()) said.type = text_of(object, "status");
    said.code = text_of(object, "code");
    said.retry_after = find_retry_delay(object);
    return said;
}

/// FastAPI: a text, or a list of objects with `msg`.
std::string read_detail(const json::object& root) {
    const json::value* detail = root.if_contains("detail");
    if (detail == nullptr) return {};
    if (const auto* list = detail->if_array(); list && !list->empty() && list->front().is_object())
        return text_of(list->front().get_object(), "msg");
    return text_of(root, "detail");
}

}  // namespace

std::optional<server_error> find_server_error(const json::value& answer) {
    // Gemini's answers that are no stream are lists.
    const json::array* list = answer.if_array();
    if (list != nullptr && !list->empty()) return find_server_error(list->front());
    const json::object* root = answer.if_object();
    if (root == nullptr) return std::nullopt;
    if (const json::value* error = root->if_contains("error")) {
        if (const auto* object = error->if_object()) return read_error_object(*object);
        const bool nothing = error->is_null() || *error == json::value(false) ||
                             *error == json::value("") || *error == json::value(0);
        if (!nothing) return server_error{text_of(*root, "error"), text_of(*root, "type"), {}, {}};
    }
    server_error odd{text_of(*root, "error_message"), text_of(*root, "error_type"), {}, {}};
    if (!odd.message.empty() || !odd.type.empty()) return odd;
    if (text_of(*root, "object") == "error" || text_of(*root, "type") == "error")
        return read_error_object(*root);
    return std::nullopt;
}

server_error read_error_body(std::string_view body) {
    const auto parsed = parse_json(trimmed(body));
    if (!parsed) {
        const bool markup = trimmed(body).starts_with('<');
        return {markup ? "" : std::string(trimmed(body)), {}, {}, {}};
    }
    if (auto found = find_server_error(*parsed)) return *found;
    if (!parsed->is_object()) return {};
    server_error said = read_error_object(parsed->get_object());
    if (said.message.empty()) said.message = read_detail(parsed->get_object());
    return said;
}

error explain(
    unsigned status, const server_error& said, std::string_view who, std::string_view key_name
) {
    const errc code = classify(status, said);
    std::string context(who);
    context += deed(code);
    if (status != 200) context += " (HTTP " + std::to_string(status) + ")";
    const std::string& words_said = said.message.empty() ? said.type : said.message;
    if (!words_said.empty()) context += ": " + printable(words_said);
    return {code, context + advice(code, status, key_name)};
}

}  // namespace riva::llm
