#pragma once

#include "scripted/answer.hpp"
#include "scripted/request_log.hpp"
#include "scripted/responder.hpp"

#include <riva/llm/http_client.hpp>
#include <riva/runtime/error.hpp>

#include <boost/json/array.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace riva::llm::scripted {

/// Passes requests on to a real server and keeps what it answers, as a script that gives the same
/// answers to the same questions. Thread safety: none.
class recorder {
public:
    /// `path` stands before that of each request; `ca_file` as for `http_client`.
    recorder(
        http_origin upstream,
        std::string path,
        std::filesystem::path script,
        const std::string& ca_file
    );

    /// The request as the real server gets it.
    http_request forwarded(const http_call& call) const;
    http_client& client() { return client_; }

    /// Keeps an answer and writes the script anew; what is no question to a model is not kept, nor
    /// is an answer that is not UTF-8. Errors: `errc::script_invalid`: the script cannot be
    /// written.
    result<void> add(const http_call& call, recorded_response r);

    /// The error object for a request that could not be passed on.
    std::string failure(const http_call& call, const std::string& why) const;

    request_log& log() { return log_; }
    const request_log& log() const { return log_; }

private:
    const responder* dialect_of(const http_call& call) const;
    result<void> write() const;

    http_origin upstream_;
    std::string path_;
    std::filesystem::path script_;
    http_client client_;
    std::vector<std::unique_ptr<responder>> dialects_;
    boost::json::array rules_;
    std::map<std::string, std::size_t> rule_of_;  // by what it matches
    request_log log_;
};

}  // namespace riva::llm::scripted
