#include "resource_limits.hpp"

#include <sys/resource.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace riva {
namespace {

void limit(pid_t process, __rlimit_resource what, rlim_t soft, rlim_t hard) {
    rlimit now{};
    if (::prlimit(process, what, nullptr, &now) != 0) return;
    const rlimit next{std::min(soft, now.rlim_max), std::min(hard, now.rlim_max)};
    ::prlimit(process, what, &next, nullptr);
}

/// Before Linux 5.14 all processes of the user counted, also those outside of the sandbox.
bool processes_are_counted_by_namespace() {
    utsname system{};
    int major = 0;
    int minor = 0;
    if (::uname(&system) != 0 || std::sscanf(system.release, "%d.%d", &major, &minor) != 2)
        return false;
    return std::pair(major, minor) >= std::pair(5, 14);
}

}  // namespace

void limit_resources(pid_t process) {
    limit(process, RLIMIT_CORE, 0, 0);
    limit(process, RLIMIT_NOFILE, 1024, 4096);
    limit(process, RLIMIT_FSIZE, rlim_t{2} << 30, rlim_t{2} << 30);
    if (processes_are_counted_by_namespace()) limit(process, RLIMIT_NPROC, 1024, 1024);
}

}  // namespace riva
