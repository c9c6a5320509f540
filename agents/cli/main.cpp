#include "commands.hpp"
#include "terminal_text.hpp"

#include <csignal>
#include <cstdio>
#include <exception>

namespace riva::cli {

exit_code complain(const error& e) {
    std::fprintf(
        stderr, "riva: %s\n", printable(e.context.empty() ? e.code.message() : e.context).c_str()
    );
    return exit_code_of(e);
}

}  // namespace riva::cli

int main(int argc, char** argv) {
    using namespace riva::cli;
    std::signal(SIGPIPE, SIG_IGN);
    const auto parsed = parse_command_line(argc, argv);
    if (const int* status = std::get_if<int>(&parsed)) return *status;
    try {
        return static_cast<int>(std::visit(
            [](const auto& options) { return carry_out(options); }, std::get<command>(parsed)
        ));
    } catch (const std::exception& e) {
        std::fprintf(stderr, "riva: internal error: %s\n", printable(e.what()).c_str());
        return static_cast<int>(exit_code::internal);
    }
}
