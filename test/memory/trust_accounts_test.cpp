#include <riva/memory/trust_accounts.hpp>

#include "journal_fixture.hpp"

#include <riva/memory/error.hpp>

#include <catch.hpp>
#include <temporary_folder.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <random>
#include <thread>

namespace riva::test {
namespace {

using namespace memory;

const trust_scope here{"/projects/here", "digest of make test", "make test"};

std::unique_ptr<trust_accounts> open_accounts(const std::filesystem::path& file) {
    auto opened = trust_accounts::open(file);
    if (!opened) FAIL(opened.error().context);
    return std::move(*opened);
}

/// Makes of the rows concerned what is given.
result<void> put(
    trust_accounts& to, const trust_scope& scope, const trust_concern& where, const trust_rows& what
) {
    return to.transact(scope, where, [&](trust_rows& rows) -> result<void> {
        rows = what;
        return {};
    });
}

/// Rows of any content that a table can hold.
class any_rows {
public:
    explicit any_rows(unsigned seed) : random_(seed) {}

    trust_rows make() {
        trust_rows rows;
        for (std::int64_t risk = 0; risk < 3; ++risk) {
            trust_class_row c{risk, any(), any(), any(), any(), any(), any(), {}};
            for (int j = 0; j < 7; ++j) c.accounts.push_back({any_double(), any()});
            rows.classes.push_back(c);
        }
        for (int i = 0; i < 5; ++i)
            rows.patterns.push_back({i % 3, "pattern '" + std::to_string(i) + any_text(), any(), 7}
            );
        for (int i = 1; i < 5; ++i) {
            trust_ticket_row t{i, i % 3, any_text(), bit(), bit(), bit(), {}};
            for (std::uint64_t j = random_() % 8; j > 0; --j) t.reserved.push_back(any());
            rows.tickets.push_back(t);
        }
        rows.next_ticket = any();
        return rows;
    }

private:
    std::int64_t any() { return static_cast<std::int64_t>(random_()); }
    bool bit() { return random_() % 2 == 0; }
    double any_double() {
        const double made = std::bit_cast<double>(random_());
        return made == made ? made : 0;
    }
    std::string any_text() {
        std::string text;
        for (std::uint64_t i = random_() % 20; i > 0; --i)
            text += static_cast<char>(random_() % 256);
        return text;
    }

    std::mt19937_64 random_;
};

void sort(trust_rows& rows) {
    std::ranges::sort(rows.patterns, {}, [](const auto& p) {
        return std::pair(p.risk, p.pattern);
    });
}

trust_class_row class_with(std::int64_t risk, std::int64_t delivered) {
    return {risk, delivered, 0, 0, 0, 0, 0, {{0.5, 1}, {0.25, 2}}};
}

/// Two classes with patterns and tickets.
trust_rows some_rows() {
    return {
        {class_with(0, 10), class_with(1, 20)},
        {{0, "edit .py", 3, 1}, {0, "edit .md", 1, 1}, {1, "command make", 2, 1}},
        {{1, 0, "edit .py", false, true, true, {1, 2}},
         {2, 1, "command make", false, false, false, {}}},
        3
    };
}

}  // namespace

TEST_CASE("trust comes back bit by bit after the database was closed", "[trust]") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    any_rows source(seed);
    for (int i = 0; i < 20; ++i) {
        const temporary_folder folder;
        auto rows = source.make();
        REQUIRE(put(*open_accounts(folder / "riva.db"), here, {}, rows));
        auto found = open_accounts(folder / "riva.db")->load(here);
        REQUIRE(found);
        sort(rows);
        sort(*found);
        CHECK(*found == rows);
        for (std::size_t c = 0; c < rows.classes.size(); ++c)
            for (std::size_t j = 0; j < rows.classes[c].accounts.size(); ++j)
                CHECK(
                    std::bit_cast<std::uint64_t>(found->classes[c].accounts[j].theta) ==
                    std::bit_cast<std::uint64_t>(rows.classes[c].accounts[j].theta)
                );
    }
}

TEST_CASE("a transaction loads the rows concerned, and leaves all others", "[trust]") {
    const temporary_folder folder;
    const auto accounts = open_accounts(folder / "riva.db");
    const auto all = some_rows();
    REQUIRE(put(*accounts, here, {}, all));

    const auto seen_with = [&](const trust_concern& concerns) {
        trust_rows seen;
        const auto ran = accounts->transact(here, concerns, [&](trust_rows& rows) -> result<void> {
            seen = rows;
            return {};
        });
        CHECK(ran);
        return seen;
    };
    CHECK(seen_with({0, "edit .md", 0}) == trust_rows{{all.classes[0]}, {all.patterns[1]}, {}, 3});
    CHECK(
        seen_with({0, "edit .py", 1}) ==
        trust_rows{{all.classes[0]}, {all.patterns[0]}, {all.tickets[0]}, 3}
    );
    // A ticket of another class brings its own.
    CHECK(
        seen_with({0, "new", 2}) == trust_rows{all.classes, {all.patterns[2]}, {all.tickets[1]}, 3}
    );
    CHECK(seen_with({2, "new", 7}) == trust_rows{{}, {}, {}, 3});

    REQUIRE(accounts->transact(here, {0, "edit .py", 1}, [](trust_rows& rows) -> result<void> {
        rows.classes[0].delivered = 11;
        rows.patterns[0].clean = 4;
        rows.tickets.clear();
        ++rows.next_ticket;
        return {};
    }));
    auto expected = all;
    expected.classes[0].delivered = 11;
    expected.patterns[0].clean = 4;
    expected.tickets.erase(expected.tickets.begin());
    expected.next_ticket = 4;
    auto found = accounts->load(here);
    REQUIRE(found);
    sort(*found);
    sort(expected);
    CHECK(*found == expected);
}

