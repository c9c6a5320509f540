#pragma once

#include "simulated_endpoint.hpp"

#include <array>
#include <string_view>

namespace riva::test {

/// Something that goes wrong between riva and a model's server, and how the client reports it. What
/// the wire looks like and that it is reported so is tested in sse_torture_test.cpp,
/// http_client_test.cpp, http_client_time_test.cpp, tls_test.cpp and scripted_wire_fault_test.cpp.
struct fault {
    std::string_view what;
    llm::errc code;
    unsigned status = 0;  ///< 0: no response header arrived
    clock::duration after{};  ///< from the request to the failure
    std::chrono::milliseconds come_back{};  ///< asked for by the server; zero: nothing said

    ending end() const {
        llm::attempt_failure failed{{code, std::string(what)}, status, {}};
        if (come_back.count() > 0) failed.hint.delay = come_back;
        const bool begins = status == 200 && after > clock::duration();
        return {
            after,
            std::move(failed),
            begins ? std::optional<clock::duration>(after / 2) : std::nullopt
        };
    }
};

inline constexpr auto all_faults = [] {
    using namespace std::chrono_literals;
    using llm::errc;
    return std::array{
        fault{"connection refused", errc::connect_failed, 0, 1ms},
        fault{"host name not found", errc::connect_failed, 0, 50ms},
        fault{"connection never established", errc::connect_timed_out, 0, 5s},
        fault{"self-signed certificate", errc::tls_refused, 0, 20ms},
        fault{"certificate of another host", errc::tls_refused, 0, 20ms},
        fault{"expired certificate", errc::tls_refused, 0, 20ms},
        fault{"reset before the header", errc::connection_lost, 0, 100ms},
        fault{"reset in the answer", errc::truncated_answer, 200, 400ms},
        fault{"closed in the answer", errc::truncated_answer, 200, 400ms},
        fault{"no header", errc::header_timed_out, 0, 60s},
        fault{"answer stalls", errc::idle_timed_out, 200, 60s},
        fault{"signs of life only", errc::idle_timed_out, 200, 300s},
        fault{"one byte a second", errc::total_timed_out, 200, 24h},
        fault{"answer without end", errc::http_limit, 200, 90s},
        fault{"429 with a time in seconds", errc::rate_limited, 429, 20ms, 2s},
        fault{"429 with a date in an hour", errc::rate_limited, 429, 20ms, 1h},
        fault{"500", errc::server_failed, 500, 20ms},
        fault{"502 with a page in HTML", errc::server_failed, 502, 20ms},
        fault{"overload reported in the stream", errc::server_failed, 200, 400ms},
        fault{"key refused", errc::unauthorized, 401, 20ms},
        fault{"redirect", errc::redirected, 307, 20ms},
        fault{"contradictory framing", errc::http_malformed, 0, 20ms},
        fault{"header over its limit", errc::http_limit, 0, 20ms},
        fault{"answer that is no JSON", errc::malformed_answer, 200, 400ms},
    };
}();

}  // namespace riva::test
