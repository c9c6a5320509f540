#pragma once

#include "scripted/request_log.hpp"
#include "scripted/responder.hpp"
#include "scripted/signature_book.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm::scripted {

/// Decides what is sent for each request; knows no sockets.
class service {
public:
    /// `key`: what every request to a model must show; empty: the script's, if it has one.
    service(
        std::unique_ptr<answer_source> answers,
        std::uint64_t seed,
        double time_scale,
        std::string key = {}
    );

    transmission respond(const http_call& call);

    request_log& log() { return log_; }
    const request_log& log() const { return log_; }

private:
    transmission refuse(const http_call& call, const request_refusal& r) const;
    transmission ask(const http_call& call, const responder& dialect);
    answered<question> read(const http_call& call, const responder& dialect) const;
    answered<answer> with_chances(answered<answer> said, std::uint64_t number) const;
    response answer_to(const question& q, const answer& a, const responder& dialect);
    std::optional<std::string> page(const http_call& call) const;
    const responder& dialect_of(std::string_view path) const;

    std::unique_ptr<answer_source> answers_;
    std::vector<std::unique_ptr<responder>> dialects_;
    request_log log_;
    signature_book signatures_;
    std::uint64_t seed_;
    double time_scale_;
    std::string key_;
};

}  // namespace riva::llm::scripted
