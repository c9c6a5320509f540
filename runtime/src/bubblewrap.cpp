#include "bubblewrap.hpp"

#include "bubblewrap_arguments.hpp"
#include "completion.hpp"
#include "path_guard.hpp"
#include "program_search.hpp"
#include "resource_limits.hpp"
#include "safe_path.hpp"
#include "sandbox_folders.hpp"
#include "seccomp_filter.hpp"
#include "spawn.hpp"
#include "supervised.hpp"

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

namespace fs = std::filesystem;

namespace riva {
namespace {

// The numbers of the descriptors in bubblewrap.
constexpr int filter_number = 3;
constexpr int status_number = 4;
constexpr int hold_number = 5;
constexpr int door_number = 6;
constexpr int watcher_number = 7;
constexpr int first_mount_number = 8;

error unavailable(const std::string& why) {
    return {errc::sandbox_unavailable, "commands cannot be isolated: " + why};
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) {
    for (const auto word : words)
        if (text.find(word) != std::string_view::npos) return true;
    return false;
}

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

bool was_not_executed(const process_exit& exit) {
    return (exit.exit_code == 126 || exit.exit_code == 127) &&
           exit.errors.head.starts_with(std::string(door_keeper) + ": 1: exec: ");
}

error not_executed(const process_exit& exit, const std::string& name) {
    return {
        errc::command_not_found,
        "the program " + shown(name) + " cannot be run: " + shown(first_line(exit.errors.head)) +
            "; check that it and its interpreter are installed below /usr"
    };
}

/// Bubblewrap ended before it ran the command.
error explain(const process_exit& exit, const std::string& name) {
    const std::string said = first_line(exit.errors.head);
    if (contains_any(said, {"execvp"})) return not_executed(exit, name);
    std::string advice = "use --sandbox off to run without isolation";
    if (contains_any(said, {"namespace", "uid map", "setting up", "not permitted"}))
        advice = "allow unprivileged user namespaces on this machine, or " + advice;
    if (contains_any(said, {"Unknown option"})) advice = "install a newer bubblewrap, or " + advice;
    return unavailable("bubblewrap failed with " + shown(said) + "; " + advice);
}

file_descriptor file_with(const std::string& content) {
    file_descriptor file(::memfd_create("filter", MFD_CLOEXEC));
    if (!file ||
        !std::cmp_equal(::write(file.get(), content.data(), content.size()), content.size()) ||
        ::lseek(file.get(), 0, SEEK_SET) != 0)
        return {};
    return file;
}

/// The two ends of a connection; both empty, and `errno` says why, when the system refused.
std::pair<file_descriptor, file_descriptor> make_connection() {
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return {};
    return {file_descriptor(ends[0]), file_descriptor(ends[1])};
}

/// Looks the program up as the sandbox will, so that a missing one is told apart from a failure.
std::optional<error> missing(const std::vector<std::string>& argv, const sandbox_folders& where) {
    if (argv.empty())
        return error{errc::command_not_found, "the command is empty; name a program to run"};
    const auto visible = [&](const fs::path& file) {
        std::error_code ec;
        const fs::path real = fs::canonical(file, ec);
        return !ec && is_visible_inside(real, where.root);
    };
    const auto program = find_program(argv[0], sandbox_path, where.cwd, visible);
    if (!program) return program.error();
    return std::nullopt;
}

class bubblewrap_sandbox final : public sandbox {
public:
    explicit bubblewrap_sandbox(fs::path program)
        : program_(std::move(program)), filter_(seccomp_filter()) {}

