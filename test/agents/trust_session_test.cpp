#include "trust_session.hpp"

#include "catch.hpp"

#include <set>

using namespace riva;
using namespace riva::verify;
using riva::agents::toss_coin;
using riva::agents::trust_session;

namespace {

const trust_action low{risk_level::low, "edit .py"};

/// Runs each change twice, as after a conflict, and fails when told to.
class contended_store final : public trust_store {
public:
    result<void> transact(
        const trust_action&, std::uint64_t, const std::function<void(trust_state&)>& change
    ) override {
        if (broken) return error{riva::errc::io_failed, "The disk is full."};
        trust_state lost = state;
        change(lost);
        change(state);
        return {};
    }
    result<trust_state> load() override { return state; }

    trust_state state;
    bool broken = false;
};

result<void> spend(trust_session& of, int points) {
    return of.transact(low, 0, [=](trust_state& state) {
        state.points.left -= points;
        ++state.next_ticket;
    });
}

int left(trust_session& in) {
    return in.load().value().points.left;
}

}  // namespace

TEST_CASE("a session has points of its own, and shares all else", "[trust]") {
    contended_store shared;
    trust_session one(shared), other(shared);
    REQUIRE(spend(one, 30).has_value());
    CHECK(left(one) == 70);
    CHECK(left(other) == 100);
    REQUIRE(spend(other, 5).has_value());
    CHECK(left(one) == 70);
    CHECK(left(other) == 95);
    CHECK(shared.state.points == trust_points{});
    CHECK(shared.state.next_ticket == 3);
    trust_session next(shared);
    CHECK(left(next) == 100);
}

TEST_CASE("points that were spent in a transaction that failed are not spent", "[trust]") {
    contended_store shared;
    trust_session session(shared);
    shared.broken = true;
    CHECK(spend(session, 30).has_error());
    shared.broken = false;
    CHECK(left(session) == 100);
}

TEST_CASE("the coin has 64 bits, and never the same twice", "[trust]") {
    std::set<std::uint64_t> seen;
    std::uint64_t ones = 0, zeros = 0;
    for (int i = 0; i < 1000; ++i) {
        const std::uint64_t bits = toss_coin();
        seen.insert(bits);
        ones |= bits;
        zeros |= ~bits;
    }
    CHECK(seen.size() == 1000);
    CHECK(ones == ~std::uint64_t{0});
    CHECK(zeros == ~std::uint64_t{0});
}
