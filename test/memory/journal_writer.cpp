#include <riva/memory/check_records.hpp>
#include <riva/memory/sqlite_journal.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace riva {
namespace {

using memory::check_records;
using memory::sqlite_journal;

/// Says that an event is durable, and what went wrong, in one write each.
void say(const std::string& line) {
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(1);
}

/// Appends to one run until something goes wrong, or there are `most` events.
asio::awaitable<void> write_on(journal& to, std::string run, std::uint64_t most) {
    event e;
    e.run = run;
    e.body = events::log{"info", std::string(1000, 'x')};
    while (e.seq < most) {
        ++e.seq;
        const auto written = co_await to.append(e);
        if (!written) {
            say(run + " " + written.error().code.message() + "\n");
            co_return;
        }
        say(run + " " + std::to_string(e.seq) + "\n");
    }
}

void rethrow(std::exception_ptr e) {
    if (e) std::rethrow_exception(e);
}

std::unique_ptr<sqlite_journal> open_journal(const char* file) {
    auto opened = sqlite_journal::open(file);
    if (opened) return std::move(*opened);
    std::fprintf(stderr, "%s\n", opened.error().context.c_str());
    std::_Exit(1);
}

/// One of several threads, which has connections of its own: a run, and a count that all share.
void write_alone(const char* file, const std::string& run, std::uint64_t events) {
    const auto journal = open_journal(file);
    const auto checks = check_records::open(file);
    for (std::uint64_t i = 0; i < events; ++i)
        if (!checks || !(*checks)->add("/p", {{"kind", 1, 0, std::chrono::milliseconds(1)}}))
            say(run + " did not count\n");
    boost::asio::io_context io(1);
    boost::asio::co_spawn(io, write_on(*journal, run, events), rethrow);
    io.run();
}

int write_from_threads(const char* file, int count, const std::string& name, std::uint64_t events) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([=] { write_alone(file, name + std::to_string(i), events); });
    for (auto& each : threads) each.join();
    return 0;
}

}  // namespace
}  // namespace riva

/// journal_writer FILE RUNS BYTES: writes runs r0, r1, ... at once, each until it fails. No file
/// may grow over BYTES; 0 is no limit.
/// journal_writer FILE THREADS NAME EVENTS: each thread counts to EVENTS in one row that all share,
/// and writes a run NAME0, NAME1, ... of as many.
int main(int count, char** words) {
    if (count == 5)
        return riva::write_from_threads(
            words[1], std::atoi(words[2]), words[3], std::strtoull(words[4], nullptr, 10)
        );
    if (count != 4) return 2;
    std::signal(SIGXFSZ, SIG_IGN);
    const auto journal = riva::open_journal(words[1]);
    if (const rlim_t bytes = std::strtoull(words[3], nullptr, 10); bytes > 0) {
        const rlimit limit{bytes, bytes};
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    }
    boost::asio::io_context io(1);
    for (int i = 0; i < std::atoi(words[2]); ++i)
        boost::asio::co_spawn(
            io, riva::write_on(*journal, "r" + std::to_string(i), UINT64_MAX), riva::rethrow
        );
    io.run();
    return 0;
}
