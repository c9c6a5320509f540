#include <riva/memory/check_records.hpp>

#include "catch.hpp"
#include "temporary_folder.hpp"

#include <thread>

namespace riva::memory::test {

using namespace std::chrono_literals;
using riva::test::temporary_folder;
using rows = std::vector<check_row>;

TEST_CASE("check records add up, by project, and outlive the connection", "[check_records]") {
    const temporary_folder folder;
    const auto file = folder.path() / "riva.db";
    {
        const auto kept = check_records::open(file).value();
        CHECK(kept->load("/a").value().empty());
        REQUIRE(kept->add("/a", {{"make", 2, 1, 30ms}, {"syntax c", 5, 0, 9ms}}).has_value());
        REQUIRE(kept->add("/b", {{"make", 7, 7, 1ms}}).has_value());
    }
    const auto kept = check_records::open(file).value();
    REQUIRE(kept->add("/a", {{"make", 1, 1, 10ms}}).has_value());
    CHECK(kept->load("/a").value() == rows{{"make", 3, 2, 40ms}, {"syntax c", 5, 0, 9ms}});
    CHECK(kept->load("/b").value() == rows{{"make", 7, 7, 1ms}});
}

TEST_CASE("check records of several connections lose nothing", "[check_records]") {
    const temporary_folder folder;
    const auto file = folder.path() / "riva.db";
    const auto first = check_records::open(file).value();
    const auto second = check_records::open(file).value();
    const auto work = [](check_records& kept) {
        for (int i = 0; i < 50; ++i)
            if (!kept.add("/a", {{"make", 1, 0, 1ms}})) std::abort();
    };
    std::thread other([&] { work(*second); });
    work(*first);
    other.join();
    CHECK(first->load("/a").value() == rows{{"make", 100, 0, 100ms}});
}

TEST_CASE("check records that make no sense are refused, and nothing is kept", "[check_records]") {
    const temporary_folder folder;
    const auto kept = check_records::open(folder.path() / "riva.db").value();
    CHECK_FALSE(kept->add("/a", {{"make", 1, 0, 1ms}, {"cc", 1, 2, 1ms}}).has_value());
    CHECK(kept->load("/a").value().empty());
}

}  // namespace riva::memory::test
