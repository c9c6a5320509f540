// Uses the whole of an installed riva from a program that is not a coroutine.
#include <riva/agents/engine.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <cstdio>

namespace asio = riva::asio;

int main() {
    asio::io_context io;
    riva::agents::settings settings;
    settings.state_folder = "state";
    riva::agents::engine engine(io.get_executor(), settings);

    riva::agents::task nothing;
    auto answer = engine.async_run(nothing, nullptr, riva::deadline(), asio::use_future);
    io.run();
    auto report = answer.get();
    if (report) {
        std::printf("wrong: a task without words was accepted\n");
        return 1;
    }
    std::printf("refused, as it should be: %s\n", report.error().context.c_str());
    return 0;
}
