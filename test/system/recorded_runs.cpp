#include "recorded_runs.hpp"

#include "run.hpp"

#include <riva/memory/sqlite_journal.hpp>

#include <filesystem>
#include <functional>

namespace riva::test {
namespace {

template <class T>
T from_journal(
    const std::filesystem::path& file, const std::function<asio::awaitable<T>(journal&)>& read
) {
    const auto opened = memory::sqlite_journal::open(file).value();
    T found;
    // The object lives until its coroutine has ended.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    run([&]() -> asio::awaitable<void> { found = co_await read(*opened); });
    return found;
}

}  // namespace

std::vector<std::string> runs_in(const installation& i) {
    const auto file = i.home / "state/riva.db";
    if (!std::filesystem::exists(file)) return {};
    using summaries = std::vector<run_summary>;
    const auto all = from_journal<summaries>(file, [](journal& j) -> asio::awaitable<summaries> {
        co_return (co_await j.runs()).value();
    });
    std::vector<std::string> ids;
    for (const auto& each : all) ids.push_back(each.id);
    return ids;
}

std::vector<event> recorded_in(const installation& i, const std::string& run) {
    using events = std::vector<event>;
    return from_journal<events>(
        i.home / "state/riva.db",
        [run](journal& j) -> asio::awaitable<events> { co_return (co_await j.read(run)).value(); }
    );
}

}  // namespace riva::test