TEST_CASE("a transaction whose change fails changes nothing", "[trust]") {
    const temporary_folder folder;
    const auto accounts = open_accounts(folder / "riva.db");
    const auto fail = [](trust_rows& rows) -> result<void> {
        rows = some_rows();
        return error{riva::errc::io_failed, "no"};
    };
    CHECK(accounts->transact(here, {}, fail).error().context == "no");
    CHECK(accounts->load(here).value() == trust_rows{});
    CHECK(accounts->scopes(here.project)->empty());
    const auto interrupt = [](trust_rows& rows) -> result<void> {
        rows = some_rows();
        throw std::runtime_error("out of memory");
    };
    CHECK_THROWS(accounts->transact(here, {}, interrupt));
    REQUIRE(put(*accounts, here, {}, some_rows()));
    CHECK(accounts->load(here)->next_ticket == 3);
}

TEST_CASE("two projects share no trust, nor do two sets of verifiers", "[trust]") {
    const temporary_folder folder;
    const auto accounts = open_accounts(folder / "riva.db");
    REQUIRE(put(*accounts, here, {}, some_rows()));
    const trust_scope other_project{"/projects/there", here.verifiers, here.judges};
    const trust_scope other_checks{here.project, "digest of ctest", "ctest"};
    CHECK(accounts->load(other_project).value() == trust_rows{});
    CHECK(accounts->load(other_checks).value() == trust_rows{});
    const trust_rows few{{class_with(0, 1)}, {}, {}, 9};
    REQUIRE(put(*accounts, other_project, {}, few));
    REQUIRE(put(*accounts, other_checks, {}, few));
    CHECK(accounts->load(here)->classes.front().delivered == 10);
    CHECK(accounts->load(other_project).value() == few);
    CHECK(accounts->scopes(here.project).value() == std::vector{here, other_checks});
    CHECK(accounts->scopes(other_project.project).value() == std::vector{other_project});
    CHECK(accounts->scopes("/projects")->empty());
}

TEST_CASE("trust that lacks a row says which", "[trust][damage]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    REQUIRE(put(*open_accounts(file), here, {}, some_rows()));
    std::string row;
    SECTION("an account of a class") {
        change(file, "DELETE FROM trust_accounts WHERE risk = 1 AND position = 0");
        row = "risk 1";
    }
    SECTION("an account of a ticket") {
        change(file, "DELETE FROM trust_reserved WHERE ticket = 1 AND position = 0");
        row = "ticket 1";
    }
    const auto accounts = open_accounts(file);
    for (const error& found :
         {accounts->load(here).error(), put(*accounts, here, {1, "", 1}, {}).error()}) {
        INFO(found.context);
        CHECK(found.code == memory::errc::corrupt);
        for (const auto& part : {file.string(), here.project, row})
            CHECK(found.context.find(part) != std::string::npos);
    }
}

TEST_CASE("trust without its tables is damaged", "[trust][damage]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    REQUIRE(put(*open_accounts(file), here, {}, some_rows()));
    change(file, "DROP TABLE trust_patterns");
    const auto accounts = open_accounts(file);
    CHECK(accounts->load(here).error().code == memory::errc::corrupt);
    CHECK(put(*accounts, here, {}, {}).error().code == memory::errc::corrupt);
}

TEST_CASE("trust and the journal write to one file in turns", "[trust]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    const auto journal = open_journal(file);
    const auto accounts = open_accounts(file);
    std::thread writer([&] {
        for (std::uint64_t i = 1; i <= 100; ++i)
            if (!append(*journal, log_event("r", i))) return;
    });
    for (int i = 0; i < 100; ++i)
        CHECK(accounts->transact(here, {}, [](trust_rows& rows) -> result<void> {
            ++rows.next_ticket;
            return {};
        }));
    writer.join();
    CHECK(read(*journal, "r")->size() == 100);
    CHECK(accounts->load(here)->next_ticket == 101);
}

TEST_CASE("trust is not written while somebody keeps the right to write", "[trust]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    const auto accounts = open_accounts(file);
    const other_writer holds(file);
    CHECK(put(*accounts, here, {}, some_rows()).error().code == memory::errc::busy);
    CHECK(accounts->load(here).value() == trust_rows{});
}

TEST_CASE("what mutants said of checks is added up for each scope", "[trust_accounts]") {
    const temporary_folder folder;
    const trust_scope there{"/projects/there", here.verifiers, here.judges};
    const std::vector<canary_row> first{{"", 5, 4}, {"user:1", 5, 4}};
    {
        const auto accounts = open_accounts(folder / "riva.db");
        CHECK(accounts->load_canaries(here).value().empty());
        REQUIRE(accounts->add_canaries(here, first));
        CHECK(accounts->load(here).value() == trust_rows{});
    }
    const auto again = open_accounts(folder / "riva.db");
    REQUIRE(again->add_canaries(here, {{"", 2, 0}, {"user:2", 1, 1}}));
    REQUIRE(again->add_canaries(there, first));
    CHECK(
        again->load_canaries(here).value() ==
        std::vector<canary_row>{{"", 7, 4}, {"user:1", 5, 4}, {"user:2", 1, 1}}
    );
    CHECK(again->load_canaries(there).value() == first);
    CHECK(again->scopes(here.project).value() == std::vector{here});
}

TEST_CASE("more caught than tried is refused, and nothing is added", "[trust_accounts]") {
    const temporary_folder folder;
    const auto accounts = open_accounts(folder / "riva.db");
    CHECK_FALSE(accounts->add_canaries(here, {{"", 5, 4}, {"user:1", 1, 2}}));
    CHECK(accounts->load_canaries(here).value().empty());
}

}  // namespace riva::test
