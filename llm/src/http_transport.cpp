#include "http_transport.hpp"

#include "answer_reader.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace riva::llm {
namespace {

std::pair<std::string, std::string> key_header(auth_style style, const std::string& key) {
    switch (style) {
        case auth_style::x_api_key: return {"x-api-key", key};
        case auth_style::api_key: return {"api-key", key};
        case auth_style::x_goog_api_key: return {"x-goog-api-key", key};
        case auth_style::bearer: break;
    }
    return {"Authorization", "Bearer " + key};
}

bool is_version(std::string_view segment) {
    return segment == "/v1" || segment == "/v1beta";
}

/// The path of the base URL and the target below it. A base URL that ends in a version chooses that
/// version, whether the provider's own SDK writes it there or not.
std::string join(const std::string& path, std::string_view target) {
    const std::string_view first = target.substr(0, target.find('/', 1));
    const std::size_t last = path.rfind('/');
    if (last != path.npos && is_version(path.substr(last)) && is_version(first))
        target.remove_prefix(first.size());
    return path + std::string(target);
}

http_request make_request(const endpoint& to, const chat_request& request) {
    wire_request wire = to.format.encode(request, to.model, to.server, to.provider);
    http_request made;
    made.origin = to.origin;
    made.target = join(to.path, wire.target);
    made.headers = std::move(wire.headers);
    made.headers.reserve(made.headers.size() + 4);
    made.headers.emplace_back("Content-Type", "application/json");
    made.headers.emplace_back(
        "Accept", request.stream ? "text/event-stream, application/json" : "application/json"
    );
    made.headers.emplace_back("User-Agent", "riva");
    if (!to.key.empty()) made.headers.push_back(key_header(to.server.auth, to.key));
    made.body = std::move(wire.body);
    return made;
}

}  // namespace

// Many requests wait in here at the same time. The request is made when there is a connection for
// it, the reader when the answer begins, and the outcome at the end, so that none of them takes
// room before.
asio::awaitable<attempt> http_transport::send(
    const chat_request& request, const stream_observer& observer, deadline by
) {
    const auto sent = std::chrono::steady_clock::now();
    std::unique_ptr<answer_reader> reader;
    {
        const std::function<http_request()> make = [&] { return make_request(to_, request); };
        auto response = co_await client_.send(to_.origin, make, by);
        if (!response) co_return std::move(*no_answer(observer, response));
        reader = std::make_unique<answer_reader>(to_, request, observer, std::move(*response));
    }
    while (!reader->finished())
        if (!reader->read_now(by)) co_await reader->wait(by);
    co_return std::move(*reader->conclude(sent));
}

}  // namespace riva::llm
