#include "commands.hpp"
#include "signals.hpp"

#include <riva/llm/scripted_server.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace riva::cli {
namespace {

result<llm::scripted_server> load(const model_server_options& options) {
    llm::scripted_server_options serve;
    serve.port = options.port;
    serve.seed = options.seed;
    serve.time_scale = options.time_scale;
    if (!options.record.empty())
        return llm::scripted_server::recording(options.record, options.output, serve);
    if (!options.suite.empty()) return llm::scripted_server::from_suite_file(options.suite, serve);
    if (!options.script.empty())
        return llm::scripted_server::from_script_file(options.script, serve);
    return llm::scripted_server::answering_anything(serve);
}

/// Written beside and renamed, so that whoever waits for the file never reads half of it.
bool write_port(const std::filesystem::path& file, std::uint16_t port) {
    std::filesystem::path beside = file;
    beside += ".new";
    std::ofstream out(beside);
    if (!(out << port << '\n').flush()) return false;
    out.close();
    std::error_code failed;
    std::filesystem::rename(beside, file, failed);
    return !failed;
}

}  // namespace

exit_code carry_out(const model_server_options& options) {
    auto server = load(options);
    if (!server) return complain(server.error());
    boost::asio::io_context io(1);
    const auto port = server->listen(io.get_executor());
    if (!port) return complain(port.error());
    if (!options.port_file.empty() && !write_port(options.port_file, *port))
        return complain(
            {riva::errc::io_failed,
             "The port cannot be written to " + options.port_file.string() + "."}
        );
    std::fprintf(
        stderr,
        "riva: serving http://127.0.0.1:%u until interrupted (for openai add /v1)\n",
        static_cast<unsigned>(*port)
    );

    signals interrupts(io);
    // Serving has no safe point of its own: any signal ends it.
    boost::asio::cancellation_signal stop;
    interrupts.slot().assign([&stop](boost::asio::cancellation_type) {
        stop.emit(boost::asio::cancellation_type::terminal);
    });
    boost::asio::co_spawn(
        io,
        server->serve(),
        boost::asio::bind_cancellation_slot(
            stop.slot(), [&](std::exception_ptr) { interrupts.done(); }
        )
    );
    io.run();
    return exit_code::verified;
}

}  // namespace riva::cli
