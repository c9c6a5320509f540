#include <riva/llm/probe.hpp>

#include "loopback.hpp"

#include <riva/llm/http_client.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>

namespace riva::llm {
namespace {

namespace json = boost::json;

/// How the list of models is asked for.
struct listing {
    std::string_view dialect;
    std::string_view path;  ///< after the path of the base URL
    std::string_view key_header;
    std::string_view key_prefix;
    std::string_view other_header;
    std::string_view other_value;
    std::string_view list;         ///< member of the answer
    std::string_view name;         ///< member of each item
    std::string_view name_prefix;  ///< before the name of the model
};

constexpr std::array listings{
    listing{"openai", "/models", "Authorization", "Bearer ", "", "", "data", "id", ""},
    listing{"openai-responses", "/models", "Authorization", "Bearer ", "", "", "data", "id", ""},
    listing{
        "anthropic",
        "/v1/models",
        "x-api-key",
        "",
        "anthropic-version",
        "2023-06-01",
        "data",
        "id",
        ""
    },
    listing{"gemini", "/v1beta/models", "x-goog-api-key", "", "", "", "models", "name", "models/"},
    listing{"ollama", "/api/tags", "Authorization", "Bearer ", "", "", "models", "name", ""},
};

probe_result unreachable(std::string why) {
    probe_result found;
    found.detail = std::move(why);
    return found;
}

http_request make_request(const listing& how, const std::string& path, const std::string& key) {
    http_request request;
    request.method = "GET";
    request.target = path + std::string(how.path);
    request.headers.emplace_back("Accept", "application/json");
    if (!key.empty())
        request.headers.emplace_back(how.key_header, std::string(how.key_prefix) + key);
    if (!how.other_header.empty()) request.headers.emplace_back(how.other_header, how.other_value);
    return request;
}

/// Whether the list holds the model; nothing if the answer is no list.
std::optional<bool> find_model(const listing& how, std::string_view body, std::string_view model) {
    json::error_code failed;
    const json::value parsed = json::parse(json::string_view(body.data(), body.size()), failed);
    if (failed || !parsed.is_object()) return std::nullopt;
    const json::value* list = parsed.get_object().if_contains(how.list);
    if (list == nullptr || !list->is_array()) return std::nullopt;
    return std::ranges::any_of(list->get_array(), [&](const json::value& item) {
        const auto* object = item.if_object();
        const json::value* name = object == nullptr ? nullptr : object->if_contains(how.name);
        if (name == nullptr || !name->is_string()) return false;
        std::string_view text(name->get_string().data(), name->get_string().size());
        if (text.starts_with(how.name_prefix)) text.remove_prefix(how.name_prefix.size());
        return text == model || (how.dialect == "ollama" && text == std::string(model) + ":latest");
    });
}

asio::awaitable<std::string> read_body(http_response& response, deadline by) {
    constexpr std::size_t most = std::size_t{8} << 20;
    std::string body;
    while (body.size() < most) {
        const auto piece = co_await response.read(by);
        if (!piece || piece->empty()) break;
        body += *piece;
    }
    co_return body;
}

void judge_status(probe_result& found, unsigned status) {
    const std::string said = "status " + std::to_string(status);
    if (status == 401 || status == 403) {
        found.health = health::unauthorized;
        found.detail = said;
    } else if (status >= 500 || (status >= 300 && status < 400)) {
        found.detail = said;
    } else {
        found.health = health::reachable;
        if (status == 429) found.detail = said + ", asked too often";
    }
}

}  // namespace

std::string_view to_string(health h) {
    switch (h) {
        case health::reachable: return "reachable";
        case health::unauthorized: return "unauthorized";
        case health::unreachable: return "unreachable";
    }
    return "unreachable";
}

asio::awaitable<probe_result> probe(model_spec spec, provider_options options, deadline by) {
    const auto how = std::ranges::find(listings, spec.dialect, &listing::dialect);
    if (how == listings.end())
        co_return unreachable("riva does not know how to ask " + spec.dialect + " for its models");
    const auto base = parse_base_url(spec.base_url);
    if (!base) co_return unreachable(base.error().context);
    if (!options.key.empty() && !base->first.tls && !is_on_loopback(spec.base_url))
        co_return unreachable("the key is not sent over plain http; use https, or unset the key");

    http_request request = make_request(*how, base->second, options.key);
    request.origin = base->first;
    http_client client(options.limits, options.ca_file, options.proxies);
    const auto start = std::chrono::steady_clock::now();
    auto response = co_await client.send(std::move(request), by);
    if (!response) co_return unreachable(response.error().context);
    probe_result found;
    found.latency = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start
    );
    judge_status(found, response->status());
    if (response->status() != 200) co_return found;
    const std::string body = co_await read_body(*response, by);
    found.lists_model = find_model(*how, body, spec.model);
    if (found.lists_model == false) found.detail = "does not list " + spec.model;
    co_return found;
}

}  // namespace riva::llm
