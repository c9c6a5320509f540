#include "scripted/service.hpp"

#include "scripted/model_list.hpp"
#include "scripted/plain_response.hpp"
#include "scripted/script_recorded.hpp"

#include <algorithm>
#include <chrono>

namespace riva::llm::scripted {

namespace {

bool is_json(std::string_view content_type) {
    std::string type(content_type.substr(0, content_type.find(';')));
    type.erase(std::remove(type.begin(), type.end(), ' '), type.end());
    for (char& c : type)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return type == "application/json";
}

request_refusal wrong_method(const http_call& call, const std::string& allowed) {
    return {
        405,
        "Not allowed to " + call.method + " on " + std::string(call.path()) + ": use " + allowed +
            ".",
        "",
        "method_not_supported"
    };
}

request_refusal unknown_path(const http_call& call) {
    return {
        404, "Unknown request URL: " + call.method + " " + call.target + ".", "", "unknown_url"
    };
}

request_refusal wrong_type(const http_call& call) {
    return {
        415,
        "Unsupported Media Type: '" + std::string(call.header("content-type")) +
            "'; expected 'application/json'.",
        "",
        "unsupported_content_type"
    };
}

std::chrono::nanoseconds scaled_ms(double ms) {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(ms * 1e6));
}

request_refusal wrong_key(const shown_key& shown) {
    const std::string message = shown.value.empty()
                                    ? "No key was given: send it as Authorization: Bearer, "
                                      "x-api-key, api-key or x-goog-api-key."
                                    : "Incorrect API key provided.";
    return {401, message, "", "invalid_api_key"};
}

}  // namespace

service::service(
    std::unique_ptr<answer_source> answers, std::uint64_t seed, double time_scale, std::string key
)
    : answers_(std::move(answers)),
      dialects_(make_responders()),
      seed_(seed),
      time_scale_(time_scale),
      key_(std::move(key)) {
    if (key_.empty()) key_ = answers_->key();
}

transmission service::respond(const http_call& call) {
    if (call.malformed) return refuse(call, *call.malformed);
    for (const auto& dialect : dialects_)
        if (dialect->serves(call.path())) {
            if (call.method != "POST") return refuse(call, wrong_method(call, "POST"));
            return ask(call, *dialect);
        }
    auto shown = page(call);
    if (!shown) return refuse(call, unknown_path(call));
    if (call.method != "GET" && call.method != "HEAD")
        return refuse(call, wrong_method(call, "GET"));
    return transmit_form(json_response(200, std::move(*shown)), {}, call.client);
}

std::optional<std::string> service::page(const http_call& call) const {
    const std::string_view path = call.path();
    if (path == "/health") return R"({"status":"ok"})";
    if (path == "/stats") return log_.stats_json();
    if (path == "/journal") return log_.journal_json();
    if (path == "/api/version") return R"({"version":"0.0.0-scripted"})";
    return model_list(call, answers_->models());
}

// Also of paths that nobody serves, so that the refusal has the shape that the client expects.
const responder& service::dialect_of(std::string_view path) const {
    std::string_view name = "openai";
    if (path.starts_with("/v1/messages")) name = "anthropic";
    if (path.starts_with("/v1beta/") || path.starts_with("/v1/models/")) name = "gemini";
    if (path.starts_with("/api/")) name = "ollama";
    const auto found = std::find_if(dialects_.begin(), dialects_.end(), [&](const auto& dialect) {
        return dialect->serves(path) || dialect->name() == name;
    });
    return **found;
}

transmission service::refuse(const http_call& call, const request_refusal& r) const {
    response refused = json_response(r.status, dialect_of(call.path()).error(r));
    if (r.status == 405)
        refused.headers.emplace_back("Allow", r.message.ends_with("POST.") ? "POST" : "GET, HEAD");
    return transmit_form(std::move(refused), {}, call.client);
}

answered<question> service::read(const http_call& call, const responder& dialect) const {
    const shown_key shown = key_of(call);
    if (!key_.empty() && shown.value != key_) return wrong_key(shown);
    if (dialect.name() != "ollama" && !is_json(call.header("content-type")))
        return wrong_type(call);
    auto asked = dialect.read(call);
    if (asked) asked->dialect = dialect.name();
    return asked;
}

transmission service::ask(const http_call& call, const responder& dialect) {
    const std::uint64_t number = log_.requests() + 1;
    request_log::entry logged;
    logged.time = std::chrono::system_clock::now();
    logged.dialect = dialect.name();
    logged.auth = key_of(call).style;
    logged.version = call.header("anthropic-version");
    logged.body = call.body;

    const auto asked = read(call, dialect);
    answered<answer> said = request_refusal{};
    std::optional<request_refusal> unsigned_block;
    if (asked) {
        logged.model = asked->model;
        logged.purpose = asked->purpose;
        logged.context_tokens = asked->context_tokens;
        logged.body_is_json = true;
        unsigned_block = signatures_.check(*asked);
    }
    if (!asked)
        said = asked.error();
    else if (unsigned_block)
        said = *unsigned_block;
    else if (asked->only_count)
        said = answer{};
    else
        said = with_chances(answers_->next(*asked), number);

    response r;
    fault f;
    if (!said) {
        r = json_response(said.error().status, dialect.error(said.error()));
    } else if (asked->only_count) {
        r = json_response(200, dialect.count(*asked));
    } else {
        f = said->fault;
        r = answer_to(*asked, *said, dialect);
    }
    if (!said || !said->recorded)
        r.headers.emplace_back(dialect.request_id_field(), "req_" + std::to_string(number));
    logged.status = r.status;
    log_.add(std::move(logged), r.prompt_tokens, r.completion_tokens);
    transmission form = transmit_form(std::move(r), f, call.client);
    if (f.bytes_per_second > 0) form.byte_wait = scaled_ms(1000 / f.bytes_per_second * time_scale_);
    return form;
}

// What a request gets depends on the script, the request's number and the seed, and nothing else.
answered<answer> service::with_chances(answered<answer> said, std::uint64_t number) const {
    if (!said) return said;
    random_stream draw(seed_);
    draw.mix("fault").mix(said->behaviour.seed).mix(number);
    if (said->fault.chance < 1 && draw.share() >= said->fault.chance) said->fault = {};
    if (said->fault.endless) said->fault.endless->every_ms *= time_scale_;
    return said;
}

response service::answer_to(const question& q, const answer& a, const responder& dialect) {
    const std::uint64_t number = log_.requests() + 1;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const std::int64_t seconds = now.time_since_epoch().count();
    if (a.fault.http) {
        const request_refusal usual = usual_refusal(a.fault.http->status);
        return fault_response(*a.fault.http, dialect.error(usual), seconds);
    }
    if (a.recorded) return again(*a.recorded, time_scale_);
    random_stream jitter(seed_);
    jitter.mix(a.behaviour.seed).mix(number);
    signatures_.remember(a);
    return dialect.write(q, a, {number, seconds, pace(a.behaviour, time_scale_, jitter)});
}

}  // namespace riva::llm::scripted
