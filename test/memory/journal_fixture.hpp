#pragma once

#include <riva/memory/sqlite_journal.hpp>

#include <catch.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace riva::test {

/// Opens a journal that must open.
std::unique_ptr<memory::sqlite_journal> open_journal(const std::filesystem::path& file);

/// A short event of a run.
event log_event(const std::string& run, std::uint64_t seq, std::string message = "hello");

/// The calls of a journal from a plain function.
result<void> append(journal& to, event e);
result<std::vector<event>> read(journal& from, const std::string& run);
result<std::vector<event>> read_until(
    memory::sqlite_journal& from, const std::string& run, std::uint64_t until
);
result<std::vector<run_summary>> runs(journal& from);

/// Writes a database with one run `r` that holds every type of event, and closes it.
std::vector<event> write_sample(const std::filesystem::path& file);

/// Runs SQL against a database that nobody has open; the pages it writes have seals.
void change(const std::filesystem::path& file, const std::string& sql);

/// Holds the right to write a database, as another process would.
class other_writer {
public:
    explicit other_writer(const std::filesystem::path& database);
    ~other_writer();
    other_writer(const other_writer&) = delete;
    other_writer& operator=(const other_writer&) = delete;

private:
    int descriptor_;
};

}  // namespace riva::test

/// Shows why there is no value where one was expected.
template <class T>
struct Catch::StringMaker<boost::system::result<T, riva::error>> {
    static std::string convert(const boost::system::result<T, riva::error>& shown) {
        return shown ? "a value" : shown.error().context;
    }
};
