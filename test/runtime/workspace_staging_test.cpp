#include "staged_sample.hpp"

#include <riva/runtime/digest.hpp>

#include <fcntl.h>

#include <cerrno>
#include <chrono>
#include <iostream>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using riva::errc;
using riva::query;
using riva::query_kind;
using riva::sha256;
using riva::workspace;
using riva::workspace_limits;
using riva::test::read_file;
using riva::test::run;
using riva::test::run_and_cancel_after;
using riva::test::staged_sample;
using riva::test::tree_with_modes;

TEST_CASE("workspace stages files, folders, permissions and links as they are", "[workspace]") {
    staged_sample sample;
    sample.write("plain.txt", "text\n");
    sample.write("folder/with space.txt", "a");
    sample.write("folder/line\nbreak", "b");
    sample.write("folder/\xc3\xa9t\xc3\xa9", "c");
    sample.write("folder/not-utf8-\xff", "d");
    sample.write("run.sh", "#!/bin/sh\n");
    fs::permissions(sample.repository() / "run.sh", fs::perms(0755));
    fs::permissions(sample.repository() / "plain.txt", fs::perms(0640));
    fs::create_directories(sample.repository() / "empty/deeper");
    fs::create_symlink("plain.txt", sample.repository() / "link");
    fs::create_symlink("/etc/passwd", sample.repository() / "outward");
    fs::create_symlink("loop", sample.repository() / "loop");
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        CHECK(tree_with_modes(w.root()) == tree_with_modes(sample.repository()));
        CHECK(
            fs::last_write_time(w.root() / "plain.txt") ==
            fs::last_write_time(sample.repository() / "plain.txt")
        );
        CHECK(read_file(w.objects() / sha256("text\n")) == "text\n");
        CHECK((fs::status(w.root().parent_path()).permissions() & fs::perms(077)) == fs::perms());
        const auto changes = co_await w.changes();
        CHECK(changes.value().empty());
    });
    CHECK_FALSE(fs::exists(sample.staged() / "tree"));
    CHECK(fs::exists(sample.staged() / "objects" / sha256("text\n")));
}

TEST_CASE("workspace leaves out git's folder and what is no file", "[workspace]") {
    staged_sample sample;
    sample.write(".git/config", "[core]\n");
    sample.write("module/.git", "gitdir: ../.git/modules/module\n");
    sample.write("module/a", "a");
    sample.write(".gitignore", "");
    REQUIRE(::mkfifo((sample.repository() / "fifo").c_str(), 0600) == 0);
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        const std::vector<std::string> expected = {".gitignore", "module/a"};
        CHECK(w.base().paths() == expected);
        const auto changes = co_await w.changes();
        CHECK(changes.value().empty());
    });
}

TEST_CASE("workspace does not copy its own folder when it lies in the repository", "[workspace]") {
    staged_sample sample;
    sample.write("a", "a");
    run([&]() -> asio::awaitable<void> {
        const auto inside = sample.repository() / "run";
        auto w = co_await workspace::stage(sample.repository(), inside, sample.blocking());
        CHECK(w.value().base().paths() == std::vector<std::string>{"a"});
    });
}

TEST_CASE("workspace stages an empty repository", "[workspace]") {
    staged_sample sample;
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        CHECK(w.base().paths().empty());
        CHECK(w.base() == workspace::snapshot());
        const auto listed = co_await w.answer(query{query_kind::list, "", ""});
        CHECK(listed.value() == "[the repository holds no files]\n");
        const auto diff = co_await w.diff();
        CHECK(diff.value().empty());
    });
}

TEST_CASE("workspace names a repository that cannot be staged", "[workspace]") {
    staged_sample sample;
    SECTION("missing") {
        fs::remove(sample.repository());
        const auto reason = sample.staging_error();
        CHECK(reason.code == errc::tree_unreadable);
        CHECK(reason.context.find("No such file or directory") != std::string::npos);
        CHECK(reason.context.find(sample.repository().string()) != std::string::npos);
    }
    SECTION("a file") {
        fs::remove(sample.repository());
        sample.folder.write("repository", "not a folder");
        CHECK(sample.staging_error().code == errc::tree_unreadable);
    }
    SECTION("too many files") {
        for (int i = 0; i < 11; ++i) sample.write("f" + std::to_string(i), "");
        const auto reason = sample.staging_error(workspace_limits{.files = 10});
        CHECK(reason.code == errc::tree_too_large);
        CHECK(reason.context.find("10") != std::string::npos);
    }
    SECTION("too many bytes") {
        sample.write("large", std::string(1001, 'x'));
        const auto reason = sample.staging_error(workspace_limits{.bytes = 1000});
        CHECK(reason.code == errc::tree_too_large);
        CHECK(reason.context.find("1001") != std::string::npos);
    }
    SECTION("not readable") {
        if (::geteuid() == 0) {
            WARN("skipped: root may read everything");
            return;
        }
        sample.write("secret", "x");
        fs::permissions(sample.repository() / "secret", fs::perms());
        const auto reason = sample.staging_error();
        CHECK(reason.code == errc::tree_unreadable);
        CHECK(reason.context.find("'secret'") != std::string::npos);
    }
}

