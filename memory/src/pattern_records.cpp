#include <riva/memory/pattern_records.hpp>

#include "database.hpp"
#include "pattern_rows.hpp"

#include <mutex>
#include <utility>

namespace riva::memory {
namespace {

constexpr std::chrono::seconds patience{5};

}  // namespace

struct pattern_records::state {
    std::mutex turn;
    std::unique_ptr<database> store;
};

pattern_records::pattern_records(std::unique_ptr<state> s) : state_(std::move(s)) {}

pattern_records::~pattern_records() = default;

result<std::unique_ptr<pattern_records>> pattern_records::open(const std::filesystem::path& file) {
    auto store = database::open(file, patience);
    if (!store) return store.error();
    auto s = std::make_unique<state>();
    s->store = std::move(*store);
    return std::unique_ptr<pattern_records>(new pattern_records(std::move(s)));
}

result<bool> pattern_records::add(const std::string& project, const pattern_outcome& seen) {
    const std::lock_guard lock(state_->turn);
    bool changed = false;
    const auto written = state_->store->write([&](SQLite::Database& to) {
        changed = add_outcome(to, project, seen);
    });
    if (!written) return written.error();
    return changed;
}

result<bool> pattern_records::refute(
    const std::string& project, const std::string& run, const std::string& file, pattern_time now
) {
    const std::lock_guard lock(state_->turn);
    bool changed = false;
    const auto written = state_->store->write([&](SQLite::Database& to) {
        const auto wrong = find_refuted(to, project, run, file, now);
        changed = wrong && add_outcome(to, project, *wrong);
    });
    if (!written) return written.error();
    return changed;
}

result<pattern_row> pattern_records::find(
    const std::string& project, const std::string& pattern, pattern_time now
) {
    const std::lock_guard lock(state_->turn);
    pattern_row found;
    const auto looked = state_->store->read([&](SQLite::Database& in) {
        found = find_pattern(in, project, pattern, now);
    });
    if (!looked) return looked.error();
    return found;
}

result<std::vector<pattern_row>> pattern_records::load(
    const std::string& project, pattern_time now
) {
    const std::lock_guard lock(state_->turn);
    std::vector<pattern_row> all;
    const auto looked =
        state_->store->read([&](SQLite::Database& in) { all = list_patterns(in, project, now); });
    if (!looked) return looked.error();
    return all;
}

}  // namespace riva::memory
