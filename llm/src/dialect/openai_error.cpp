#include "../http_text.hpp"
#include "../utf8.hpp"
#include "openai_chat.hpp"
#include "openai_reader.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <charconv>

namespace riva::llm::openai_chat {
namespace {

struct meaning {
    std::string_view word;  ///< type or code
    errc code;
};

// What the words of servers mean where no status says it, and where they say more than the status.
constexpr std::array decisive{
    meaning{"insufficient_quota", errc::quota_exceeded},
    meaning{"billing_error", errc::quota_exceeded},
    meaning{"billing_hard_limit_reached", errc::quota_exceeded},
};
constexpr std::array words{
    meaning{"invalid_request_error", errc::bad_request},
    meaning{"context_length_exceeded", errc::bad_request},
    meaning{"exceed_context_size_error", errc::bad_request},
    meaning{"authentication_error", errc::unauthorized},
    meaning{"invalid_api_key", errc::unauthorized},
    meaning{"permission_error", errc::unauthorized},
    meaning{"rate_limit_error", errc::rate_limited},
    meaning{"rate_limit_exceeded", errc::rate_limited},
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

}  // namespace

server_error read_error_body(std::string_view body) {
    boost::json::parse_options options;
    options.max_depth = json_depth;
    boost::json::basic_parser<reply_reader> parser(options);
    error_code ec;
    parser.write_some(false, body.data(), body.size(), ec);
    const reply_reader& read = parser.handler();
    if (!ec && read.failed) return read.failure;
    if (!ec) return read.loose;
    const bool markup = trimmed(body).starts_with('<');
    return {markup ? "" : std::string(trimmed(body)), "", ""};
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

}  // namespace riva::llm::openai_chat