    asio::awaitable<result<process_exit>> run(sandbox_command command, deadline by) override {
        auto folders = resolve_folders(command);
        if (!folders) co_return folders.error();
        if (auto reason = missing(command.argv, *folders)) co_return std::move(*reason);
        auto mounts = guard_.protect(folders->root, command.read_only);
        if (!mounts) co_return mounts.error();

        bubblewrap_setup setup{std::move(*folders), std::move(*mounts)};
        auto request = prepare(command, setup);
        if (!request) co_return request.error();
        auto ended = co_await run_supervised(std::move(*request), by);
        if (!ended) co_return ended.error();
        if (ended->exit.exited() && ended->status.find("\"exit-code\"") == std::string::npos)
            co_return explain(ended->exit, command.argv[0]);
        if (was_not_executed(ended->exit)) co_return not_executed(ended->exit, command.argv[0]);
        co_return std::move(ended->exit);
    }

    std::string description() const override {
        return "bubblewrap (" + program_.native() +
               "): no network, nothing writable but the workspace and a private /tmp, home hidden, "
               "environment scrubbed, no capabilities, system calls filtered";
    }

private:
    result<supervised_request> prepare(sandbox_command& command, bubblewrap_setup& setup) const {
        if (!filter_) return filter_.error();
        if (::access(program_.c_str(), X_OK) != 0)
            return unavailable(
                "there is no program " + shown(program_.native()) +
                "; install the package bubblewrap, or use --sandbox off to run without isolation"
            );
        file_descriptor filter = file_with(*filter_);
        pipe_ends status = make_pipe();
        pipe_ends hold = make_pipe();
        auto [door, our_side] = make_connection();
        auto [watcher, our_watch] = make_connection();
        if (!filter || !status.write || !hold.write || !door || !watcher)
            return cannot_run(command.argv[0], "no descriptors", errno);

        setup.filter = filter_number;
        setup.status = status_number;
        setup.hold = hold_number;
        setup.door = door_number;
        setup.watcher = watcher_number;
        setup.first_mount = first_mount_number;
        supervised_request all;
        all.request.argv = bubblewrap_arguments(program_, setup, command.argv);
        all.request.directory = "/";
        all.request.environment = sandbox_environment();
        all.request.input = std::move(command.input);
        all.request.keep = command.keep;
        all.request.flood = command.flood;
        all.passed.push_back(std::move(filter));
        all.passed.push_back(std::move(status.write));
        all.passed.push_back(std::move(hold.read));
        all.passed.push_back(std::move(door));
        all.passed.push_back(std::move(watcher));
        for (auto& mount : setup.mounts) all.passed.push_back(std::move(mount.source));
        all.gate = {
            std::move(status.read),
            std::move(hold.write),
            std::move(our_side),
            std::move(our_watch),
            limit_resources
        };
        return all;
    }

    fs::path program_;
    result<std::string> filter_;
    path_guard guard_;
};

class private_folder {
public:
    private_folder() : path_((fs::temp_directory_path() / "riva-probe-XXXXXX").native()) {
        if (::mkdtemp(path_.data()) == nullptr) path_.clear();
    }
    ~private_folder() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    private_folder(const private_folder&) = delete;
    private_folder& operator=(const private_folder&) = delete;

    const std::string& path() const { return path_; }

private:
    std::string path_;
};

}  // namespace

std::unique_ptr<sandbox> make_bubblewrap_sandbox(fs::path program) {
    return std::make_unique<bubblewrap_sandbox>(std::move(program));
}

asio::awaitable<result<void>> probe_bubblewrap(fs::path program, deadline by) {
    const private_folder folder;
    if (folder.path().empty()) co_return cannot_run("bwrap", "no temporary folder", errno);
    bubblewrap_sandbox tried(std::move(program));
    sandbox_command command;
    command.argv = {"true"};
    command.root = folder.path();
    command.read_only = {"protected"};
    const auto ended = co_await tried.run(std::move(command), by);
    if (!ended) co_return ended.error();
    if (ended->timed_out) co_return unavailable("bubblewrap did not finish in time; try again");
    if (ended->exit_code != 0)
        co_return unavailable("bubblewrap ran a command that always succeeds, and it failed");
    co_return result<void>();
}

}  // namespace riva
