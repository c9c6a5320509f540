// riva in a program that has an event loop of its own: run a task on a folder, print the diff and
// how it ended. usage: example_embed_in_an_event_loop MODEL FOLDER TASK CHECK
#include <riva/agents/engine.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <utility>

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fputs("usage: example_embed_in_an_event_loop MODEL FOLDER TASK CHECK\n", stderr);
        return 2;
    }
    const auto model = riva::llm::parse_model_spec(argv[1]);
    if (!model) {
        std::fprintf(stderr, "%s\n", model.error().context.c_str());
        return 2;
    }
    riva::agents::settings settings;
    settings.model = *model;
    settings.state_folder = std::filesystem::temp_directory_path() / "riva-example";
    riva::agents::task task;
    task.repository = argv[2];
    task.what = argv[3];
    task.checks.emplace_back(argv[4]);

    boost::asio::io_context io;
    riva::agents::engine engine(io.get_executor(), settings);
    int status = 1;
    engine.async_run(
        std::move(task),
        nullptr,
        riva::deadline::in(std::chrono::minutes(10)),
        [&status](std::exception_ptr failure, riva::result<riva::agents::report> ended) {
            if (failure) std::rethrow_exception(failure);
            if (!ended) {
                std::fprintf(stderr, "%s\n", ended.error().context.c_str());
                return;
            }
            std::printf("%s%s\n", ended->diff.c_str(), ended->result.outcome.c_str());
            status = ended->result.outcome == "verified" ? 0 : 3;
        }
    );
    io.run();
    return status;
}
