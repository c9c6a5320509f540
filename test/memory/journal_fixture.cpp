#include "journal_fixture.hpp"

#include "../runtime/every_event.hpp"

#include <SQLiteCpp/Database.h>
#include <catch.hpp>
#include <fcntl.h>
#include <run.hpp>
#include <sealed_files.hpp>
#include <sys/file.h>
#include <unistd.h>

namespace riva::test {

std::unique_ptr<memory::sqlite_journal> open_journal(const std::filesystem::path& file) {
    auto opened = memory::sqlite_journal::open(file);
    if (!opened) FAIL(opened.error().context);
    return std::move(*opened);
}

event log_event(const std::string& run, std::uint64_t seq, std::string message) {
    event e;
    e.seq = seq;
    e.run = run;
    e.body = events::log{"info", std::move(message)};
    return e;
}

namespace {

asio::awaitable<void> keep_append(journal& to, event e, result<void>& into) {
    into = co_await to.append(std::move(e));
}
asio::awaitable<void> keep_read(journal& from, std::string run, result<std::vector<event>>& into) {
    into = co_await from.read(std::move(run));
}
asio::awaitable<void> keep_read_until(
    memory::sqlite_journal& from,
    std::string run,
    std::uint64_t until,
    result<std::vector<event>>& into
) {
    into = co_await from.read_until(std::move(run), until);
}
asio::awaitable<void> keep_runs(journal& from, result<std::vector<run_summary>>& into) {
    into = co_await from.runs();
}

}  // namespace

result<void> append(journal& to, event e) {
    result<void> ended;
    run([&] { return keep_append(to, std::move(e), ended); });
    return ended;
}

result<std::vector<event>> read(journal& from, const std::string& run_id) {
    result<std::vector<event>> found;
    run([&] { return keep_read(from, run_id, found); });
    return found;
}

result<std::vector<event>> read_until(
    memory::sqlite_journal& from, const std::string& run_id, std::uint64_t until
) {
    result<std::vector<event>> found;
    run([&] { return keep_read_until(from, run_id, until, found); });
    return found;
}

result<std::vector<run_summary>> runs(journal& from) {
    result<std::vector<run_summary>> found;
    run([&] { return keep_runs(from, found); });
    return found;
}

std::vector<event> write_sample(const std::filesystem::path& file) {
    const auto journal = open_journal(file);
    auto all = every_event("r");
    for (const auto& e : all) REQUIRE(append(*journal, e));
    return all;
}

void change(const std::filesystem::path& file, const std::string& sql) {
    const auto flags = SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
    SQLite::Database(file.string(), flags, 0, memory::sealed_files()).exec(sql);
}

other_writer::other_writer(const std::filesystem::path& database)
    : descriptor_(::open((database.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)
      ) {
    REQUIRE(descriptor_ >= 0);
    REQUIRE(::flock(descriptor_, LOCK_EX | LOCK_NB) == 0);
}

other_writer::~other_writer() {
    ::close(descriptor_);
}

}  // namespace riva::test
