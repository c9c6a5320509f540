#include <riva/memory/error.hpp>

#include <catch.hpp>

#include <set>
#include <utility>
#include <vector>

using riva::condition;
using riva::memory::errc;

TEST_CASE("memory error maps to what a caller can do about it", "[error]") {
    const std::vector<std::pair<errc, condition>> all = {
        {errc::corrupt, condition::corrupt},
        {errc::busy, condition::transient},
        {errc::full, condition::exhausted},
        {errc::read_only, condition::refused},
        {errc::io_failed, condition::transient},
        {errc::newer_schema, condition::invalid},
        {errc::foreign, condition::invalid},
        {errc::unknown_run, condition::invalid},
        {errc::unknown_entry, condition::invalid},
        {errc::bad_entry, condition::invalid},
        {errc::closed, condition::refused},
    };
    std::set<std::string> texts;
    for (const auto& [code, meaning] : all) {
        const riva::error_code made = code;
        CHECK(made == meaning);
        CHECK(made.category().name() == std::string("riva.memory"));
        texts.insert(made.message());
    }
    CHECK(texts.size() == all.size());
}
