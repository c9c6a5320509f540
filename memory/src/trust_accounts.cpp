#include <riva/memory/trust_accounts.hpp>

#include "canary_records.hpp"
#include "database.hpp"
#include "trust_records.hpp"

#include <chrono>
#include <mutex>
#include <utility>

namespace riva::memory {
namespace {

constexpr std::chrono::seconds patience{5};

}  // namespace

struct trust_accounts::state {
    std::mutex turn;
    std::unique_ptr<database> store;

    /// Says where a damaged row is.
    error located(const error& found, const trust_scope& scope) const {
        return {
            found.code,
            "The trust in " + scope.project + " that " + store->file().string() +
                " keeps is damaged: " + found.context +
                "; restore the file from a copy, or move it away."
        };
    }
};

trust_accounts::trust_accounts(std::unique_ptr<state> s) : state_(std::move(s)) {}

trust_accounts::~trust_accounts() = default;

result<std::unique_ptr<trust_accounts>> trust_accounts::open(const std::filesystem::path& file) {
    auto store = database::open(file, patience);
    if (!store) return store.error();
    auto s = std::make_unique<state>();
    s->store = std::move(*store);
    return std::unique_ptr<trust_accounts>(new trust_accounts(std::move(s)));
}

result<void> trust_accounts::transact(
    const trust_scope& scope,
    const trust_concern& concerns,
    const std::function<result<void>(trust_rows&)>& change
) {
    const std::lock_guard lock(state_->turn);
    result<void> ended;
    const auto written = state_->store->write([&](SQLite::Database& in) {
        auto known = find_scope(in, scope);
        const auto before = known ? load_some(in, *known, concerns) : trust_rows{};
        if (!before) {
            ended = state_->located(before.error(), scope);
            return;
        }
        trust_rows after = *before;
        ended = change(after);
        if (!ended || after == *before) return;
        if (!known) known = add_scope(in, scope);
        store_changes(in, *known, *before, after);
    });
    return written ? ended : written;
}

result<trust_rows> trust_accounts::load(const trust_scope& scope) {
    const std::lock_guard lock(state_->turn);
    result<trust_rows> rows;
    const auto looked = state_->store->read([&](SQLite::Database& in) {
        if (const auto known = find_scope(in, scope)) rows = load_all(in, *known);
    });
    if (!looked) return looked.error();
    if (!rows) return state_->located(rows.error(), scope);
    return rows;
}

result<void> trust_accounts::add_canaries(
    const trust_scope& scope, const std::vector<canary_row>& more
) {
    const std::lock_guard lock(state_->turn);
    return state_->store->write([&](SQLite::Database& in) {
        auto known = find_scope(in, scope);
        if (!known) known = add_scope(in, scope);
        memory::add_canaries(in, *known, more);
    });
}

result<std::vector<canary_row>> trust_accounts::load_canaries(const trust_scope& scope) {
    const std::lock_guard lock(state_->turn);
    std::vector<canary_row> rows;
    const auto looked = state_->store->read([&](SQLite::Database& in) {
        if (const auto known = find_scope(in, scope)) rows = memory::load_canaries(in, *known);
    });
    if (!looked) return looked.error();
    return rows;
}

result<std::vector<trust_scope>> trust_accounts::scopes(const std::string& project) {
    const std::lock_guard lock(state_->turn);
    std::vector<trust_scope> all;
    const auto looked =
        state_->store->read([&](SQLite::Database& in) { all = list_scopes(in, project); });
    if (!looked) return looked.error();
    return all;
}

const std::filesystem::path& trust_accounts::file() const {
    return state_->store->file();
}

}  // namespace riva::memory
