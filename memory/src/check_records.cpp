#include <riva/memory/check_records.hpp>

#include "database.hpp"
#include "statement.hpp"

#include <mutex>
#include <utility>

namespace riva::memory {
namespace {

constexpr std::chrono::seconds patience{5};

}  // namespace

struct check_records::state {
    std::mutex turn;
    std::unique_ptr<database> store;
};

check_records::check_records(std::unique_ptr<state> s) : state_(std::move(s)) {}

check_records::~check_records() = default;

result<std::unique_ptr<check_records>> check_records::open(const std::filesystem::path& file) {
    auto store = database::open(file, patience);
    if (!store) return store.error();
    auto s = std::make_unique<state>();
    s->store = std::move(*store);
    return std::unique_ptr<check_records>(new check_records(std::move(s)));
}

result<std::vector<check_row>> check_records::load(const std::string& project) {
    const std::lock_guard lock(state_->turn);
    std::vector<check_row> all;
    const auto looked = state_->store->read([&](SQLite::Database& in) {
        auto next = prepare(
            in,
            "SELECT kind, runs, failures, duration FROM check_records WHERE project = ? "
            "ORDER BY kind",
            project
        );
        while (next.executeStep())
            all.push_back(
                {next.getColumn(0).getString(),
                 number(next, 1),
                 number(next, 2),
                 std::chrono::milliseconds(number(next, 3))}
            );
    });
    if (!looked) return looked.error();
    return all;
}

result<void> check_records::add(const std::string& project, const std::vector<check_row>& more) {
    if (more.empty()) return {};
    const std::lock_guard lock(state_->turn);
    return state_->store->write([&](SQLite::Database& in) {
        for (const auto& row : more)
            execute(
                in,
                "INSERT INTO check_records VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                "runs = runs + excluded.runs, failures = failures + excluded.failures, "
                "duration = duration + excluded.duration",
                project,
                row.kind,
                row.runs,
                row.failures,
                static_cast<std::int64_t>(row.duration.count())
            );
    });
}

}  // namespace riva::memory
