#include "seccomp_filter.hpp"

#include "file_descriptor.hpp"

#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <system_error>
#include <vector>

namespace riva {
namespace {

constexpr std::array refused_calls{    // the network
                                   "socket",
                                   "connect",
                                   "bind",
                                   "listen",
                                   "accept",
                                   "accept4",
    // other processes
                                   "ptrace",
                                   "process_vm_readv",
                                   "process_vm_writev",
                                   "process_madvise",
                                   "pidfd_getfd",
                                   "kcmp",
    // keys of the user
                                   "keyctl",
                                   "add_key",
                                   "request_key",
    // large parts of the kernel that commands do not need
                                   "bpf",
                                   "perf_event_open",
                                   "userfaultfd",
                                   "io_uring_setup",
                                   "io_uring_enter",
                                   "io_uring_register",
                                   "fanotify_init",
                                   "lookup_dcookie",
                                   "modify_ldt",
                                   "quotactl",
                                   "syslog",
                                   "acct",
                                   "swapon",
                                   "swapoff",
                                   "reboot",
                                   "vhangup",
                                   "iopl",
                                   "ioperm",
    // the file system as it was made for the command
                                   "mount",
                                   "umount2",
                                   "mount_setattr",
                                   "move_mount",
                                   "open_tree",
                                   "fsopen",
                                   "fsconfig",
                                   "fsmount",
                                   "fspick",
                                   "pivot_root",
                                   "chroot",
                                   "name_to_handle_at",
                                   "open_by_handle_at",
    // namespaces and kernel code
                                   "unshare",
                                   "setns",
                                   "init_module",
                                   "finit_module",
                                   "delete_module",
                                   "kexec_load",
                                   "kexec_file_load"
};

constexpr std::array<std::uint64_t, 7> namespace_flags{
    CLONE_NEWUSER,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWNET,
    CLONE_NEWIPC,
    CLONE_NEWUTS,
    CLONE_NEWCGROUP
};

constexpr std::uint64_t low_word = 0xffffffff;  // the kernel reads int arguments so
constexpr std::uint64_t socket_type_mask = 0xf;

using conditions = std::vector<scmp_arg_cmp>;

scmp_arg_cmp is_not(unsigned argument, std::uint64_t value) {
    return {argument, SCMP_CMP_NE, value, 0};
}

scmp_arg_cmp is_masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

class filter {
public:
    filter() : context_(::seccomp_init(SCMP_ACT_ALLOW), ::seccomp_release) {}

    void refuse(const char* call, const conditions& when = {}, std::uint16_t code = EPERM) {
        const int number = ::seccomp_syscall_resolve_name(call);
        if (number < 0 || failed_ != 0) return;  // this machine has no such call
        const auto count = static_cast<unsigned>(when.size());
        failed_ = ::seccomp_rule_add_array(
            context_.get(), SCMP_ACT_ERRNO(code), number, count, when.data()
        );
    }

    /// Returns 0, or what went wrong.
    int write_to(int fd) {
        if (!context_) return ENOMEM;
        return failed_ != 0 ? -failed_ : -::seccomp_export_bpf(context_.get(), fd);
    }

private:
    std::unique_ptr<void, void (*)(scmp_filter_ctx)> context_;
    int failed_ = 0;
};

void add_rules(filter& rules) {
    for (const char* call : refused_calls) rules.refuse(call);
    for (const std::uint64_t flag : namespace_flags)
        rules.refuse("clone", {is_masked(0, flag, flag)});
    // Its flags are in memory, out of reach of a filter; the C library falls back to clone.
    rules.refuse("clone3", {}, ENOSYS);

    // A connected pair reaches nobody else, unless it is of datagrams, which take an address.
    rules.refuse("socketpair", {is_not(0, AF_UNIX)});
    for (const std::uint64_t type : {SOCK_DGRAM, SOCK_RAW})
        rules.refuse("socketpair", {is_masked(1, socket_type_mask, type)});

    for (const std::uint64_t request : {TIOCSTI, TIOCLINUX})
        rules.refuse("ioctl", {is_masked(1, low_word, request)});
}

error cannot_build(int system_error) {
    return {
        errc::sandbox_unavailable,
        "commands cannot be isolated: the filter of system calls cannot be built (" +
            std::system_category().message(system_error) +
            "); check libseccomp, or use --sandbox off"
    };
}

}  // namespace

result<std::string> seccomp_filter() {
    filter rules;
    add_rules(rules);
    const file_descriptor file(::memfd_create("filter", MFD_CLOEXEC));
    if (!file) return cannot_build(errno);
    if (const int failed = rules.write_to(file.get()); failed != 0) return cannot_build(failed);
    const off_t size = ::lseek(file.get(), 0, SEEK_END);
    std::string program(static_cast<std::size_t>(size), '\0');
    if (::pread(file.get(), program.data(), program.size(), 0) != size) return cannot_build(EIO);
    return program;
}

}  // namespace riva
