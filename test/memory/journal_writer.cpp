#include <riva/memory/sqlite_journal.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace riva {
namespace {

/// Says that an event is durable, and what went wrong, in one write each.
void say(const std::string& line) {
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(1);
}

/// Appends to one run until something goes wrong.
asio::awaitable<void> write_on(journal& to, std::string run) {
    event e;
    e.run = run;
    e.body = events::log{"info", std::string(1000, 'x')};
    while (true) {
        ++e.seq;
        const auto written = co_await to.append(e);
        if (!written) {
            say(run + " " + written.error().code.message() + "\n");
            co_return;
        }
        say(run + " " + std::to_string(e.seq) + "\n");
    }
}

}  // namespace
}  // namespace riva

/// journal_writer FILE RUNS BYTES: writes runs r0, r1, ... at once, each until it fails. No file
/// may grow over BYTES; 0 is no limit.
int main(int count, char** words) {
    if (count != 4) return 2;
    std::signal(SIGXFSZ, SIG_IGN);
    const auto opened = riva::memory::sqlite_journal::open(words[1]);
    if (!opened) {
        std::fprintf(stderr, "%s\n", opened.error().context.c_str());
        return 1;
    }
    if (const rlim_t bytes = std::strtoull(words[3], nullptr, 10); bytes > 0) {
        const rlimit limit{bytes, bytes};
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    }
    boost::asio::io_context io(1);
    for (int i = 0; i < std::atoi(words[2]); ++i)
        boost::asio::co_spawn(
            io,
            riva::write_on(**opened, "r" + std::to_string(i)),
            [](std::exception_ptr e) {
                if (e) std::rethrow_exception(e);
            }
        );
    io.run();
    return 0;
}
