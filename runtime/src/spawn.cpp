#include "spawn.hpp"

#include "program_search.hpp"
#include "safe_path.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace fs = std::filesystem;

namespace riva {
namespace {

// What execvp uses when there is no PATH.
constexpr std::string_view default_path = "/bin:/usr/bin";

/// What the child does before it becomes the program.
class spawn_steps {
public:
    spawn_steps() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        );
        sigset_t signals;
        sigemptyset(&signals);
        ::posix_spawnattr_setsigmask(&attributes_, &signals);
        // Not sigfillset: it omits the signals that the C library uses itself, which the program
        // would then ignore.
        std::memset(&signals, 0xff, sizeof signals);
        ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    }
    ~spawn_steps() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    spawn_steps(const spawn_steps&) = delete;
    spawn_steps& operator=(const spawn_steps&) = delete;

    void give(const std::vector<file_descriptor>& descriptors) {
        int number = 0;
        for (const auto& fd : descriptors)
            ::posix_spawn_file_actions_adddup2(&actions_, fd.get(), number++);
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, number);
    }

    void enter(const fs::path& directory) {
        if (!directory.empty())
            ::posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str());
    }

    int start(pid_t& pid, const fs::path& program, const process_request& request) const {
        const auto arguments = pointers(request.argv);
        const auto environment = pointers(request.environment);
        return ::posix_spawn(
            &pid, program.c_str(), &actions_, &attributes_, arguments.data(), environment.data()
        );
    }

private:
    static std::vector<char*> pointers(const std::vector<std::string>& texts) {
        std::vector<char*> all;
        all.reserve(texts.size() + 1);
        for (const auto& text : texts) all.push_back(const_cast<char*>(text.c_str()));
        all.push_back(nullptr);
        return all;
    }

    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

/// A regular file needs no writer, so that no input can block and no closed input can raise SIGPIPE
/// in this process.
file_descriptor file_with(const std::string& content) {
    if (content.empty()) return file_descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    file_descriptor file(::memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file) return file;
    for (std::size_t done = 0; done < content.size();) {
        const ssize_t n = ::write(file.get(), content.data() + done, content.size() - done);
        if (n < 0 && errno != EINTR) return {};
        if (n > 0) done += static_cast<std::size_t>(n);
    }
    const int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    if (::lseek(file.get(), 0, SEEK_SET) != 0 || ::fcntl(file.get(), F_ADD_SEALS, seals) != 0)
        return {};
    return file;
}

/// The numbers below `count` are targets of dup2 in the child: a source among them could be
/// overwritten before it is used.
bool move_above(std::vector<file_descriptor>& descriptors) {
    const int count = static_cast<int>(descriptors.size());
    for (auto& fd : descriptors) {
        if (fd.get() >= count) continue;
        file_descriptor moved(::fcntl(fd.get(), F_DUPFD_CLOEXEC, count));
        if (!moved) return false;
        fd = std::move(moved);
    }
    return true;
}

std::optional<error> flaw(const process_request& request) {
    if (request.argv.empty())
        return error{errc::command_not_found, "the command is empty; name a program to run"};
    for (const auto* texts : {&request.argv, &request.environment})
        for (const auto& text : *texts)
            if (text.find('\0') != std::string::npos)
                return error{
                    errc::path_invalid,
                    "cannot run " + shown(request.argv[0]) + ": " + shown(text) +
                        " holds a NUL character, which no argument or variable may"
                };
    std::error_code ec;
    const std::string& directory = request.directory.native();
    if (!directory.empty() && !fs::is_directory(directory.c_str(), ec))
        return error{
            errc::io_failed,
            "cannot run " + shown(request.argv[0]) + ": there is no folder " + shown(directory)
        };
    return std::nullopt;
}

std::string_view path_of(const std::vector<std::string>& environment) {
    for (std::string_view variable : environment)
        if (variable.starts_with("PATH=")) return variable.substr(5);
    return default_path;
}

error not_started(const process_request& request, int system_error) {
    error e = cannot_run(request.argv[0], "", system_error);
    // The file was there, so its interpreter is missing, or it is no program at all.
    if (system_error == ENOENT || system_error == ENOEXEC) e.code = errc::command_not_found;
    return e;
}

}  // namespace

pipe_ends make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return {};
    return {file_descriptor(ends[0]), file_descriptor(ends[1])};
}

error cannot_run(std::string_view name, std::string_view why, int system_error) {
    std::string line = "cannot run " + shown(name) + ": ";
    if (!why.empty()) line.append(why).append(": ");
    return {errc::io_failed, line + std::system_category().message(system_error)};
}

result<spawned> spawn(const process_request& request, std::vector<file_descriptor> passed) {
    if (auto wrong = flaw(request)) return std::move(*wrong);
    std::error_code ec;
    const fs::path here =
        request.directory.empty() ? fs::current_path(ec) : fs::absolute(request.directory, ec);
    const auto program = find_program(request.argv[0], path_of(request.environment), here);
    if (!program) return program.error();

    file_descriptor input = file_with(request.input);
    pipe_ends output = make_pipe();
    pipe_ends errors = make_pipe();
    if (!input || !output.write || !errors.write)
        return cannot_run(request.argv[0], "no standard streams", errno);

    std::vector<file_descriptor> descriptors;
    descriptors.push_back(std::move(input));
    descriptors.push_back(std::move(output.write));
    descriptors.push_back(std::move(errors.write));
    for (auto& fd : passed) descriptors.push_back(std::move(fd));
    if (!move_above(descriptors)) return cannot_run(request.argv[0], "no descriptors", errno);

    spawned child;
    child.output = std::move(output.read);
    child.errors = std::move(errors.read);
    spawn_steps steps;
    steps.give(descriptors);
    steps.enter(request.directory);
    if (const int failed = steps.start(child.pid, *program, request); failed != 0)
        return not_started(request, failed);

    const rlimit no_core{0, 0};
    ::prlimit(child.pid, RLIMIT_CORE, &no_core, nullptr);
    child.pidfd = file_descriptor(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0)));
    if (!child.pidfd) {
        const int why = errno;
        ::kill(-child.pid, SIGKILL);
        ::waitpid(child.pid, nullptr, 0);
        return cannot_run(request.argv[0], "it cannot be watched", why);
    }
    return child;
}

}  // namespace riva
