// A check of your own, run beside another one in a graph. It says what it saw, and never `pass`
// without having looked.
#include <riva/verify/check.hpp>
#include <riva/verify/check_graph.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace asio = riva::asio;

class small_files final : public riva::verify::check {
public:
    explicit small_files(std::uintmax_t limit) : limit_(limit) {
        traits_.id = "at-most-" + std::to_string(limit) + "-bytes";
        traits_.author = riva::author::user;
    }

    const riva::verify::check_traits& traits() const override { return traits_; }

    asio::awaitable<riva::evidence> run(const riva::verify::check_input& input, riva::deadline)
        override {
        riva::evidence found;
        found.check = traits_.id;
        found.result = riva::verdict::indeterminate;
        for (const auto& path : input.changed) {
            std::error_code failed;
            const auto size = std::filesystem::file_size(input.root / path, failed);
            const bool good = !failed && size <= limit_;
            found.result = good ? riva::verdict::pass : riva::verdict::fail;
            found.grade = riva::evidence_grade::statically;
            found.detail =
                path + (failed ? " cannot be read" : " has " + std::to_string(size) + " bytes");
            if (!good) break;
        }
        co_return found;
    }

private:
    std::uintmax_t limit_;
    riva::verify::check_traits traits_;
};

asio::awaitable<void> check_this_file() {
    const std::filesystem::path here = __FILE__;
    std::vector<std::shared_ptr<riva::verify::check>> checks;
    checks.push_back(std::make_shared<small_files>(64 * 1024));
    checks.push_back(std::make_shared<small_files>(16));
    riva::verify::check_input input;
    input.root = here.parent_path();
    input.changed.push_back(here.filename().string());
    riva::verify::graph_options options;
    options.mode = riva::verify::graph_mode::collect_all;

    const auto found = co_await riva::verify::run_checks(
        std::move(checks), std::move(input), std::move(options), riva::deadline()
    );
    for (const auto& e : found)
        std::printf(
            "%s %s: %s\n",
            std::string(riva::to_string(e.result)).c_str(),
            e.check.c_str(),
            e.detail.c_str()
        );
}

int main() {
    asio::io_context io;
    asio::co_spawn(io, check_this_file(), [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    });
    io.run();
}