TEST_CASE("workspace refuses a folder that exists", "[workspace]") {
    staged_sample sample;
    sample.folder.write("run/precious", "kept");
    run([&]() -> asio::awaitable<void> {
        const auto w =
            co_await workspace::stage(sample.repository(), sample.staged(), sample.blocking());
        REQUIRE(w.has_error());
        CHECK(w.error().code == errc::io_failed);
    });
    CHECK(read_file(sample.folder / "run/precious") == "kept");
}

TEST_CASE("workspace leaves nothing behind when staging is cancelled anywhere", "[workspace]") {
    staged_sample sample;
    for (int i = 0; i < 300; ++i) sample.write("d/f" + std::to_string(i), std::to_string(i));
    bool cut_off = true;
    std::size_t steps = 0;
    for (; cut_off; ++steps) {
        cut_off = run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                auto w = co_await workspace::stage(
                    sample.repository(), sample.staged(), sample.blocking()
                );
                auto taken = co_await w.value().take_snapshot();
                auto fork = co_await w.value().fork(sample.folder / "fork");
                co_await fork.value().close();
                CHECK(taken.value() == w.value().base());
            },
            steps
        );
        CHECK_FALSE(fs::exists(sample.folder / "fork"));
        CHECK_FALSE(fs::exists(sample.staged() / "tree"));
        fs::remove_all(sample.staged());
    }
    CHECK(steps > 3);
}

TEST_CASE("workspace removes its tree when closed", "[workspace]") {
    staged_sample sample;
    sample.write("a", "a");
    run([&]() -> asio::awaitable<void> {
        auto w = co_await workspace::stage(sample.repository(), sample.staged(), sample.blocking());
        CHECK(fs::exists(sample.staged() / "tree/a"));
        co_await w.value().close();
        CHECK_FALSE(fs::exists(sample.staged() / "tree"));
    });
}

TEST_CASE("workspace stages 20,000 files in seconds", "[workspace][large]") {
    using clock = std::chrono::steady_clock;
    staged_sample sample;
    for (int i = 0; i < 20'000; ++i)
        sample.write(
            "d" + std::to_string(i % 200) + "/f" + std::to_string(i) + ".py",
            "value = " + std::to_string(i) + "\n" +
                std::string(static_cast<std::size_t>(i % 3000), '#')
        );
    const auto start = clock::now();
    const auto ms = [](clock::duration d) {
        return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
    };
    run([&]() -> asio::awaitable<void> {
        auto staged =
            co_await workspace::stage(sample.repository(), sample.staged(), sample.blocking());
        workspace w = std::move(staged).value();
        const auto was_staged = clock::now();
        CHECK(w.base().paths().size() == 20'000);
        const auto first = co_await w.take_snapshot();
        const auto first_taken = clock::now();
        const auto second = co_await w.take_snapshot();
        const auto second_taken = clock::now();
        CHECK(first.value() == second.value());
        co_await w.create({"new", "new"});
        const auto rolled_back = co_await w.roll_back(w.base());
        CHECK(rolled_back.has_value());
        const auto back = clock::now();
        auto fork = co_await w.fork(sample.folder / "fork");
        const auto forked = clock::now();
        CHECK(fork.value().base() == w.base());
        std::cout << "20,000 files: stage " << ms(was_staged - start) << " ms, first snapshot "
                  << ms(first_taken - was_staged) << " ms, second snapshot "
                  << ms(second_taken - first_taken) << " ms, roll back " << ms(back - second_taken)
                  << " ms, fork " << ms(forked - back) << " ms\n";
        CHECK(forked - start < std::chrono::minutes(3));
    });
}

TEST_CASE("workspace names a file that nobody may read", "[workspace]") {
    const fs::path repository = "/proc/sys/vm";
    const fs::path forbidden = repository / "compact_memory";
    const int fd = ::open(forbidden.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0 || errno != EACCES) {
        if (fd >= 0) ::close(fd);
        WARN("skipped: this machine has no file that also root may not read");
        return;
    }
    staged_sample sample;
    run([&]() -> asio::awaitable<void> {
        const auto w = co_await workspace::stage(repository, sample.staged(), sample.blocking());
        REQUIRE(w.has_error());
        CHECK(w.error().code == errc::tree_unreadable);
        CHECK(w.error().context.find("'compact_memory'") != std::string::npos);
    });
    CHECK_FALSE(fs::exists(sample.staged()));
}
