#include "power_cut.hpp"

#include "journal_fixture.hpp"
#include "recorded_disk.hpp"

#include <riva/memory/error.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch.hpp>
#include <temporary_folder.hpp>

#include <cstdlib>
#include <iostream>
#include <map>
#include <random>

namespace riva::test {
namespace {

constexpr int runs_at_once = 6;

/// The event that a run has at a place: short, or with a text that is put away, new or not.
event event_at(const std::string& run, std::uint64_t seq) {
    std::string text = run + ' ' + std::to_string(seq) + ' ';
    if (seq % 7 == 3) text = "shared " + std::string(6000, 's');
    if (seq % 7 == 5) text += std::string(4000 + seq * 97 % 9000, 'l');
    return log_event(run, seq, text + std::string(seq * 131 % 900, 'x'));
}

asio::awaitable<void> write_on(
    journal& to, std::string run, std::uint64_t& seq, std::uint64_t end
) {
    while (seq < end) {
        event next = event_at(run, seq + 1);
        const auto written = co_await to.append(std::move(next));
        if (!written) throw std::runtime_error(written.error().context);
        ++seq;
        recorded_disk::instance().add(
            {disk_step::kind::acknowledged, run, static_cast<std::int64_t>(seq), {}}
        );
    }
}

/// Several runs write to a journal, which is closed and opened again now and then.
std::vector<disk_step> record(bool keeps_its_log, std::mt19937& random) {
    const temporary_folder folder(fast_folder());
    std::map<std::string, std::uint64_t> last;
    recorded_disk::instance().begin(keeps_its_log);
    for (int opened = 0; opened < 4; ++opened) {
        const auto journal = open_journal(folder / "riva.db");
        asio::io_context io(1);
        for (int i = 0; i < runs_at_once; ++i) {
            const std::string run = "r" + std::to_string(i);
            asio::co_spawn(
                io,
                write_on(*journal, run, last[run], last[run] + 3 + random() % 12),
                [](std::exception_ptr e) {
                    if (e) std::rethrow_exception(e);
                }
            );
        }
        io.run();
    }
    return recorded_disk::instance().end();
}

struct findings {
    int lost = 0;  ///< acknowledged events are not there
    int torn = 0;  ///< there is something that nobody wrote, or that cannot be read
    std::string first;

    void torn_by(const std::string& why) {
        if (torn++ == 0) first = why;
    }
};

/// Looks at one run, of which `acknowledged` events were said to be durable.
void check_run(journal& from, const std::string& run, std::uint64_t acknowledged, findings& found) {
    const auto events = read(from, run);
    if (!events && events.error().code != memory::errc::unknown_run)
        return found.torn_by(events.error().context);
    const std::uint64_t count = events ? events->size() : 0;
    if (count < acknowledged) ++found.lost;
    for (std::uint64_t seq = 1; seq <= count; ++seq)
        if ((*events)[seq - 1] != event_at(run, seq)) return found.torn_by("another event");
    if (!append(from, event_at(run, count + 1))) found.torn_by("it does not go on");
}

/// Starts the machine again.
void check_image(
    const disk_image& image,
    const std::map<std::string, std::uint64_t>& acknowledged,
    findings& found
) {
    const temporary_folder folder(fast_folder());
    for (const auto& [name, bytes] : image) folder.write(name, bytes);
    const auto opened = memory::sqlite_journal::open(folder / "riva.db");
    if (!opened) return found.torn_by(opened.error().context);
    for (int i = 0; i < runs_at_once; ++i) {
        const std::string run = "r" + std::to_string(i);
        const auto at = acknowledged.find(run);
        check_run(**opened, run, at == acknowledged.end() ? 0 : at->second, found);
    }
}

findings cut_often(bool keeps_its_log, int cuts, std::mt19937& random) {
    constexpr int cuts_of_a_record = 200;
    findings found;
    std::vector<disk_step> steps;
    for (int i = 0; i < cuts; ++i) {
        if (i % cuts_of_a_record == 0) steps = record(keeps_its_log, random);
        const auto before = std::span(steps).first(random() % (steps.size() + 1));
        std::map<std::string, std::uint64_t> acknowledged;
        for (const auto& step : before)
            if (step.what == disk_step::kind::acknowledged)
                acknowledged[step.file] = static_cast<std::uint64_t>(step.offset);
        check_image(cut_power(before, random), acknowledged, found);
    }
    return found;
}

int power_cuts() {
    const char* wanted = std::getenv("RIVA_POWER_CUTS");
    return wanted != nullptr ? std::atoi(wanted) : RIVA_REPEATS;
}

}  // namespace

TEST_CASE("journal holds whatever it acknowledged when the power is cut", "[power]") {
    recorded_disk::instance();
    const auto seed = std::random_device{}();
    std::mt19937 random(seed);
    const auto found = cut_often(true, power_cuts(), random);
    INFO("seed " << seed << ", " << found.first);
    CHECK(found.lost == 0);
    CHECK(found.torn == 0);
}

TEST_CASE(
    "power cuts lose events of a journal whose disk does not do what it was told", "[power]"
) {
    recorded_disk::instance();
    const auto seed = std::random_device{}();
    std::mt19937 random(seed);
    const auto found = cut_often(false, 200, random);
    INFO("seed " << seed << ", " << found.first);
    CHECK(found.lost > 50);
}

}  // namespace riva::test
