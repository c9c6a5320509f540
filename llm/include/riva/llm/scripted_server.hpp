#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/error.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace riva::llm {

/// How the server answers when no fault is scripted: real time, scaled.
struct scripted_server_options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: any free port
    std::uint64_t seed = 1;
    double time_scale = 1.0;  ///< 0: no waiting at all
    std::string key = {};     ///< what every request must show; empty: what the script demands
};

/// A model server that answers from a script, over real HTTP. For demos, tests, evaluation and
/// benchmarks; the format of scripts and suites is in docs/scripted-server.md.
///
/// Speaks the wire formats of OpenAI (Chat Completions and Responses), Anthropic, Gemini and
/// Ollama, whatever the script, and validates requests as the real servers do. `GET /stats` counts,
/// `GET /journal` lists the requests. Thread safety: none; runs on the executor given.
class scripted_server {
public:
    /// Errors: `errc::script_invalid` naming the place.
    static result<scripted_server> from_script(
        std::string_view json, scripted_server_options options
    );
    static result<scripted_server> from_script_file(
        const std::filesystem::path& file, scripted_server_options options
    );
    /// Answers everything: a demanded tool is called and a demanded schema satisfied, with made-up
    /// values; any other answer is a short text.
    static scripted_server answering_anything(scripted_server_options options);
    /// Passes every request on to the real server at `upstream` (http or https, without the path
    /// that the wire format adds) and gives its answers back; writes a script that gives the same
    /// answers again to `script`. `ca_file` is trusted in addition to the system's certificates.
    /// Errors: `errc::invalid_spec`.
    static result<scripted_server> recording(
        std::string_view upstream,
        const std::filesystem::path& script,
        scripted_server_options options,
        const std::string& ca_file = {}
    );
    /// Answers the tasks of an evaluation suite (one JSON object a line) with their recorded
    /// solutions.
    static result<scripted_server> from_suite_file(
        const std::filesystem::path& file, scripted_server_options options
    );

    scripted_server(scripted_server&&) noexcept;
    scripted_server& operator=(scripted_server&&) noexcept;
    ~scripted_server();

    /// Binds; returns the port. Errors: `errc::connect_failed`.
    result<std::uint16_t> listen(asio::any_io_executor executor);
    /// Serves until cancelled; then stops listening, closes every connection, waits for their
    /// coroutines, and ends with `operation_aborted`. Precondition: `listen`.
    asio::awaitable<void> serve();

    /// Requests to a model so far, answered or refused.
    std::uint64_t requests() const;
    /// Those requests in order, as a JSON list of objects with time, dialect, model, purpose,
    /// status and body. The oldest are dropped when the bodies exceed 64 MiB.
    std::string journal_json() const;

private:
    struct state;
    explicit scripted_server(std::shared_ptr<state> s);
    std::shared_ptr<state> state_;
};

}  // namespace riva::llm
