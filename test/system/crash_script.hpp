#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace riva::test {

/// A task with everything that may happen on the way: files created, edited, deleted, moved and
/// given other permissions, commands, attempts that fail and are rolled back, changes that wait for
/// verification, parts at once. What the model answers depends on the question alone.
class crash_script {
public:
    explicit crash_script(unsigned seed);

    std::map<std::string, std::string> files;  ///< of the repository
    std::string script;  ///< of the model server
    std::vector<std::string> flags;  ///< of `riva run`, with the task

private:
    void add_steps();
    void add_parts();
    std::string step(int number, bool last);
    std::size_t below(std::size_t limit) { return random_() % limit; }

    std::mt19937 random_;
    std::vector<std::string> rules_;
    std::string check_;
};

}  // namespace riva::test
