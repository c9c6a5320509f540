#include "../runtime/every_event.hpp"
#include "journal_fixture.hpp"
#include "power_cut.hpp"
#include "recorded_disk.hpp"

#include <SQLiteCpp/Database.h>
#include <catch.hpp>
#include <database.hpp>
#include <schema.hpp>
#include <sealed_files.hpp>
#include <temporary_folder.hpp>

#include <random>
#include <set>
#include <string>
#include <vector>

namespace riva::test {
namespace {

constexpr int first_with_seals = 5;

/// A database as riva left it when `version` was the newest, with one run `r`.
void write_version(const std::filesystem::path& file, int version) {
    const temporary_folder newest(fast_folder());
    write_sample(newest / "riva.db");
    const auto flags = SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
    SQLite::Database to(file.string(), flags, 0, memory::sealed_files());
    if (version >= first_with_seals) memory::make_room_for_seals(to.getHandle());
    to.exec("PRAGMA journal_mode = WAL; PRAGMA application_id = 0x72697661");
    memory::upgrade(to, 0, version);
    to.exec("ATTACH '" + (newest / "riva.db").string() + "' AS newest");
    to.exec("INSERT INTO runs SELECT * FROM newest.runs");
    to.exec("INSERT INTO events SELECT * FROM newest.events");
    to.exec("DETACH newest");
}

/// The version of a database and its schema, as any program sees them.
std::string state_of(const std::filesystem::path& file) {
    SQLite::Database looked(file.string(), SQLite::OPEN_READWRITE);
    const int version = looked.execAndGet("PRAGMA user_version").getInt();
    const std::string schema = looked.execAndGet(
        "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)"
    );
    return std::to_string(version) + ": " + schema;
}

struct migration {
    std::vector<disk_step> steps;
    std::size_t begin = 0;       ///< of the migration itself
    std::set<std::string> states;  ///< before and after
};

migration record(int version) {
    migration made;
    const temporary_folder folder(fast_folder());
    recorded_disk::instance().begin(true);
    write_version(folder / "riva.db", version);
    made.states.insert(state_of(folder / "riva.db"));
    made.steps = recorded_disk::instance().end();
    // What was there long ago is on the disk.
    made.steps.push_back({disk_step::kind::sync, "riva.db", 0, {}});
    made.begin = made.steps.size();
    recorded_disk::instance().begin(true);
    REQUIRE(read(*open_journal(folder / "riva.db"), "r"));
    for (auto& step : recorded_disk::instance().end()) made.steps.push_back(std::move(step));
    made.states.insert(state_of(folder / "riva.db"));
    REQUIRE(made.states.size() == 2);
    REQUIRE(made.steps.size() > made.begin + 10);
    return made;
}

void check_image(const disk_image& image, const migration& of, const std::vector<event>& events) {
    const temporary_folder seen(fast_folder()), opened(fast_folder());
    for (const auto& [name, bytes] : image) {
        seen.write(name, bytes);
        opened.write(name, bytes);
    }
    if (!of.states.contains(state_of(seen / "riva.db"))) FAIL("neither old nor new");
    const auto found = read(*open_journal(opened / "riva.db"), "r");
    REQUIRE(found);
    if (*found != events) FAIL("other events");
    if (!of.states.contains(state_of(opened / "riva.db"))) FAIL("not brought up to date");
}

}  // namespace

TEST_CASE("a database is old or new wherever a migration was cut off", "[migration]") {
    recorded_disk::instance();
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto events = every_event("r");
    for (int version = 1; version < memory::schema_version(); ++version) {
        const migration made = record(version);
        for (std::size_t at = made.begin; at <= made.steps.size(); ++at) {
            INFO("version " << version << ", after step " << at - made.begin);
            const auto before = std::span(made.steps).first(at);
            check_image(kill_after(before), made, events);
            check_image(cut_power(before, random), made, events);
        }
    }
}

}  // namespace riva::test
