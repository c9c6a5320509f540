#include "catch.hpp"
#include "sandbox_fixture.hpp"
#include "temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using riva::errc;
using riva::test::read_file;
using riva::test::run_in;
using riva::test::run_script;
using riva::test::script;
using riva::test::temporary_folder;
using riva::test::tree_of;

TEST_CASE("sandbox keeps read-only paths as they are", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    folder.write("test/unit/a.py", "original");
    folder.write("test/unit/free.py", "free");
    folder.write("config/x", "original");
    folder.write("run.sh", "original");
    const auto before = tree_of(folder.path());
    const std::string attacks =
        "for f in test/unit/a.py config/x run.sh; do echo evil > $f; rm -f $f; mv $f moved;"
        "  chmod 777 $f; cp /bin/ls $f; ln -sf /etc/passwd $f; truncate -s 0 $f; done;"
        "rm -rf config; mv config moved; touch config/new; mv test moved; mv test/unit moved;"
        "rm -rf test/unit/a.py; rmdir test; mkdir -p test/unit; echo evil > test/unit/a.py;"
        "ln test/unit/a.py other && echo evil > other;"
        "python3 -c 'import os; os.rename(\"test\", \"moved\")'";
    // What mv cannot rename it copies.
    auto command = script(folder.path(), attacks + "; rm -rf moved; exit 0");
    command.read_only = {"test/unit/a.py", "config/", "./run.sh"};
    CHECK(run_in(command).value().exited());
    CHECK(tree_of(folder.path()) == before);

    command = script(folder.path(), "echo more >> test/unit/free.py; touch test/unit/new test/b c");
    command.read_only = {"test/unit/a.py", "config/", "./run.sh"};
    CHECK(run_in(command).value().exit_code == 0);
    CHECK(read_file(folder / "test/unit/free.py") == "freemore\n");
    CHECK(fs::exists(folder / "test/unit/new"));
}

TEST_CASE("sandbox does not let a command create a protected path", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    folder.write("src/a", "a");
    const auto before = tree_of(folder.path());
    auto command = script(
        folder.path(),
        "for f in .git riva.toml src/hidden deep; do echo evil > $f; rm -rf $f; mkdir -p $f;"
        "  mv src moved; ln -s /tmp $f; mv src/a $f; done;"
        "mkdir -p .git/hooks deep/er; echo evil > .git/hooks/pre-commit; echo evil > deep/er/file;"
        "cat .git deep/er/file && echo readable; exit 0"
    );
    command.read_only = {".git", "riva.toml", "src/hidden", "deep/er/file", "src/a/below"};
    const auto ended = run_in(command).value();
    CHECK(ended.output.head.empty());
    CHECK(tree_of(folder.path()) == before);
}

TEST_CASE("sandbox makes the whole workspace read-only when asked", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    folder.write("src/a", "a");
    const auto before = tree_of(folder.path());
    auto command = script(folder.path(), "touch b src/b; echo x > src/a; rm -rf src; echo done");
    command.read_only = {"src/a", ".", "missing"};
    CHECK(run_in(command).value().output.head == "done\n");
    CHECK(tree_of(folder.path()) == before);
}

TEST_CASE("sandbox refuses to protect what it cannot", "[sandbox]") {
    const temporary_folder folder;
    folder.write("real/a", "a");
    fs::create_symlink("real/a", folder / "link");
    fs::create_directory_symlink("real", folder / "folder");
    const auto refused = [&](const std::string& path) {
        auto command = script(folder.path(), "true");
        command.read_only = {path};
        return run_in(command).error().code;
    };
    CHECK(refused("link") == errc::path_symlink);
    CHECK(refused("folder/a") == errc::path_symlink);
    CHECK(refused("..") == errc::path_outside);
    CHECK(refused("real/../../x") == errc::path_outside);
    CHECK(refused("/etc/passwd") == errc::path_outside);
    CHECK(refused(std::string("a\0b", 3)) == errc::path_outside);
}

