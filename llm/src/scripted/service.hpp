#pragma once

#include "scripted/request_log.hpp"
#include "scripted/responder.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm::scripted {

/// A request as it came over the connection, or the reason why it is none.
struct http_call {
    std::string method;
    std::string target;
    std::string content_type;
    std::string body;
    framing client;
    std::optional<request_refusal> malformed;
};

/// Decides what is sent for each request; knows no sockets.
class service {
public:
    service(std::unique_ptr<answer_source> answers, std::uint64_t seed, double time_scale);

    transmission respond(const http_call& call);

    request_log& log() { return log_; }
    const request_log& log() const { return log_; }

private:
    transmission refuse(const http_call& call, const request_refusal& r) const;
    transmission ask(const http_call& call, const responder& dialect);
    std::string models_json() const;

    std::unique_ptr<answer_source> answers_;
    std::vector<std::unique_ptr<responder>> dialects_;
    request_log log_;
    std::uint64_t seed_;
    double time_scale_;
};

}  // namespace riva::llm::scripted
