#include "full_database.hpp"

#include <catch.hpp>
#include <temporary_folder.hpp>
#include <unistd.h>

#include <fstream>
#include <random>

namespace riva::test {
namespace {

constexpr std::size_t page = 4096;

using random_source = std::mt19937;

std::size_t any_page(random_source& random, const std::string& bytes) {
    return random() % (bytes.size() / page) * page;
}

void flip_bits(random_source& random, std::string& bytes) {
    for (auto n = random() % 3 == 0 ? 1 + random() % 8 : 1; n > 0; --n) {
        const std::size_t within = random() % 8 == 0 ? 100 : bytes.size();
        bytes[random() % within] ^= static_cast<char>(1U << random() % 8);
    }
}

void cut_off(random_source& random, std::string& bytes) {
    // An empty file is a new database.
    bytes.resize(1 + (random() % 2 == 0 ? any_page(random, bytes) : random() % bytes.size()));
}

void zero_page(random_source& random, std::string& bytes) {
    bytes.replace(any_page(random, bytes), page, page, '\0');
}

void zero_sector(random_source& random, std::string& bytes) {
    bytes.replace(random() % (bytes.size() / 512) * 512, 512, 512, '\0');
}

void garble_sector(random_source& random, std::string& bytes) {
    const std::size_t at = random() % (bytes.size() / 512) * 512;
    for (std::size_t i = 0; i < 512; ++i) bytes[at + i] = static_cast<char>(random());
}

void copy_page(random_source& random, std::string& bytes) {
    const std::string other = bytes.substr(any_page(random, bytes), page);
    bytes.replace(any_page(random, bytes), page, other);
}

const std::vector<std::pair<const char*, void (*)(random_source&, std::string&)>> every_damage = {
    {"flipped bits", flip_bits},
    {"flipped bits", flip_bits},
    {"flipped bits", flip_bits},
    {"cut off", cut_off},
    {"a page of zeros", zero_page},
    {"a sector of zeros", zero_sector},
    {"a sector of garbage", garble_sector},
    {"a page in the place of another", copy_page},
};

/// Where writing does not wait for a disk, if there is such a place.
std::filesystem::path fast_folder() {
    const std::filesystem::path in_memory = "/dev/shm";
    return ::access(in_memory.c_str(), W_OK) == 0 ? in_memory
                                                  : std::filesystem::temp_directory_path();
}

void write_copy(const std::filesystem::path& file, const std::string& bytes) {
    for (const auto* end : {"-wal", "-shm"}) std::filesystem::remove(file.string() + end);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

std::size_t damages() {
    const char* wanted = std::getenv("RIVA_DAMAGES");
    return wanted != nullptr ? std::strtoul(wanted, nullptr, 10) : RIVA_REPEATS;
}

}  // namespace

TEST_CASE("a damaged database gives the right answer or none", "[damage]") {
    const char* const wanted = std::getenv("RIVA_SEED");
    const auto seed = wanted ? std::strtoul(wanted, nullptr, 10) : std::random_device{}();
    INFO("seed " << seed);
    random_source random(seed);
    const temporary_folder folder(fast_folder());
    write_full_database(folder / "riva.db");
    const std::string whole = read_file(folder / "riva.db");
    REQUIRE(whole.size() > 30 * page);
    std::vector<answer> right;
    for (const auto& [name, ask] : every_question()) {
        INFO(name);
        right.push_back(ask(folder / "riva.db"));
        REQUIRE(right.back().has_value());
        REQUIRE(right.back()->size() > 1);
    }

    std::size_t refused = 0;
    const auto file = folder / "damaged.db";
    for (std::size_t i = 0; i < damages(); ++i) {
        const auto& [damage, apply] = every_damage[i % every_damage.size()];
        std::string bytes = whole;
        apply(random, bytes);
        write_copy(file, bytes);
        const std::size_t n = random() % every_question().size();
        const auto given = every_question()[n].second(file);
        INFO("damage " << i << ", " << damage << ", " << every_question()[n].first);
        INFO("of " << whole.size() << " bytes " << bytes.size() << " are left");
        if (given) {
            if (*given != *right[n]) FAIL("a wrong answer");
        } else {
            INFO(given.error().context);
            if (given.error().code != riva::condition::corrupt &&
                given.error().code != riva::condition::invalid)
                FAIL("not said to be damaged");
            ++refused;
        }
        if (given || i % 16 == 0) REQUIRE(read_file(file) == bytes);
    }
    CHECK(refused > damages() / 10);
}

}  // namespace riva::test
