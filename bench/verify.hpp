#pragma once

#include <riva/runtime/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace riva::bench {

struct verify_plan {
    std::string url;  ///< base URL of an OpenAI-compatible server, with `/v1`
    std::string model = "mock";
    std::size_t calls = 1000;
    std::size_t concurrency = 16;
    bool stream = false;
};

struct verify_figures {
    std::size_t passed = 0;
    std::size_t failed = 0;  ///< verdicts `fail`; they are answers as good as `pass`
    std::size_t errors = 0;
    std::size_t chunks = 0;  ///< pieces of text that arrived
    double wall_s = 0;
    double cpu_s = 0;  ///< of this process, system time included
    double user_s = 0;
    double sys_s = 0;
    double cpu_total_s = 0;  ///< since the process began
    double p50_ms = 0;
    double p99_ms = 0;
    std::int64_t max_rss_kb = 0;
    std::int64_t rss0_kb = 0;  ///< before the first call
    std::string first_error;
};

/// Asks a model for the verdict on `calls` claims, `concurrency` at a time, through the client that
/// `riva run` uses, and counts the verdicts. Errors: those of `llm::make_model`.
result<verify_figures> measure_verify(const verify_plan& plan);

/// The figures for people, or as the one JSON line that other programs read.
std::string to_table(const verify_plan& plan, const verify_figures& figures);
std::string to_json(const verify_plan& plan, const verify_figures& figures);

}  // namespace riva::bench
