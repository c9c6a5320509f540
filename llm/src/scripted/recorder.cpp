#include "scripted/recorder.hpp"

#include "scripted/script_recorded.hpp"

#include <riva/llm/error.hpp>
#include <riva/runtime/utf8.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>
#include <utility>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

// What belongs to the connection to us and not to the request.
constexpr std::array own_fields{
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
};

json::object match_of(const question& q) {
    json::object match{
        {"dialect", q.dialect},
        {"model", q.model},
        {"stream", q.stream},
        {"message", q.messages.back()},
    };
    if (!q.purpose.empty()) match["purpose"] = q.purpose;
    return match;
}

}  // namespace

recorder::recorder(
    http_origin upstream, std::string path, std::filesystem::path script, const std::string& ca_file
)
    : upstream_(std::move(upstream)),
      path_(std::move(path)),
      script_(std::move(script)),
      client_(http_limits{}, ca_file),
      dialects_(make_responders()) {}

http_request recorder::forwarded(const http_call& call) const {
    http_request request;
    request.origin = upstream_;
    request.method = call.method;
    request.target = path_ + call.target;
    for (const auto& [name, value] : call.headers)
        if (std::find(own_fields.begin(), own_fields.end(), name) == own_fields.end())
            request.headers.emplace_back(name, value);
    request.body = call.body;
    return request;
}

const responder* recorder::dialect_of(const http_call& call) const {
    for (const auto& dialect : dialects_)
        if (call.method == "POST" && dialect->serves(call.path())) return dialect.get();
    return nullptr;
}

result<void> recorder::add(const http_call& call, recorded_response r) {
    const responder* dialect = dialect_of(call);
    if (!dialect) return {};
    request_log::entry logged;
    logged.time = std::chrono::system_clock::now();
    logged.dialect = dialect->name();
    logged.status = r.status;
    logged.body = call.body;
    auto asked = dialect->read(call);
    if (asked) {
        logged.model = asked->model;
        logged.purpose = asked->purpose;
        logged.body_is_json = true;
        asked->dialect = dialect->name();
    }
    log_.add(std::move(logged), 0, 0);

    std::string body;
    for (const auto& part : r.parts) body += part.bytes;
    if (!asked || asked->only_count || !is_utf8(body)) return {};
    json::object match = match_of(*asked);
    const auto [found, added] = rule_of_.try_emplace(json::serialize(match), rules_.size());
    if (added)
        rules_.push_back(json::object{{"match", std::move(match)}, {"replies", json::array{}}});
    rules_[found->second].get_object()["replies"].get_array().push_back(
        json::object{{"recorded", recorded_json(r)}}
    );
    return write();
}

// Beside it and renamed, so that a script is whole whenever it is read.
result<void> recorder::write() const {
    std::filesystem::path beside = script_;
    beside += ".new";
    std::ofstream out(beside, std::ios::binary);
    out << json::serialize(json::object{{"rules", rules_}}) << '\n';
    out.close();
    std::error_code failed;
    if (out) std::filesystem::rename(beside, script_, failed);
    if (!out || failed)
        return error{
            errc::script_invalid,
            "the recorded script cannot be written to " + script_.string() + ": check the path"
        };
    return {};
}

std::string recorder::failure(const http_call& call, const std::string& why) const {
    const responder* dialect = dialect_of(call);
    return (dialect ? *dialect : *dialects_.front()).error({502, why, "", "", "server_error"});
}

}  // namespace riva::llm::scripted
