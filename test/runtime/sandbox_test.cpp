#include <riva/runtime/sandbox.hpp>

#include "bubblewrap.hpp"
#include "catch.hpp"
#include "processes.hpp"
#include "run.hpp"
#include "sandbox_fixture.hpp"
#include "temporary_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using Catch::Contains;
using riva::deadline;
using riva::errc;
using riva::sandbox_command;
using riva::test::children;
using riva::test::read_file;
using riva::test::run;
using riva::test::run_in;
using riva::test::run_script;
using riva::test::script;
using riva::test::temporary_folder;
using riva::test::tree_of;
using riva::test::unique_span;
using namespace std::chrono_literals;

TEST_CASE("sandbox runs a command in the workspace", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    folder.write("src/a.txt", "hello");
    auto command =
        script(folder.path(), "pwd; cat a.txt -; echo new > b.txt; echo err >&2; exit 5");
    command.cwd = "src";
    command.input = " input";
    const auto ended = run_in(command).value();
    CHECK(ended.exit_code == 5);
    CHECK(ended.exited());
    CHECK(ended.output.head == (folder / "src").string() + "\nhello input");
    CHECK(ended.errors.head == "err\n");
    CHECK(read_file(folder / "src/b.txt") == "new\n");
}

TEST_CASE("sandbox runs in a folder whose name has spaces and other letters", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    const fs::path root = folder / "-a b\n\"ä日本";
    fs::create_directory(root);
    auto command = script(root, "pwd; mkdir 'c d'; echo x > 'c d/e'");
    CHECK(run_in(command).value().output.head == root.string() + "\n");
    CHECK(read_file(root / "c d/e") == "x\n");
}

TEST_CASE("sandbox root may be given through a symbolic link", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    fs::create_directory(folder / "real");
    fs::create_directory_symlink("real", folder / "link");
    CHECK(run_script(folder / "link", "pwd") == (folder / "real").string() + "\n");
}

TEST_CASE("sandbox does not let a command write outside of the workspace", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    const fs::path outside = folder / "outside";
    const fs::path root = folder / "root";
    fs::create_directories(outside);
    fs::create_directories(root);
    folder.write("outside/kept", "kept");
    fs::create_directory_symlink(outside, root / "link");
    fs::create_directory_symlink("../outside", root / "relative");
    const std::string home = std::getenv("HOME") != nullptr ? std::getenv("HOME") : "/root";
    const std::string name = "riva" + unique_span();
    std::string all;
    for (const std::string& place :
         {std::string("/usr"),
          std::string("/usr/bin"),
          std::string("/etc"),
          std::string("/"),
          std::string("/home"),
          std::string("/root"),
          std::string("/run"),
          std::string("/var"),
          std::string("/dev"),
          std::string("/proc/sys"),
          home,
          folder.path().string(),
          outside.string(),
          (root / "link").string(),
          (root / "relative").string()})
        all += "echo x > '" + place + "/" + name + "' && echo '" + place + "'\n";
    all += "rm -rf link/kept ../outside/kept; echo x > link/kept; ln link/kept hard\n";
    // The parents of the root exist in the sandbox as empty folders of its own.
    const std::string written = run_script(root, all);
    CHECK((written.empty() || written == folder.path().string() + "\n"));
    CHECK(tree_of(outside) == std::map<std::string, std::string>{{"kept", "kept"}});
    for (const std::string place : {"/usr", "/usr/bin", "/etc", "/", "/home", "/root", "/run"})
        CHECK_FALSE(fs::exists(fs::path(place) / name));
    CHECK_FALSE(fs::exists(fs::path(home) / name));
    CHECK_FALSE(fs::exists(folder / name));
}

TEST_CASE("sandbox hides the files of the user", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    folder.write("home/.ssh/id_rsa", "canary-4711");
    folder.write("home/project/a", "");
    const fs::path root = folder / "home/project";
    fs::create_symlink("../.ssh/id_rsa", root / "link");
    const std::string secret = (folder / "home/.ssh/id_rsa").string();
    const std::string seen = run_script(
        root,
        "cat link ../.ssh/id_rsa '" + secret + "' /proc/1/root'" + secret +
            "' /proc/self/cwd/../.ssh/id_rsa; for f in .. /home /root /run; do ls -A $f; done; cat "
            "/etc/shadow && echo readable"
    );
    CHECK(seen.find("canary-4711") == std::string::npos);
    CHECK(seen.find(".ssh") == std::string::npos);
    CHECK(seen.find("readable") == std::string::npos);
}

