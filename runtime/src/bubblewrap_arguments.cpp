#include "bubblewrap_arguments.hpp"

#include <array>
#include <initializer_list>
#include <system_error>

namespace fs = std::filesystem;

namespace riva {
namespace {

using arguments = std::vector<std::string>;

constexpr const char* home = "/tmp/home";

// Bytes of memory that a command can fill with files.
constexpr const char* temporary_size = "1073741824";
constexpr const char* shared_memory_size = "268435456";

constexpr std::array program_folders{"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"};

// What compilers, interpreters and the C library read. No secrets, also for root.
constexpr std::array settings{
    "alternatives",
    "ca-certificates",
    "crypto-policies",
    "fonts",
    "group",
    "host.conf",
    "hosts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "login.defs",
    "magic",
    "magic.mime",
    "maven",
    "mime.types",
    "networks",
    "nsswitch.conf",
    "os-release",
    "passwd",
    "perl",
    "pki/ca-trust/extracted",
    "pki/tls/certs",
    "protocols",
    "rpc",
    "services",
    "shells",
    "ssl/certs",
    "ssl/openssl.cnf",
    "timezone",
};

// Folders named after a version: java-17-openjdk, python3.11.
constexpr std::array versioned_settings{"java", "python"};

void append(arguments& all, std::initializer_list<std::string> more) {
    all.insert(all.end(), more);
}

void isolate(arguments& all) {
    append(
        all,
        {"--unshare-user",
         "--unshare-pid",
         "--unshare-net",
         "--unshare-ipc",
         "--unshare-uts",
         "--unshare-cgroup-try",
         "--disable-userns",
         "--new-session",
         "--die-with-parent"}
    );
    append(all, {"--cap-drop", "ALL", "--hostname", "sandbox"});
}

/// Where /bin and the like are symbolic links into /usr they are so inside; otherwise they are
/// folders of their own.
void show_programs(arguments& all) {
    append(all, {"--ro-bind", "/usr", "/usr", "--ro-bind-try", "/opt", "/opt"});
    for (const std::string folder : program_folders) {
        std::error_code ec;
        const fs::path target = fs::read_symlink(folder, ec);
        if (!ec)
            append(all, {"--symlink", target.native(), folder});
        else
            append(all, {"--ro-bind-try", folder, folder});
    }
}

void show_settings(arguments& all) {
    append(all, {"--dir", "/etc"});
    const auto show = [&](const std::string& file) { append(all, {"--ro-bind-try", file, file}); };
    for (const std::string name : settings) show("/etc/" + name);
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator("/etc", ec))
        for (const char* prefix : versioned_settings)
            if (entry.path().filename().native().starts_with(prefix)) show(entry.path().native());
}

void make_private(arguments& all) {
    append(all, {"--proc", "/proc", "--dev", "/dev"});
    append(all, {"--perms", "1777", "--size", shared_memory_size, "--tmpfs", "/dev/shm"});
    for (const std::string folder : {"/tmp", "/var/tmp"})
        append(all, {"--perms", "1777", "--size", temporary_size, "--tmpfs", folder});
    append(all, {"--dir", home, "--dir", "/home", "--dir", "/root", "--dir", "/run"});
}

/// After the private folders, because the workspace may lie below one of them.
void show_workspace(arguments& all, const bubblewrap_setup& setup) {
    const std::string& root = setup.folders.root.native();
    append(all, {"--bind", root, root});
    int fd = setup.first_mount;
    for (const auto& mount : setup.mounts) {
        const bool writable = mount.as == path_guard::appearance::writable;
        const fs::path target = mount.path.empty() ? fs::path(root) : root / fs::path(mount.path);
        append(
            all, {writable ? "--bind-fd" : "--ro-bind-fd", std::to_string(fd++), target.native()}
        );
    }
    append(all, {"--remount-ro", "/dev", "--remount-ro", "/"});
    append(all, {"--chdir", setup.folders.cwd.native()});
}

/// Bubblewrap goes on when whoever holds it is killed, and arms its own end just before it runs the
/// command: by the time this asks it is armed, and without an answer it ends.
arguments ask_at_door(const std::string& fd) {
    const std::string script =
        "echo >&" + fd + " && read -r _ <&" + fd + " && exec \"$@\" " + fd + "<&-";
    return {"sh", "-c", script, door_keeper};
}

/// Runs the rest of the command line, next to a watcher that kills their process group when
/// `watcher` closes, and ends when a line comes from there. Bubblewrap dies with us, but its child
/// inside does not yet: it would wait for ever to be told that its user namespace is ready. That
/// child ignores all but SIGKILL, so the watcher outlives SIGTERM as well. It starts before
/// bubblewrap, which reaps it as a child of its own, and keeps none of the ends whose closing we
/// wait for.
arguments watched(const bubblewrap_setup& setup) {
    const std::string fd = std::to_string(setup.watcher);
    std::string ends = " >&- 2>&-";
    for (const int other : {setup.filter, setup.status, setup.hold, setup.door})
        ends += " " + std::to_string(other) + ">&-";
    const std::string watcher = "{ trap '' TERM; read -r _ <&" + fd + " || kill -KILL 0; }";
    const std::string script = watcher + ends + " & exec \"$@\" " + fd + "<&-";
    return {"/bin/sh", "-c", script, "bubblewrap"};
}

}  // namespace

bool is_visible_inside(const fs::path& file, const fs::path& root) {
    if (is_within(file, root) || is_within(file, "/usr") || is_within(file, "/opt")) return true;
    for (const char* folder : program_folders)
        if (is_within(file, folder)) return true;
    return false;
}

std::vector<std::string> sandbox_environment() {
    return {
        std::string("PATH=") + sandbox_path,
        std::string("HOME=") + home,
        "LANG=C.UTF-8",
        "TERM=dumb",
        "TMPDIR=/tmp",
        "PAGER=cat",
        "GIT_PAGER=cat",
        "GIT_TERMINAL_PROMPT=0",
        "PYTHONDONTWRITEBYTECODE=1",
    };
}

std::vector<std::string> bubblewrap_arguments(
    const fs::path& program, const bubblewrap_setup& setup, const std::vector<std::string>& argv
) {
    arguments all = watched(setup);
    all.push_back(program.native());
    isolate(all);
    show_programs(all);
    show_settings(all);
    make_private(all);
    show_workspace(all, setup);
    append(all, {"--clearenv"});
    for (const std::string& variable : sandbox_environment()) {
        const auto equals = variable.find('=');
        append(all, {"--setenv", variable.substr(0, equals), variable.substr(equals + 1)});
    }
    append(all, {"--seccomp", std::to_string(setup.filter)});
    append(all, {"--json-status-fd", std::to_string(setup.status)});
    append(all, {"--block-fd", std::to_string(setup.hold), "--"});
    const arguments door = ask_at_door(std::to_string(setup.door));
    all.insert(all.end(), door.begin(), door.end());
    all.insert(all.end(), argv.begin(), argv.end());
    return all;
}

}  // namespace riva
