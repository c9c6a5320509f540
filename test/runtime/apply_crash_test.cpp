// Processes that die while they write a change set to a tree.

#include "dying.hpp"
#include "random_change.hpp"
#include "staged_sample.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace fs = std::filesystem;
using riva::crash_point;
using riva::errc;
using riva::test::death;
using riva::test::random_change;
using riva::test::tree_with_modes;

namespace {

/// As many of the places to die at in each change set; all of them in `./dev soak`.
std::size_t deaths_per_change() {
    return std::getenv("RIVA_KILLS") == nullptr ? 10 : SIZE_MAX;
}

class shared_counts {
public:
    shared_counts()
        : memory_(::mmap(
              nullptr,
              sizeof(riva::test::pass_counts),
              PROT_READ | PROT_WRITE,
              MAP_SHARED | MAP_ANONYMOUS,
              -1,
              0
          )) {
        REQUIRE(memory_ != MAP_FAILED);
        ::new (memory_) riva::test::pass_counts{};
    }
    ~shared_counts() { ::munmap(memory_, sizeof(riva::test::pass_counts)); }
    shared_counts(const shared_counts&) = delete;
    shared_counts& operator=(const shared_counts&) = delete;

    riva::test::pass_counts& operator*() const {
        return *static_cast<riva::test::pass_counts*>(memory_);
    }

private:
    void* memory_;
};

/// Applies in a process of its own. Returns its exit status: 0 when all was written, 1 after an
/// error, 137 when it died as it was to.
int apply_in_child(const random_change& c, const death& how, riva::test::pass_counts* counts = {}) {
    std::fflush(nullptr);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        riva::test::count_in(counts);
        riva::test::die(how);
        ::_exit(c.apply() ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Every time at every place that writing this change passes.
std::vector<death> find_deaths(const random_change& c) {
    const shared_counts counts;
    c.reset();
    REQUIRE(apply_in_child(c, {}, &*counts) == 0);
    std::vector<death> all;
    for (std::size_t at = 0; at < (*counts).size(); ++at)
        for (int time = 1; time <= (*counts)[at]; ++time)
            all.push_back({static_cast<crash_point>(at), time});
    return all;
}

std::string describe(const death& d) {
    return std::string(riva::crash_point_names[static_cast<std::size_t>(d.at)]) + ":" +
           std::to_string(d.time);
}

/// What each file of the change is: whole as it was, or whole as it is to be.
void check_files(const random_change& c) {
    const auto now = c.files();
    for (const auto& file : c.changes.files) {
        const auto& path = file.change.path;
        const auto at = [&](const std::map<std::string, std::string>& tree) {
            const auto found = tree.find(path);
            return found == tree.end() ? std::string() : found->second;
        };
        INFO(path);
        CHECK((at(now) == at(c.before) || at(now) == at(c.after)));
    }
}

}  // namespace

TEST_CASE("apply that died anywhere is completed or taken back", "[apply]") {
    const unsigned seed = riva::test::random_seed();
    std::printf("seed %u\n", seed);
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::size_t died = 0;
    for (unsigned round = 0; round < 50; ++round) {
        const random_change c(seed + round, 1 + round % 40);
        auto deaths = find_deaths(c);
        REQUIRE(c.files() == c.after);
        std::ranges::shuffle(deaths, random);
        deaths.resize(std::min(deaths.size(), deaths_per_change()));
        for (const death& d : deaths) {
            INFO("round " << round << ", died at " << describe(d));
            c.reset();
            REQUIRE(apply_in_child(c, d) == 137);
            check_files(c);
            const bool back = random() % 3 == 0;
            const auto done = back ? c.undo() : c.apply();
            INFO((done ? "" : done.error().context));
            REQUIRE(done.has_value());
            REQUIRE(c.files() == (back ? c.before : c.after));
            ++died;
        }
    }
    std::printf("%zu deaths\n", died);
    CHECK(died >= 400);
}

TEST_CASE("apply that died twice is completed", "[apply]") {
    const unsigned seed = riva::test::random_seed();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const random_change c(seed, 12);
    const auto deaths = find_deaths(c);
    for (int round = 0; round < 40; ++round) {
        c.reset();
        const death first = deaths[random() % deaths.size()];
        const death second = deaths[random() % deaths.size()];
        INFO("died at " << describe(first) << ", then at " << describe(second));
        REQUIRE(apply_in_child(c, first) == 137);
        const int again = apply_in_child(c, second);
        CHECK((again == 137 || again == 0));
        const auto done = c.apply();
        INFO((done ? "" : done.error().context));
        REQUIRE(done.has_value());
        REQUIRE(c.files() == c.after);
    }
}

TEST_CASE("apply that died writes nothing over what the user wrote since", "[apply]") {
    const unsigned seed = riva::test::random_seed();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const random_change c(seed, 6);
    const auto deaths = find_deaths(c);
    for (int round = 0; round < 40; ++round) {
        c.reset();
        const death d = deaths[random() % deaths.size()];
        INFO("died at " << describe(d));
        REQUIRE(apply_in_child(c, d) == 137);
        const auto& file = c.edited();
        c.write(file.change.path, "of the user\n");
        const auto tree = c.files();
        for (const bool back : {false, true}) {
            const auto done = back ? c.undo() : c.apply();
            REQUIRE(done.has_error());
            CHECK(done.error().code == errc::conflict);
            INFO(done.error().context);
            for (const std::string& said :
                 {file.change.path,
                  file.change.before.substr(0, 12),
                  file.change.after.substr(0, 12),
                  riva::sha256("of the user\n").substr(0, 12)})
                CHECK(done.error().context.find(said) != std::string::npos);
            CHECK(c.files_without_leftovers() == c.without_leftovers(tree));
        }
    }
}