TEST_CASE("sandbox gives its command no variable of this process", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    for (const char* name : {"OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "INNOCENT", "LD_PRELOAD_"})
        ::setenv(name, "canary-4711", 1);
    const std::string seen = run_script(folder.path(), "env; cat /proc/*/environ | tr '\\0' '\\n'");
    for (const char* name : {"OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "INNOCENT", "LD_PRELOAD_"})
        ::unsetenv(name);
    CHECK_THAT(seen, Contains("PATH=/usr/local/bin:/usr/bin:/bin\n"));
    CHECK_THAT(seen, Contains("HOME=/tmp/home\n"));
    CHECK(seen.find("canary-4711") == std::string::npos);
}

TEST_CASE("sandbox gives its command a private /tmp and home", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    const temporary_folder other;
    other.write("secret", "canary");
    const std::string name = "riva" + unique_span();
    const std::string seen = run_script(
        folder.path(),
        "cat '" + (other / "secret").string() +
            "'; for d in /tmp /var/tmp /dev/shm $HOME; do echo x > $d/" + name + " && echo $d; done"
    );
    CHECK(seen == "/tmp\n/var/tmp\n/dev/shm\n/tmp/home\n");
    CHECK_FALSE(fs::exists(fs::path("/tmp") / name));
    CHECK_FALSE(fs::exists(fs::path("/var/tmp") / name));
    CHECK_FALSE(fs::exists(fs::path("/dev/shm") / name));
    CHECK(run_script(folder.path(), "cat /tmp/" + name).empty());
}

TEST_CASE("sandbox gives its command no capabilities, privileges or namespaces", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    const std::string seen = run_script(
        folder.path(),
        "grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status; unshare -U true && echo unshared;"
        "unshare -r true && echo unshared; mount -t tmpfs none /tmp && echo mounted;"
        "chroot . && echo chrooted; id -u; ulimit -c; ulimit -n; ulimit -f"
    );
    const std::string none = "\t0000000000000000\n";
    CHECK(
        seen == "CapInh:" + none + "CapPrm:" + none + "CapEff:" + none + "CapBnd:" + none +
                    "CapAmb:" + none + "NoNewPrivs:\t1\nSeccomp:\t2\n" +
                    std::to_string(::getuid()) + "\n" + "0\n1024\n4194304\n"
    );
}

TEST_CASE("sandbox gives its command its standard streams only", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    folder.write("fixed/file", "x");
    const int leak = ::open("/etc", O_RDONLY);
    REQUIRE(::dup2(leak, 200) == 200);
    auto command =
        script(folder.path(), "ls /proc/self/fd; tty; ps -o pid= -p $$ >/dev/null; echo $$");
    command.read_only = {"fixed/file", "missing"};
    const auto seen = run_in(command).value().output.head;
    ::close(leak);
    ::close(200);
    CHECK(seen == "0\n1\n2\n3\nnot a tty\n2\n");
}

TEST_CASE("sandbox takes an argument that looks like an option for the program", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    folder.write("--bind", "#!/bin/sh\necho ran \"$@\"\n");
    fs::permissions(folder / "--bind", fs::perms::owner_all);
    sandbox_command command;
    command.root = folder.path();
    command.argv = {"./--bind", "--", "/", "/"};
    CHECK(run_in(command).value().output.head == "ran -- / /\n");
    for (const std::string word : {"--bind", "--help", "--", "-c"}) {
        command.argv = {word, "/", "/", "sh"};
        CHECK(run_in(command).error().code == errc::command_not_found);
    }
}

TEST_CASE("sandbox reports a command that does not exist", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    const temporary_folder other;
    folder.write("text", "no program");
    for (const fs::path& file :
         {folder.write("script", "#!/no/such/interpreter\n"), other.write("tool", "#!/bin/sh\n")})
        fs::permissions(file, fs::perms::owner_all);
    fs::create_symlink(other / "tool", folder / "link");
    sandbox_command command;
    command.root = folder.path();
    for (const std::string& name :
         {std::string("no-such-program"),
          std::string(""),
          std::string("./missing"),
          std::string("./text"),
          std::string("./script"),
          std::string("./link"),
          (other / "tool").string(),
          std::string("/proc/self/exe")}) {
        command.argv = {name, "argument"};
        const auto ended = run_in(command);
        INFO(name);
        REQUIRE(ended.has_error());
        CHECK(ended.error().code == errc::command_not_found);
    }
    command.argv = {};
    CHECK(run_in(command).error().code == errc::command_not_found);
    command.argv = {"sh", "-c", "exit 127"};
    CHECK(run_in(command).value().exit_code == 127);
    command.argv = {"sh", "-c", "echo 'bwrap: execvp' >&2; exit 1"};
    CHECK(run_in(command).value().exit_code == 1);
}

TEST_CASE("sandbox refuses a folder outside of the workspace", "[sandbox]") {
    const temporary_folder folder;
    const fs::path root = folder / "root";
    fs::create_directories(root / "inside");
    fs::create_directories(folder / "root-evil");
    folder.write("root/file", "x");
    fs::create_directory_symlink(folder / "root-evil", root / "link");
    fs::create_directory_symlink("inside", root / "good");
    const auto isolated = riva::make_bubblewrap_sandbox();
    const auto open = riva::make_open_sandbox();
    for (const auto* where : {isolated.get(), open.get()}) {
        auto& place = const_cast<riva::sandbox&>(*where);
        const auto refused = [&](const std::string& cwd) {
            auto command = script(root, "true");
            command.cwd = cwd;
            return run_in(command, place).error().code;
        };
        CHECK(refused("..") == errc::path_outside);
        CHECK(refused("inside/../../root-evil") == errc::path_outside);
        CHECK(refused("/") == errc::path_outside);
        CHECK(refused(root.string()) == errc::path_outside);
        CHECK(refused("link") == errc::path_outside);
        CHECK(refused("missing") == errc::file_missing);
        CHECK(refused("file") == errc::file_missing);
        CHECK(refused(std::string("a\0b", 3)) == errc::path_invalid);

        CHECK(run_in(script("relative", "true"), place).error().code == errc::path_invalid);
        CHECK(run_in(script("/", "true"), place).error().code == errc::path_invalid);
        CHECK(run_in(script(root / "no", "true"), place).error().code == errc::file_missing);
        CHECK(run_in(script(root / "file", "true"), place).error().code == errc::file_missing);
    }
    auto command = script(root, "pwd");
    command.cwd = "good";
    CHECK(run_in(command, *open).value().output.head == (root / "inside").string() + "\n");
}

TEST_CASE("sandbox without bubblewrap says how to get it", "[sandbox]") {
    const temporary_folder folder;
    const auto sandbox = riva::make_bubblewrap_sandbox(folder / "bwrap");
    const auto ended = run_in(script(folder.path(), "true"), *sandbox);
    REQUIRE(ended.has_error());
    CHECK(ended.error().code == errc::sandbox_unavailable);
    CHECK_THAT(ended.error().context, Contains("install the package bubblewrap"));
    CHECK_THAT(ended.error().context, Contains("--sandbox off"));
}

TEST_CASE("sandbox reports a bubblewrap that fails", "[sandbox]") {
    const temporary_folder folder;
    const auto bwrap = folder.write(
        "bwrap", "#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n"
    );
    fs::permissions(bwrap, fs::perms::owner_all);
    const auto sandbox = riva::make_bubblewrap_sandbox(bwrap);
    auto command = script(folder.path(), "true");
    command.read_only = {"missing"};
    const auto ended = run_in(command, *sandbox);
    REQUIRE(ended.has_error());
    CHECK(ended.error().code == errc::sandbox_unavailable);
    CHECK_THAT(ended.error().context, Contains("No permissions to create a new namespace"));
    CHECK_THAT(ended.error().context, Contains("user namespaces"));
    CHECK_FALSE(fs::exists(folder / "missing"));
}

TEST_CASE("sandbox probe tells whether bubblewrap works", "[sandbox]") {
    const temporary_folder folder;
    run([&]() -> asio::awaitable<void> {
        const auto missing = co_await riva::probe_bubblewrap(folder / "bwrap", deadline::in(60s));
        REQUIRE(missing.has_error());
        CHECK(missing.error().code == errc::sandbox_unavailable);
        if (riva::test::has_bubblewrap()) {
            const auto found = co_await riva::probe_bubblewrap(deadline::in(60s));
            INFO((found ? std::string() : found.error().context));
            CHECK(found.has_value());
        }
    });
    CHECK(children().empty());
}

TEST_CASE("open sandbox scrubs the environment and keeps limits", "[sandbox]") {
    const temporary_folder folder;
    ::setenv("OPENAI_API_KEY", "canary-4711", 1);
    const auto sandbox = riva::make_open_sandbox();
    const auto ended = run_in(script(folder.path(), "env; pwd; exit 3"), *sandbox).value();
    ::unsetenv("OPENAI_API_KEY");
    CHECK(ended.exit_code == 3);
    CHECK(ended.output.head.find("canary-4711") == std::string::npos);
    CHECK_THAT(ended.output.head, Contains(folder.path().string() + "\n"));
    CHECK_THAT(sandbox->description(), Contains("none"));
}
