#include <riva/memory/project_memory.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

/// Remembers `COUNT` things of the project `/a` in the database `FILE`, one after the other: what
/// all processes say, and what this one alone says.
int main(int argc, char** argv) {
    using namespace riva::memory;
    if (argc != 4) return 2;
    const auto memory = project_memory::open(argv[1]);
    if (!memory) return 1;
    const std::string name = argv[2];
    for (int i = 0; i < std::atoi(argv[3]); ++i) {
        const memory_time now{std::chrono::milliseconds(1'790'000'000'000 + i)};
        new_entry shared{.text = "what all say", .paths = {}};
        new_entry own{.text = name + " says " + std::to_string(i), .paths = {}};
        for (const auto& what : {shared, own})
            if (const auto added = (*memory)->add("/a", what, now); !added) {
                std::fprintf(stderr, "%s\n", added.error().context.c_str());
                return 1;
            }
        std::printf("%s %d\n", argv[2], i);
        std::fflush(stdout);
    }
    return 0;
}
