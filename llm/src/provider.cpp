#include <riva/llm/provider.hpp>

#include "answer_text.hpp"
#include "http_transport.hpp"
#include "json_schema.hpp"
#include "loopback.hpp"

#include <riva/llm/error.hpp>
#include <riva/runtime/with_deadline.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace riva::llm {
namespace {

/// What one question has cost so far.
struct tally {
    int attempts = 0;
    token_usage spent;
    bool known = true;

    void add(const attempt& made) {
        spent += made.spent;
        known = known && made.spent_known;
    }
};

class http_model final : public model {
public:
    http_model(std::string name, endpoint to, const provider_options& options)
        : name_(std::move(name)),
          transport_(std::move(to), options.limits, options.ca_file),
          schedule_(options.retry) {}

    asio::awaitable<result<chat_reply>> complete(
        chat_request request, stream_observer observer, deadline by
    ) override;

    std::string name() const override { return name_; }

private:
    asio::awaitable<result<chat_reply>> ask(
        const chat_request& request,
        const stream_observer& observer,
        tally& costs,
        std::optional<error> previous,
        deadline by
    );
    asio::awaitable<result<chat_reply>> ask_for_json(
        chat_request& request,
        const stream_observer& observer,
        tally& costs,
        const json_schema& schema,
        deadline by
    );
    error without_key(error why) const;

    std::string name_;
    http_transport transport_;
    retry_schedule schedule_;
};

// Servers like to repeat the key that they refuse.
error http_model::without_key(error why) const {
    constexpr std::size_t shortest_secret = 8;
    const std::string& key = transport_.to().key;
    if (key.size() < shortest_secret) return why;
    for (auto at = why.context.find(key); at != std::string::npos; at = why.context.find(key, at))
        why.context.replace(at, key.size(), "[key]");
    return why;
}

asio::awaitable<result<chat_reply>> http_model::ask(
    const chat_request& request,
    const stream_observer& observer,
    tally& costs,
    std::optional<error> previous,
    deadline by
) {
    for (int tried = 1;; ++tried) {
        ++costs.attempts;
        if (observer.on_attempt)
            observer.on_attempt(costs.attempts, previous ? &*previous : nullptr);
        attempt made = co_await transport_.send(request, observer, by);
        costs.add(made);
        if (auto* reply = std::get_if<chat_reply>(&made.outcome)) co_return std::move(*reply);

        auto& failed = std::get<attempt_failure>(made.outcome);
        failed.why = without_key(std::move(failed.why));
        const auto delay = schedule_.after(failed, tried, std::chrono::system_clock::now());
        if (!delay) co_return delay.error();
        previous = std::move(failed.why);
        if (deadline::in(*delay) >= by) {
            previous->context += "; the deadline leaves no time for another attempt";
            co_return *previous;
        }
        co_await sleep_for(*delay);
    }
}

asio::awaitable<result<chat_reply>> http_model::ask_for_json(
    chat_request& request,
    const stream_observer& observer,
    tally& costs,
    const json_schema& schema,
    deadline by
) {
    std::optional<error> refusal;
    for (int asked = 1;; ++asked) {
        auto reply = co_await ask(request, observer, costs, refusal, by);
        if (!reply) co_return reply;
        auto bare = read_answer(reply->text, schema);
        if (bare) {
            reply->text = std::move(*bare);
            co_return reply;
        }
        refusal = without_key(bare.error());
        if (asked == 2) break;
        request.messages.push_back(to_message(*reply));
        request.messages.push_back(
            {role::user,
             "Your answer was refused: " + refusal->context +
                 ". Answer again with nothing but one JSON value that fits the schema."}
        );
    }
    co_return error{
        errc::schema_mismatch,
        transport_.to().said_by.who +
            " did not answer with the JSON that was asked for, also when asked again: " +
            refusal->context
    };
}

asio::awaitable<result<chat_reply>> http_model::complete(
    chat_request request, stream_observer observer, deadline by
) {
    if (auto why = objection(request, transport_.to().server)) co_return *why;
    tally costs;
    result<chat_reply> reply = chat_reply();
    if (request.schema) {
        const auto schema = json_schema::parse(request.schema->text);
        if (!schema) co_return schema.error();
        reply = co_await ask_for_json(request, observer, costs, *schema, by);
    } else {
        reply = co_await ask(request, observer, costs, std::nullopt, by);
    }
    if (!reply) co_return reply;
    reply->attempts = costs.attempts;
    reply->usage = costs.spent;
    reply->usage_known = costs.known;
    co_return reply;
}

/// Why the key must not be sent there; nothing when it may, or when there is none.
std::optional<error> key_objection(
    const std::string& key, const http_origin& origin, const std::string& key_name
) {
    if (key.empty()) return std::nullopt;
    const bool visible = std::ranges::all_of(key, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!visible)
        return error{
            errc::invalid_spec,
            "the key in " + key_name + " holds blanks or control characters; set it again"
        };
    if (origin.tls || is_loopback(origin.host)) return std::nullopt;
    return error{
        errc::invalid_spec,
        "the key in " + key_name + " is not sent to " + origin.host +
            " over plain http, where anyone on the way could read it; use https, or unset the key"
    };
}

}  // namespace

result<std::unique_ptr<model>> make_model(const model_spec& spec, provider_options options) {
    const dialect* format = find_dialect(spec.dialect);
    if (format == nullptr)
        return error{errc::invalid_spec, "there is no dialect '" + spec.dialect + "'"};
    auto base = parse_base_url(spec.base_url);
    if (!base) return base.error();
    auto& [origin, path] = *base;
    const std::string key_name = spec.key_env.empty() ? "the settings" : spec.key_env;
    if (auto why = key_objection(options.key, origin, key_name)) return *why;
    const std::string name = spec.dialect + ":" + spec.model;
    const std::string place = name + " at " + spec.base_url;
    endpoint to{
        .format = *format,
        .server = profile_of(spec.dialect, origin.host, spec.model),
        .origin = origin,
        .path = path,
        .model = spec.model,
        .said_by = {place, key_name},
        .provider = place,
        .key = options.key,
        .longest_pause = 5 * options.limits.idle,
    };
    return std::make_unique<http_model>(name, std::move(to), options);
}

}  // namespace riva::llm