TEST_CASE("sandbox lets no command reach a socket of this machine", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    asio::io_context io;
    asio::ip::tcp::acceptor tcp(io, {asio::ip::address_v4::loopback(), 0});
    const std::string name = (folder / "s").string();
    asio::local::stream_protocol::acceptor local(io, asio::local::stream_protocol::endpoint(name));
    const std::string abstract = "riva-test-" + std::to_string(::getpid());
    asio::local::stream_protocol::acceptor hidden(
        io, asio::local::stream_protocol::endpoint(std::string(1, '\0') + abstract)
    );
    folder.write(
        "connect.py",
        "import socket, sys\n"
        "def attempt(what, *address):\n"
        "    try:\n"
        "        s = what()\n"
        "        for a in address: s.connect(a)\n"
        "        print('reached', address)\n"
        "    except OSError as e:\n"
        "        print(type(e).__name__)\n"
        "tcp = ('127.0.0.1', int(sys.argv[1]))\n"
        "attempt(lambda: socket.socket(), tcp)\n"
        "attempt(lambda: socket.socket(socket.AF_INET6), ('::1', 1))\n"
        "attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM), tcp)\n"
        "attempt(lambda: socket.socket(socket.AF_UNIX), sys.argv[2])\n"
        "attempt(lambda: socket.socket(socket.AF_UNIX), '\\0' + sys.argv[3])\n"
        "attempt(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))\n"
        "attempt(lambda: socket.socket(socket.AF_VSOCK))\n"
        "attempt(lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0], sys.argv[2])\n"
        "attempt(lambda: socket.socketpair(socket.AF_INET)[0])\n"
        "a, b = socket.socketpair()\n"
        "a.sendall(b'pair works')\n"
        "print(b.recv(100).decode())\n"
    );
    auto command = script(folder.path(), "");
    command.argv = {
        "python3", "connect.py", std::to_string(tcp.local_endpoint().port()), name, abstract
    };
    const auto ended = run_in(command).value();
    INFO(ended.errors.head);
    std::string expected;
    for (int i = 0; i < 9; ++i) expected += "PermissionError\n";
    CHECK(ended.output.head == expected + "pair works\n");
    tcp.non_blocking(true);
    boost::system::error_code ec;
    tcp.accept(ec);
    CHECK(ec == asio::error::would_block);
}

TEST_CASE(
    "sandbox refuses dangerous system calls and lets threads and compilers work", "[sandbox]"
) {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    folder.write(
        "calls.py",
        "import ctypes, errno, threading\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "def call(*arguments):\n"
        "    ctypes.set_errno(0)\n"
        "    r = libc.syscall(*arguments)\n"
        "    return 'allowed' if r >= 0 else errno.errorcode[ctypes.get_errno()]\n"
        "import platform\n"
        "if platform.machine() == 'x86_64':\n"
        "    for name, number in [('ptrace', 101), ('io_uring_setup', 425), ('bpf', 321),\n"
        "                         ('keyctl', 250), ('mount', 165), ('unshare', 272), ('setns', "
        "308),\n"
        "                         ('userfaultfd', 323), ('perf_event_open', 298), ('clone3', "
        "435)]:\n"
        "        print(name, call(number, 0, 0, 0, 0, 0))\n"
        "    print('clone', call(56, 0x10000000 | 17, 0, 0, 0, 0))\n"
        "    print('TIOCSTI', call(16, 0, 0x5412, b'x'))\n"
        "t = threading.Thread(target=lambda: print('thread'))\n"
        "t.start()\n"
        "t.join()\n"
    );
    const std::string seen = run_script(folder.path(), "python3 calls.py");
#if defined(__x86_64__)
    CHECK(
        seen ==
        "ptrace EPERM\nio_uring_setup EPERM\nbpf EPERM\nkeyctl EPERM\nmount EPERM\nunshare EPERM\n"
        "setns EPERM\nuserfaultfd EPERM\nperf_event_open EPERM\nclone3 ENOSYS\nclone EPERM\n"
        "TIOCSTI EPERM\nthread\n"
    );
#else
    CHECK(seen == "thread\n");
#endif
}

TEST_CASE("sandbox bounds the files and processes of a command", "[sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    CHECK(run_script(folder.path(), "truncate -s 3G big || echo refused") == "refused\n");
    if (::getuid() == 0) {
        WARN("skipped for root: the kernel does not limit its processes");
        return;
    }
    const std::string seen = run_script(
        folder.path(),
        "i=0; while [ $i -lt 2000 ]; do sleep 60 & i=$((i+1)); done 2>/dev/null; echo all"
    );
    CHECK(seen.empty());
}
