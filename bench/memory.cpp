#include "memory.hpp"

#include "bare_rows.hpp"
#include "lateness.hpp"
#include "median.hpp"
#include "pattern_lookup.hpp"
#include "read_events.hpp"
#include "scratch_folder.hpp"

#include <riva/memory/sqlite_journal.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <vector>

namespace riva::bench {
namespace {

using steady = std::chrono::steady_clock;
using milliseconds = std::chrono::duration<double, std::milli>;

/// As long as events usually are.
event usual_event(std::string run, std::uint64_t seq) {
    event e;
    e.run = std::move(run);
    e.seq = seq;
    e.body = events::log{"info", std::string(300, 'x')};
    return e;
}

/// As long as a prompt or a diff.
event long_event(std::string run, std::uint64_t seq) {
    event e = usual_event(std::move(run), seq);
    e.body = events::log{"info", std::string(100'000, 'x')};
    return e;
}

/// Appends to a run, of which `seq` is the last event, until it has `count`. Others may do the same
/// at once: whoever comes first has the next event.
asio::awaitable<void> write_run(
    journal& to,
    std::string run,
    std::shared_ptr<std::uint64_t> seq,
    std::size_t count,
    error& failed
) {
    while (*seq < count && !failed.code) {
        const auto written = co_await to.append(usual_event(run, ++*seq));
        if (!written) failed = written.error();
    }
}

asio::awaitable<void> write_long(journal& to, std::string run, std::size_t count, error& failed) {
    for (std::uint64_t seq = 1; seq <= count && !failed.code; ++seq) {
        const auto written = co_await to.append(long_event(run, seq));
        if (!written) failed = written.error();
    }
}

void rethrow(std::exception_ptr e) {
    if (e) std::rethrow_exception(e);
}

/// The passes of one measurement, on one journal.
class measurement {
public:
    measurement(const memory_plan& plan, std::filesystem::path folder)
        : plan_(plan), folder_(std::move(folder)) {}

    result<memory_figures> run() {
        auto opened = memory::sqlite_journal::open(folder_ / "riva.db");
        if (!opened) return opened.error();
        journal_ = std::move(*opened);
        std::vector<double> written, bare, idle, loaded;
        const std::string row = to_json(usual_event("run1000", 1000));
        for (std::size_t pass = 0; pass < plan_.passes && !failed_.code; ++pass) {
            bare.push_back(
                measure_bare_rows(folder_ / "bare.db", row, plan_.events, plan_.in_flight)
            );
            written.push_back(write_events());
            idle.push_back(idle_lateness());
            loaded.push_back(loaded_lateness());
        }
        if (failed_.code) return failed_;
        const auto read_ms = time_reading();
        if (!read_ms) return read_ms.error();
        const auto pattern_us = time_pattern_lookup(folder_, plan_.patterns);
        if (!pattern_us) return pattern_us.error();
        const auto recall = measure_recall(folder_ / "entries.db", plan_.entries);
        if (!recall) return recall.error();
        const auto resume = time_resume(folder_ / "resumed", plan_.read);
        if (!resume) return resume.error();
        return memory_figures{
            median(written),
            median(bare),
            median(idle),
            median(loaded),
            *read_ms,
            *resume,
            *pattern_us,
            *recall
        };
    }

private:
    void start(asio::io_context& io, asio::awaitable<void> work) {
        ++writing_;
        asio::co_spawn(io, std::move(work), [this](std::exception_ptr e) {
            rethrow(std::move(e));
            --writing_;
        });
    }

    std::string next_run() { return "run" + std::to_string(++runs_); }

    /// Starts `in_flight` runs that write the events of a pass between them.
    void write_runs(asio::io_context& io, std::size_t writers) {
        for (std::size_t i = 0; i < writers; ++i)
            start(
                io,
                write_run(
                    *journal_,
                    next_run(),
                    std::make_shared<std::uint64_t>(0),
                    (plan_.events + i) / writers,
                    failed_
                )
            );
    }

    double write_events() {
        asio::io_context io(1);
        const auto start = steady::now();
        write_runs(io, plan_.in_flight);
        io.run();
        const std::chrono::duration<double> took = steady::now() - start;
        return static_cast<double>(plan_.events) / took.count();
    }

    static double idle_lateness() {
        asio::io_context io(1);
        lateness probe;
        asio::steady_timer end(io, std::chrono::seconds(1));
        end.async_wait([&](const boost::system::error_code&) { probe.stop(); });
        asio::co_spawn(io, probe.measure(), rethrow);
        io.run();
        return probe.p99();
    }

    double loaded_lateness() {
        asio::io_context io(1);
        lateness probe;
        asio::co_spawn(io, probe.measure(), rethrow);
        write_runs(io, plan_.in_flight);
        start(io, write_long(*journal_, next_run(), plan_.events / plan_.in_flight, failed_));
        while (writing_ > 0) io.run_one();
        probe.stop();
        io.run();
        return probe.p99();
    }

    result<double> time_reading() {
        const std::string run = next_run();
        {
            asio::io_context io(1);
            const auto seq = std::make_shared<std::uint64_t>(0);
            for (std::size_t i = 0; i < plan_.in_flight; ++i)
                start(io, write_run(*journal_, run, seq, plan_.read, failed_));
            io.run();
        }
        if (failed_.code) return failed_;
        const auto start = steady::now();
        const auto found = read_events(*journal_, run);
        const milliseconds took = steady::now() - start;
        if (!found) return found.error();
        return took.count();
    }

    memory_plan plan_;
    std::filesystem::path folder_;
    std::unique_ptr<journal> journal_;
    std::size_t runs_ = 0;
    std::size_t writing_ = 0;
    error failed_;
};

}  // namespace

result<memory_figures> measure_memory(const memory_plan& plan) {
    const scratch_folder folder(plan.folder);
    if (folder.path().empty())
        return error{
            std::make_error_code(std::errc::io_error),
            "Nothing can be written to " + plan.folder.string() + "; name another --folder."
        };
    return measurement(plan, folder.path()).run();
}

std::string to_table(const memory_plan& plan, const memory_figures& figures) {
    std::array<char, 1024> text{};
    std::snprintf(
        text.data(),
        text.size(),
        "events  %.0f per second, %zu in flight\n"
        "floor   %.0f per second (a bare loop on the same disk); the journal has %.2f of it\n"
        "loop    p99 %.3f ms late while the journal writes, %.3f ms without: %.3f ms more\n"
        "read    %.1f ms for %zu events\n"
        "resume  %.0f ms until a run of %zu events is where it was, %.0f ms of processor time\n"
        "pattern %.1f us to look one up among %zu\n"
        "recall  p50 %.2f ms, p99 %.2f ms of %zu entries\n",
        figures.events_per_second,
        plan.in_flight,
        figures.floor_per_second,
        figures.events_per_second / figures.floor_per_second,
        figures.loaded_p99_ms,
        figures.idle_p99_ms,
        figures.loaded_p99_ms - figures.idle_p99_ms,
        figures.read_ms,
        plan.read,
        figures.resume.resume_ms,
        figures.resume.events,
        figures.resume.processor_ms,
        figures.pattern_us,
        2 * plan.patterns,
        figures.recall.p50_ms,
        figures.recall.p99_ms,
        plan.entries
    );
    return text.data();
}

std::string to_json(const memory_plan& plan, const memory_figures& figures) {
    const boost::json::object line{
        {"events", plan.events},
        {"in_flight", plan.in_flight},
        {"events_per_second", figures.events_per_second},
        {"floor_per_second", figures.floor_per_second},
        {"idle_p99_ms", figures.idle_p99_ms},
        {"loaded_p99_ms", figures.loaded_p99_ms},
        {"read", plan.read},
        {"read_ms", figures.read_ms},
        {"resumed", figures.resume.events},
        {"resume_ms", figures.resume.resume_ms},
        {"resume_processor_ms", figures.resume.processor_ms},
        {"pattern_us", figures.pattern_us},
        {"entries", plan.entries},
        {"recall_p50_ms", figures.recall.p50_ms},
        {"recall_p99_ms", figures.recall.p99_ms},
    };
    return boost::json::serialize(line) + "\n";
}

}  // namespace riva::bench
