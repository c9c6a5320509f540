#include "pattern_rows.hpp"

#include "statement.hpp"

#include <algorithm>
#include <cmath>

namespace riva::memory {
namespace {

using std::chrono::milliseconds;

std::int64_t count_of(pattern_time t) {
    return t.time_since_epoch().count();
}

pattern_time time_of(std::int64_t count) {
    return pattern_time(milliseconds(count));
}

/// What is left of one outcome of that age. A clock that was set back makes nothing younger.
double weight_after(milliseconds age) {
    const double lives = static_cast<double>(std::max<std::int64_t>(age.count(), 0)) /
                         static_cast<double>(milliseconds(pattern_half_life).count());
    return std::exp2(-lives);
}

constexpr const char* columns =
    "SELECT pattern, successes, failures, passed, failed, as_of, last_success, last_failure, run, "
    "step FROM pattern_records WHERE project = ?";

pattern_row read_row(SQLite::Statement& row, pattern_time now) {
    pattern_row found;
    found.pattern = row.getColumn(0).getString();
    found.successes = number(row, 1);
    found.failures = number(row, 2);
    const double left = weight_after(now - time_of(number(row, 5)));
    found.passed = row.getColumn(3).getDouble() * left;
    found.failed = row.getColumn(4).getDouble() * left;
    if (!row.getColumn(6).isNull()) found.last_success = time_of(number(row, 6));
    if (!row.getColumn(7).isNull()) found.last_failure = time_of(number(row, 7));
    found.run = row.getColumn(8).getString();
    found.step = row.getColumn(9).getString();
    return found;
}

void store(
    SQLite::Database& to, const std::string& project, const pattern_row& row, pattern_time now
) {
    auto put = prepare(
        to,
        "INSERT INTO pattern_records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET successes = excluded.successes, failures = excluded.failures, "
        "passed = excluded.passed, failed = excluded.failed, as_of = excluded.as_of, "
        "last_success = excluded.last_success, last_failure = excluded.last_failure, "
        "run = excluded.run, step = excluded.step",
        project,
        row.pattern,
        row.successes,
        row.failures,
        row.passed,
        row.failed,
        count_of(now)
    );
    if (row.last_success) put.bind(8, count_of(*row.last_success));
    if (row.last_failure) put.bind(9, count_of(*row.last_failure));
    put.bind(10, row.run);
    put.bind(11, row.step);
    put.exec();
}

/// An outcome that is known.
struct known_outcome {
    std::string project;
    std::string pattern;
    bool passed = false;
    pattern_time at;
};

std::optional<known_outcome> find_outcome(
    SQLite::Database& in, const std::string& run, const std::string& step
) {
    auto row = prepare(
        in,
        "SELECT project, pattern, passed, at FROM pattern_outcomes WHERE run = ? AND step = ?",
        run,
        step
    );
    if (!row.executeStep()) return std::nullopt;
    return known_outcome{
        row.getColumn(0).getString(),
        row.getColumn(1).getString(),
        number(row, 2) != 0,
        time_of(number(row, 3))
    };
}

/// The time up to which a pattern is known: nothing is booked before that.
pattern_time known_until(
    SQLite::Database& in, const std::string& project, const std::string& pattern, pattern_time now
) {
    auto row = prepare(
        in, "SELECT as_of FROM pattern_records WHERE project = ? AND pattern = ?", project, pattern
    );
    return row.executeStep() ? std::max(now, time_of(number(row, 0))) : now;
}

void count(pattern_row& row, bool passed, pattern_time at) {
    ++(passed ? row.successes : row.failures);
    (passed ? row.passed : row.failed) += 1;
    (passed ? row.last_success : row.last_failure) = at;
}

}  // namespace

pattern_row find_pattern(
    SQLite::Database& in, const std::string& project, const std::string& pattern, pattern_time now
) {
    auto row = prepare(in, (std::string(columns) + " AND pattern = ?").c_str(), project, pattern);
    if (row.executeStep()) return read_row(row, now);
    pattern_row unknown;
    unknown.pattern = pattern;
    return unknown;
}

std::vector<pattern_row> list_patterns(
    SQLite::Database& in, const std::string& project, pattern_time now
) {
    std::vector<pattern_row> all;
    auto row = prepare(in, (std::string(columns) + " ORDER BY pattern").c_str(), project);
    while (row.executeStep()) all.push_back(read_row(row, now));
    return all;
}

bool add_outcome(SQLite::Database& to, const std::string& project, const pattern_outcome& seen) {
    const auto known = find_outcome(to, seen.run, seen.step);
    if (known && (!known->passed || seen.passed)) return false;
    const std::string& where = known ? known->project : project;
    const std::string& pattern = known ? known->pattern : seen.pattern;
    const pattern_time now = known_until(to, where, pattern, seen.at);
    pattern_row row = find_pattern(to, where, pattern, now);
    if (known) {
        --row.successes;
        row.passed = std::max(0.0, row.passed - weight_after(now - known->at));
        execute(
            to,
            "UPDATE pattern_outcomes SET passed = 0, at = ? WHERE run = ? AND step = ?",
            count_of(now),
            seen.run,
            seen.step
        );
    } else {
        execute(
            to,
            "INSERT INTO pattern_outcomes VALUES (?, ?, ?, ?, ?, ?, ?)",
            seen.run,
            seen.step,
            where,
            pattern,
            seen.file,
            static_cast<std::int64_t>(seen.passed),
            count_of(now)
        );
    }
    count(row, seen.passed, now);
    row.run = seen.run;
    row.step = seen.step;
    store(to, where, row, now);
    return true;
}

std::optional<pattern_outcome> find_refuted(
    SQLite::Database& in,
    const std::string& project,
    const std::string& run,
    const std::string& file,
    pattern_time now
) {
    auto row = prepare(
        in,
        "SELECT pattern, step, passed FROM pattern_outcomes WHERE project = ? AND run = ? AND "
        "file = ? ORDER BY at DESC, step DESC LIMIT 1",
        project,
        run,
        file
    );
    if (!row.executeStep() || number(row, 2) == 0) return std::nullopt;
    return pattern_outcome{
        row.getColumn(0).getString(), run, row.getColumn(1).getString(), file, false, now
    };
}

}  // namespace riva::memory
