#include "decoding.hpp"

#include "catch.hpp"
#include "error_text.hpp"
#include "one_attempt.hpp"
#include "run.hpp"
#include "sse_decoder.hpp"
#include "temporary_folder.hpp"

#include <riva/llm/model_spec.hpp>
#include <riva/llm/provider.hpp>

#include <cstdlib>
#include <filesystem>
#include <utility>
#include <variant>

namespace riva::test {

using namespace riva::llm;

namespace {

const answerer from{"the model", "KEY"};

std::string number(std::int64_t n) {
    return std::to_string(n);
}

/// Writes an event as a line.
struct line_writer {
    std::string operator()(const answer_started& e) const {
        return "started " + std::string(e.id) + " " + std::string(e.model);
    }
    std::string operator()(const text_delta& e) const {
        return number(e.block) + " text " + std::string(e.text);
    }
    std::string operator()(const reasoning_delta& e) const {
        return number(e.block) + " reasoning " + std::string(e.text);
    }
    std::string operator()(const tool_call_started& e) const {
        return number(e.block) + " call " + std::string(e.id) + " " + std::string(e.name);
    }
    std::string operator()(const tool_arguments_delta& e) const {
        return number(e.block) + " arguments " + std::string(e.text);
    }
    std::string operator()(const tool_call_ended& e) const { return number(e.block) + " ended"; }
    std::string operator()(const usage_reported& e) const {
        const token_usage& u = e.usage;
        return "usage " + number(u.input) + " " + number(u.output) + " " + number(u.cached) + " " +
               number(u.reasoning) + " " + number(u.cache_write);
    }
    std::string operator()(const opaque_block& e) const {
        return number(e.block) + " opaque " + std::string(e.kind) + " " + std::string(e.json);
    }
    std::string operator()(const answer_finished& e) const {
        return "finished " + std::string(to_string(e.stop));
    }
    std::string operator()(const answer_failed& e) const { return "failed " + e.why.context; }
};

}  // namespace

decoding::decoding(const dialect& format, chat_request request, std::string provider)
    : request_(std::move(request)),
      got_(from, request_, observer_),
      decoder_(format.make_decoder(got_, request_, provider)) {
    observer_.on_event = [this](const stream_event& event) {
        transcript_ += std::visit(line_writer(), event) + "\n";
    };
}

std::optional<error> decoding::feed(std::string_view body, std::size_t piece) {
    sse_decoder events;
    for (std::size_t at = 0; at < body.size() && !decoder_->ended(); at += piece) {
        events.feed(body.substr(at, piece));
        for (;;) {
            const auto event = events.next();
            if (!event) return event.error();
            if (!*event) break;
            const auto taken = decoder_->take_event((*event)->type, (*event)->data);
            if (!taken) return taken.error();
        }
    }
    const auto last = events.unfinished();
    if (!last || decoder_->ended()) return std::nullopt;
    const auto taken = take_unfinished(*decoder_, last->type, last->data);
    return taken ? std::optional<error>() : taken.error();
}

result<chat_reply> decoding::finish(const std::optional<error>& why) {
    if (why) return got_.fail(*why);
    return got_.finish();
}

result<chat_reply> decoding::stream(std::string_view body, std::size_t piece) {
    return finish(feed(body, piece));
}

result<chat_reply> decoding::whole(std::string_view body) {
    const auto taken = decoder_->take_whole(body);
    return finish(taken ? std::optional<error>() : taken.error());
}

std::string sse(const std::vector<std::string>& data) {
    std::string body;
    for (const std::string& each : data) body += "data: " + each + "\n\n";
    return body;
}

std::optional<std::string> recorded_stream(std::string_view name) {
    const char* named = std::getenv("RIVA_SHARED");
    const auto folder =
        named ? std::filesystem::path(named) : std::filesystem::path(RIVA_SOURCE_DIR) / "../shared";
    const auto file = folder / "data/sse" / name;
    if (!std::filesystem::exists(file)) {
        WARN("skipped: " << file << " is not there");
        return std::nullopt;
    }
    std::string text = read_file(file);
    if (!text.starts_with("HTTP/")) return text;
    const auto crlf = text.find("\r\n\r\n");
    return crlf == text.npos ? text.substr(text.find("\n\n") + 2) : text.substr(crlf + 4);
}

error_code code_of(const result<chat_reply>& reply) {
    return reply ? error_code() : reply.error().code;
}

result<chat_reply> complete(const std::string& spec, chat_request request, std::string key) {
    result<chat_reply> reply = chat_reply();
    run([&]() -> asio::awaitable<void> {
        provider_options options;
        options.governors = one_attempt();
        options.key = key;
        auto model = make_model(parse_model_spec(spec).value(), options);
        REQUIRE(model);
        reply = co_await (*model)->complete(request, {}, deadline::in(std::chrono::seconds(60)));
    });
    return reply;
}

}  // namespace riva::test
