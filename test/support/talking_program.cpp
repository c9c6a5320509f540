#include "talking_program.hpp"

#include "catch.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

namespace riva::test {

talking_program::talking_program(std::vector<std::string> argv) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    from_ = ends[0];
    std::vector<char*> words;
    for (auto& word : argv) words.push_back(word.data());
    words.push_back(nullptr);
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::execv(words.front(), words.data());
        ::_exit(127);
    }
    ::close(ends[1]);
}

talking_program::~talking_program() {
    if (child_ > 0) {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
    ::close(from_);
}

void talking_program::hear(std::size_t lines) {
    std::array<char, 4096> piece{};
    while (static_cast<std::size_t>(std::count(said_.begin(), said_.end(), '\n')) < lines) {
        const auto length = ::read(from_, piece.data(), piece.size());
        REQUIRE(length >= 0);
        if (length == 0) return;
        said_.append(piece.data(), static_cast<std::size_t>(length));
    }
}

int talking_program::end(int signal) {
    if (signal != 0) ::kill(child_, signal);
    int status = 0;
    REQUIRE(::waitpid(std::exchange(child_, -1), &status, 0) > 0);
    return status;
}

}  // namespace riva::test
