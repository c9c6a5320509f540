#include "scripted/service.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <chrono>
#include <functional>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

std::string path_of(const std::string& target) {
    return target.substr(0, target.find('?'));
}

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
        "Not allowed to " + call.method + " on " + path_of(call.target) + ": use " + allowed + ".",
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
        "Unsupported Media Type: '" + call.content_type + "'; expected 'application/json'.",
        "",
        "unsupported_content_type"
    };
}

transmission json_form(const http_call& call, std::string body) {
    response r;
    r.headers = {{"Content-Type", "application/json"}};
    r.body = {{std::move(body), {}, false}};
    return transmit_form(std::move(r), {}, call.client);
}

}  // namespace

service::service(std::unique_ptr<answer_source> answers, std::uint64_t seed, double time_scale)
    : answers_(std::move(answers)), seed_(seed), time_scale_(time_scale) {
    dialects_.push_back(make_chat_responder());
}

transmission service::respond(const http_call& call) {
    if (call.malformed) return refuse(call, *call.malformed);
    const std::string path = path_of(call.target);
    for (const auto& dialect : dialects_)
        if (dialect->serves(path)) {
            if (call.method != "POST") return refuse(call, wrong_method(call, "POST"));
            return ask(call, *dialect);
        }
    const bool read = call.method == "GET" || call.method == "HEAD";
    const auto show = [&](const std::function<std::string()>& body) {
        return read ? json_form(call, body()) : refuse(call, wrong_method(call, "GET"));
    };
    if (path == "/health") return show([] { return R"({"status":"ok"})"; });
    if (path == "/stats") return show([this] { return log_.stats_json(); });
    if (path == "/journal") return show([this] { return log_.journal_json(); });
    if (path == "/v1/models" || path == "/models") return show([this] { return models_json(); });
    return refuse(call, unknown_path(call));
}

transmission service::refuse(const http_call& call, const request_refusal& r) const {
    response refused = dialects_.front()->write(r);
    if (r.status == 405)
        refused.headers.emplace_back("Allow", r.message.ends_with("POST.") ? "POST" : "GET, HEAD");
    return transmit_form(std::move(refused), {}, call.client);
}

transmission service::ask(const http_call& call, const responder& dialect) {
    const auto now = std::chrono::system_clock::now();
    const std::uint64_t number = log_.requests() + 1;
    request_log::entry logged{now, "", "", 0, call.body, false};

    const auto asked =
        is_json(call.content_type) ? dialect.read(call.body) : answered<question>(wrong_type(call));
    answered<answer> said = request_refusal{};
    if (asked) {
        logged.model = asked->model;
        logged.purpose = asked->purpose;
        logged.body_is_json = true;
        said = answers_->next(*asked);
    } else {
        said = asked.error();
    }

    response r;
    fault f;
    if (said) {
        random_stream jitter(seed_);
        jitter.mix(said->behaviour.seed).mix(number);
        const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
        const pace speed(said->behaviour, time_scale_, jitter);
        r = dialect.write(*asked, *said, {number, seconds.count(), speed});
        f = said->fault;
    } else {
        r = dialect.write(said.error());
    }
    r.headers.emplace_back("X-Request-Id", "req_" + std::to_string(number));
    logged.status = r.status;
    log_.add(std::move(logged), r.prompt_tokens, r.completion_tokens);
    return transmit_form(std::move(r), f, call.client);
}

std::string service::models_json() const {
    json::array models;
    for (const std::string& name : answers_->models())
        models.push_back(
            json::object{{"id", name}, {"object", "model"}, {"created", 0}, {"owned_by", "riva"}}
        );
    return json::serialize(json::object{{"object", "list"}, {"data", std::move(models)}});
}

}  // namespace riva::llm::scripted
