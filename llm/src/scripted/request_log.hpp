#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace riva::llm::scripted {

/// What the server was asked: counters, and the requests themselves.
class request_log {
public:
    struct entry {
        std::chrono::system_clock::time_point time;
        std::string dialect;
        std::string model;
        std::string purpose;
        std::string auth;                 ///< how a key was shown; never the key
        std::string version;              ///< `anthropic-version`
        std::int64_t context_tokens = 0;  ///< `num_ctx`; 0: the wire format has none
        unsigned status = 0;
        std::string body;
        bool body_is_json = false;
    };

    /// Counts something for as long as it lives.
    class presence {
    public:
        explicit presence(std::int64_t& counter) : counter_(counter) { ++counter_; }
        ~presence() { --counter_; }
        presence(const presence&) = delete;
        presence& operator=(const presence&) = delete;

    private:
        std::int64_t& counter_;
    };

    void add(entry e, std::int64_t prompt_tokens, std::int64_t completion_tokens);

    /// The log outlives what these return.
    presence connection();
    presence stream() { return presence(open_streams_); }

    std::uint64_t requests() const { return requests_; }
    std::string stats_json() const;
    /// The newest requests, at most 64 MiB of bodies.
    std::string journal_json() const;

private:
    std::deque<entry> entries_;
    std::size_t stored_bytes_ = 0;
    std::map<std::string, std::uint64_t> by_model_;
    std::map<std::string, std::uint64_t> by_purpose_;
    std::uint64_t requests_ = 0;
    std::uint64_t errors_ = 0;
    std::uint64_t connections_ = 0;
    std::int64_t open_connections_ = 0;
    std::int64_t open_streams_ = 0;
    std::int64_t prompt_tokens_ = 0;
    std::int64_t completion_tokens_ = 0;
};

}  // namespace riva::llm::scripted
