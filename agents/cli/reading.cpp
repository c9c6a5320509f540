#include "reading.hpp"

#include "configuration.hpp"

#include <riva/memory/error.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <filesystem>

namespace riva::cli {

void run_to_end(std::function<asio::awaitable<void>()> work) {
    asio::io_context io(1);
    std::exception_ptr failure;
    asio::co_spawn(io, work(), [&](std::exception_ptr e) { failure = e; });
    io.run();
    if (failure) std::rethrow_exception(failure);
}

result<std::unique_ptr<memory::sqlite_journal>> open_journal() {
    const std::filesystem::path file = state_folder() / "riva.db";
    if (!std::filesystem::exists(file))
        return error{
            memory::errc::unknown_run,
            "No run has been recorded in " + state_folder().string() + "."
        };
    return memory::sqlite_journal::open(file);
}

namespace {

/// That the list of runs cannot be read, unless the run that is named is found without it.
result<std::string> find_unlisted(const std::string& name, const error& why) {
    if (why.code != memory::errc::corrupt) return why;
    const auto first = read_run(name, 1);
    if (!first && first.error().code == memory::errc::unknown_run) return why;
    return name;
}

}  // namespace

result<std::string> find_run(const std::string& name) {
    auto record = open_journal();
    if (!record) return record.error();
    result<std::vector<run_summary>> all;
    // The object lives until its coroutine has ended.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    run_to_end([&]() -> asio::awaitable<void> { all = co_await record->get()->runs(); });
    if (!all) return find_unlisted(name, all.error());
    std::vector<std::string> found;
    for (const auto& run : *all) {
        if (run.id == name) return name;
        if (!name.empty() && run.id.starts_with(name)) found.push_back(run.id);
    }
    if (found.size() == 1) return found.front();
    if (found.empty())
        return error{
            memory::errc::unknown_run, "There is no run '" + name + "'; riva runs lists them."
        };
    return error{
        memory::errc::unknown_run,
        "'" + name + "' is the beginning of " + std::to_string(found.size()) + " runs, such as " +
            found[0] + " and " + found[1] + "; write more of it."
    };
}

result<std::vector<event>> read_run(const std::string& id, std::uint64_t until) {
    auto record = open_journal();
    if (!record) return record.error();
    result<std::vector<event>> events;
    // The object lives until its coroutine has ended.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    run_to_end([&]() -> asio::awaitable<void> {
        events = co_await record->get()->read_until(id, until);
    });
    return events;
}

}  // namespace riva::cli
