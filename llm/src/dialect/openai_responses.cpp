#include "../http_text.hpp"
#include "../json_members.hpp"
#include "../server_error.hpp"
#include "../utf8.hpp"
#include "dialect.hpp"
#include "json_event.hpp"
#include "openai_responses_items.hpp"
#include "openai_responses_request.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <utility>

namespace riva::llm {
namespace {

namespace json = boost::json;

/// Nothing when the server counts only a part, or sends zeros instead of counts.
std::optional<token_usage> read_usage(const json::object& response) {
    const json::object* usage = object_member(response, "usage");
    if (usage == nullptr) return std::nullopt;
    const auto input = count_member(*usage, "input_tokens");
    const auto output = count_member(*usage, "output_tokens");
    if (!input || !output || (*input == 0 && *output == 0)) return std::nullopt;
    token_usage read;
    read.input = *input;
    read.output = *output;
    if (const json::object* details = object_member(*usage, "input_tokens_details")) {
        read.cached = count_member(*details, "cached_tokens").value_or(0);
        read.cache_write = count_member(*details, "cache_write_tokens").value_or(0);
    }
    if (const json::object* details = object_member(*usage, "output_tokens_details"))
        read.reasoning = count_member(*details, "reasoning_tokens").value_or(0);
    return read;
}

class responses_decoder final : public answer_decoder {
public:
    responses_decoder(answer& into, std::int64_t output_limit, std::string_view provider)
        : into_(into), items_(into), output_limit_(output_limit), provider_(provider) {}

    result<void> take_event(std::string_view type, std::string_view data) override;
    result<void> take_whole(std::string_view body) override;
    bool ended() const override { return ended_; }

private:
    result<void> take(std::string_view kind, const json::object& event);
    result<void> take_response(const json::object& response, std::string_view status);
    result<stop_reason> judge(
        const json::object& response, std::string_view status, std::int64_t output_tokens
    ) const;
    error malformed(std::string_view why) const { return malformed_answer(into_.from(), why); }

    answer& into_;
    openai_responses::item_list items_;
    std::int64_t output_limit_;
    std::string provider_;
    bool ended_ = false;
};

// Some servers call complete what their output limit has cut off.
result<stop_reason> responses_decoder::judge(
    const json::object& response, std::string_view status, std::int64_t output_tokens
) const {
    const auto& [who, key_name] = into_.from();
    if (status == "completed")
        return output_tokens >= output_limit_ ? stop_reason::max_tokens : stop_reason::end_turn;
    if (status == "failed") {
        const auto said = find_server_error(response);
        return explain(200, said.value_or(server_error()), who, key_name);
    }
    std::string reason(status);
    if (const json::object* details = object_member(response, "incomplete_details"))
        reason = text_member(*details, "reason");
    if (reason == "max_output_tokens") return stop_reason::max_tokens;
    if (reason == "content_filter") return stop_reason::content_filter;
    return error{
        errc::server_failed,
        who + " did not complete the answer: " + printable(reason, 60) + "; try again later"
    };
}

result<void> responses_decoder::take_response(
    const json::object& response, std::string_view status
) {
    into_.start(text_member(response, "id"), text_member(response, "model"));
    const auto usage = read_usage(response);
    if (usage) into_.count(*usage);
    const auto why = judge(response, status, usage ? usage->output : 0);
    if (!why) return why.error();
    into_.stop(*why);
    if (*why == stop_reason::max_tokens || *why == stop_reason::content_filter) return {};
    const json::array* output = array_member(response, "output");
    if (auto taken = items_.take_output(output ? *output : json::array()); !taken) return taken;
    if (into_.objection()) return *into_.objection();
    if (auto turn = items_.native()) into_.keep_native({provider_, std::move(*turn)});
    return {};
}

result<void> responses_decoder::take(std::string_view kind, const json::object& event) {
    constexpr std::string_view prefix = "response.";
    const json::object* response = object_member(event, "response");
    if (!kind.starts_with(prefix) || response == nullptr) return items_.take(kind, event);
    const std::string_view what = kind.substr(prefix.size());
    if (what == "completed" || what == "incomplete" || what == "failed" || what == "cancelled") {
        ended_ = true;
        return take_response(*response, what);
    }
    into_.start(text_member(*response, "id"), text_member(*response, "model"));
    return {};
}

result<void> responses_decoder::take_event(std::string_view type, std::string_view data) {
    const std::string_view text = trimmed(data);
    if (ended_ || text.empty() || text == "[DONE]") return {};
    const auto event = read_json_event(into_.from(), type, text);
    if (!event) return event.error();
    const std::string_view kind = text_member(*event, "type");
    if (auto taken = take(kind.empty() ? type : kind, *event); !taken) return taken;
    if (into_.objection()) return *into_.objection();
    return {};
}

result<void> responses_decoder::take_whole(std::string_view body) {
    const auto response = read_json_event(into_.from(), {}, body);
    if (!response) return response.error();
    const std::string_view status = text_member(*response, "status");
    if (status.empty()) return malformed("it has no status");
    if (array_member(*response, "output") == nullptr) return malformed("it has no output");
    return take_response(*response, status);
}

class responses_dialect final : public dialect {
public:
    wire_request encode(
        const chat_request& request,
        std::string_view model,
        const profile& server,
        std::string_view provider
    ) const override {
        return {"/responses", {}, openai_responses::encode(request, model, server, provider)};
    }

    std::unique_ptr<answer_decoder> make_decoder(
        answer& into, const chat_request& request, std::string_view provider
    ) const override {
        return std::make_unique<responses_decoder>(into, request.max_output_tokens, provider);
    }
};

}  // namespace

const dialect& openai_responses_dialect() {
    static const responses_dialect the;
    return the;
}

}  // namespace riva::llm
