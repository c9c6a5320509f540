#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace riva::test {

/// A program that says on standard output how far it is, and can be killed at any moment.
class talking_program {
public:
    explicit talking_program(std::vector<std::string> argv);
    /// Kills it, unless it has been waited for.
    ~talking_program();
    talking_program(const talking_program&) = delete;
    talking_program& operator=(const talking_program&) = delete;

    /// Waits until it has said `lines` lines, or all of them.
    void hear(std::size_t lines = SIZE_MAX);

    /// Sends it a signal, unless that is 0, and waits for its end. Returns its status, as `waitpid`
    /// does.
    int end(int signal);

    const std::string& said() const { return said_; }

private:
    pid_t child_ = -1;
    int from_ = -1;
    std::string said_;
};

}  // namespace riva::test
