#pragma once

#include "catch.hpp"
#include "run.hpp"
#include "temporary_folder.hpp"

#include <riva/runtime/workspace.hpp>

#include <boost/asio/thread_pool.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <string_view>

namespace riva::test {

/// Everything below a folder with permissions: `tree_of` sees contents only.
inline std::map<std::string, std::string> tree_with_modes(const std::filesystem::path& root) {
    auto tree = tree_of(root);
    for (auto& [name, content] : tree) {
        struct stat info;
        std::string path = (root / name).string();
        while (path.ends_with('/')) path.pop_back();
        REQUIRE(::lstat(path.c_str(), &info) == 0);
        content += "\n" + std::to_string(info.st_mode);
    }
    return tree;
}

/// A repository in a private folder, and workspaces over it.
class staged_sample {
public:
    staged_sample() { std::filesystem::create_directory(repository()); }
    ~staged_sample() {
        pool.join();
        // Symbolic links may go in circles here, which not everything that walks a tree stands.
        std::error_code ignored;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path(), ignored))
            std::filesystem::remove_all(entry.path(), ignored);
    }
    staged_sample(const staged_sample&) = delete;
    staged_sample& operator=(const staged_sample&) = delete;

    std::filesystem::path repository() const { return folder / "repository"; }
    std::filesystem::path staged() const { return folder / "run"; }

    void write(std::string_view name, std::string_view content) const {
        folder.write("repository/" + std::string(name), content);
    }

    asio::any_io_executor blocking() { return pool.get_executor(); }

    /// Runs a coroutine with a staged workspace; the repository must not change meanwhile.
    void use(std::function<asio::awaitable<void>(workspace&)> body, workspace_limits limits = {}) {
        const auto before = tree_with_modes(repository());
        run([&] { return stage_and(body, limits); });
        CHECK(tree_with_modes(repository()) == before);
    }

    /// The error that staging ends with.
    error staging_error(workspace_limits limits = {}) {
        error reason;
        run([&] { return stage_and_fail(reason, limits); });
        CHECK_FALSE(std::filesystem::exists(staged()));
        return reason;
    }

    temporary_folder folder;
    asio::thread_pool pool{2};

private:
    asio::awaitable<void> stage_and(
        const std::function<asio::awaitable<void>(workspace&)>& body, workspace_limits limits
    ) {
        auto w = co_await workspace::stage(repository(), staged(), blocking(), limits);
        workspace staged_workspace = std::move(w).value();
        co_await body(staged_workspace);
    }

    asio::awaitable<void> stage_and_fail(error& reason, workspace_limits limits) {
        const auto w = co_await workspace::stage(repository(), staged(), blocking(), limits);
        REQUIRE(w.has_error());
        reason = w.error();
    }
};

/// A seed for a random test, printed when the test fails.
inline unsigned random_seed() {
    return std::random_device()();
}

}  // namespace riva::test
