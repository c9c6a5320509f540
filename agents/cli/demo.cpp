#include "demo.hpp"

#include "demo_files.hpp"
#include "serving.hpp"

#include <riva/llm/scripted_server.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace riva::cli {

namespace fs = std::filesystem;

struct demonstration::state {
    fs::path folder;
    std::unique_ptr<serving> server;

    ~state() {
        std::error_code ignored;
        if (!folder.empty()) fs::remove_all(folder, ignored);
    }
};

namespace {

bool write(const fs::path& file, std::string_view text) {
    std::ofstream out(file, std::ios::binary);
    return static_cast<bool>((out << text).flush());
}

}  // namespace

result<demonstration> demonstration::prepare() {
    auto s = std::make_unique<state>();
    std::string name = (fs::temp_directory_path() / "riva-demo-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
        return error{
            riva::errc::io_failed,
            "No temporary folder can be made in " + fs::temp_directory_path().string() + "."
        };
    s->folder = name;
    if (!write(s->folder / "intervals.py", demo_files::intervals) ||
        !write(s->folder / "test_intervals.py", demo_files::test_intervals))
        return error{riva::errc::io_failed, "The sample cannot be written to " + name + "."};

    auto server = llm::scripted_server::from_script(demo_files::script, {});
    if (!server) return server.error();
    auto started = serving::start(std::move(*server));
    if (!started) return started.error();
    s->server = std::move(*started);
    return demonstration(std::move(s));
}

demonstration::demonstration(std::unique_ptr<state> s) : state_(std::move(s)) {}
demonstration::demonstration(demonstration&&) noexcept = default;
demonstration& demonstration::operator=(demonstration&&) noexcept = default;
demonstration::~demonstration() = default;

void demonstration::fill_in(run_options& options) const {
    options.task =
        "merge_intervals in intervals.py loses intervals that touch or lie inside of one another. "
        "Fix it, so that the tests pass.";
    options.acceptance =
        "Overlapping, touching and nested intervals become one; the result is sorted.";
    options.checks = {"python3 -m unittest -q test_intervals"};
    options.repository = state_->folder;
    options.model =
        "openai:demo-large@http://127.0.0.1:" + std::to_string(state_->server->port()) + "/v1";
}

}  // namespace riva::cli
