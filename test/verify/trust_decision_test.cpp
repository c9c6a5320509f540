#include <riva/verify/trust_decision.hpp>

#include "catch.hpp"
#include "trust_fixture.hpp"

#include <limits>

using namespace riva::verify;
using namespace riva::test;
using riva::verdict;

namespace {

const trust_action low{risk_level::low, "edit .py"};
const trust_action medium{risk_level::medium, "edit .py"};
const trust_action high{risk_level::high, "edit .py"};

/// A class without the counts that any skip raises.
trust_class but_for_counts(trust_class c) {
    c.skipped = 0;
    c.delivered = 0;
    return c;
}

}  // namespace

TEST_CASE("everything is verified while trust is off, and nothing is remembered", "[trust]") {
    trust_settings off;
    off.mode = trust_mode::off;
    trust_state state = trusted_state(low);
    const trust_state before = state;
    const auto made = decide(off, state, low, always_skip);
    CHECK(made.choice == trust_choice::verify);
    CHECK(made.reason == trust_reason::off);
    CHECK(made.ticket == 0);
    CHECK_FALSE(report(off, state, made.ticket, verdict::pass));
    CHECK(state == before);
}

TEST_CASE("high risk is never skipped, however much it is trusted", "[trust]") {
    trust_state state;
    const trust_settings settings;
    for (int i = 0; i < 1000; ++i) {
        const auto made = decide(settings, state, high, always_skip);
        REQUIRE(made.choice == trust_choice::verify);
        REQUIRE(made.reason == trust_reason::high_risk);
        REQUIRE(made.probability == 1);
        report(settings, state, made.ticket, verdict::pass);
    }
}

TEST_CASE("a pattern passes three verifications before its first skip", "[trust]") {
    trust_state state;
    const trust_settings settings;
    for (int i = 0; i < 3; ++i) {
        const auto made = decide(settings, state, low, always_skip);
        REQUIRE(made.reason == trust_reason::pattern_unproven);
        REQUIRE(report(settings, state, made.ticket, verdict::pass));
    }
    const auto first = decide(settings, state, low, always_skip);
    CHECK(first.choice == trust_choice::skip);
    CHECK(first.probability > 0.7);
    const auto other = decide(settings, state, {risk_level::low, "create .py"}, always_skip);
    CHECK(other.reason == trust_reason::pattern_unproven);
}

TEST_CASE("a failure takes a pattern's trust away, from itself only", "[trust]") {
    trust_settings settings;
    settings.clean_after_failure = 0;
    trust_state state = trusted_state(low);
    const trust_action other{risk_level::low, "create .py"};
    make_trusted(settings, state, other);
    const auto audit = decide(settings, state, low, always_audit);
    const auto in_flight = decide(settings, state, low, always_audit);
    report(settings, state, audit.ticket, verdict::fail);
    report(settings, state, in_flight.ticket, verdict::pass);  // decided before the failure
    for (int i = 0; i < 3; ++i) {
        const auto made = decide(settings, state, low, always_skip);
        CHECK(made.reason == trust_reason::pattern_unproven);
        report(settings, state, made.ticket, verdict::pass);
    }
    CHECK(decide(settings, state, low, always_skip).reason == trust_reason::certificate);
    CHECK(decide(settings, state, other, always_skip).reason == trust_reason::certificate);
}

TEST_CASE("after a trusted action failed, the next ten are verified", "[trust]") {
    const trust_settings settings;
    trust_state state = trusted_state(low);
    const trust_action other{risk_level::low, "create .py"};
    make_trusted(settings, state, other);
    const auto audit = decide(settings, state, low, always_audit);
    const auto in_flight = decide(settings, state, other, always_audit);
    report(settings, state, audit.ticket, verdict::fail);
    report(settings, state, in_flight.ticket, verdict::pass);
    for (int i = 0; i < 10; ++i) {
        const auto made = decide(settings, state, other, always_skip);
        CHECK(made.choice == trust_choice::verify);
        CHECK(made.reason == trust_reason::recovering);
        report(settings, state, made.ticket, verdict::pass);
    }
    CHECK(decide(settings, state, other, always_skip).choice == trust_choice::skip);
}

TEST_CASE("a skip changes the counts and nothing that is trusted", "[trust][property]") {
    const trust_settings settings;
    for (const unsigned seed : seeds(200)) {
        INFO("seed " << seed);
        trust_state state = random_state(settings, seed);
        const trust_action action = trusted_action(settings, state);
        const trust_state before = state;
        const auto made = decide(settings, state, action, always_skip);
        if (made.verified()) continue;
        trust_class expected = before.of(action.risk);
        for (std::size_t j = 0; j < expected.accounts.size(); ++j) {
            REQUIRE(state.of(action.risk).accounts[j].charged == expected.accounts[j].charged);
            // Lowered before the coin, as the plan says.
            expected.accounts[j].theta = state.of(action.risk).accounts[j].theta;
        }
        REQUIRE(but_for_counts(state.of(action.risk)) == but_for_counts(expected));
        REQUIRE(state.tickets == before.tickets);
        REQUIRE(made.ticket == 0);
        const trust_state after = state;
        REQUIRE_FALSE(report(settings, state, made.ticket, verdict::pass));
        REQUIRE(state == after);
    }
}

TEST_CASE("the coin changes neither what is trusted before it nor the probability", "[trust]") {
    const trust_settings settings;
    for (const unsigned seed : seeds(100)) {
        INFO("seed " << seed);
        trust_state skipping = random_state(settings, seed);
        const trust_action action = trusted_action(settings, skipping);
        trust_state auditing = skipping;
        const auto skip = decide(settings, skipping, action, always_skip);
        const auto audit = decide(settings, auditing, action, always_audit);
        REQUIRE(skip.probability == audit.probability);
        REQUIRE(skip.reason == audit.reason);
        for (std::size_t j = 0; j < new_trust_accounts.size(); ++j)
            REQUIRE(
                skipping.of(action.risk).accounts[j].theta ==
                auditing.of(action.risk).accounts[j].theta
            );
    }
}

TEST_CASE("theta never grows", "[trust][property]") {
    const trust_settings settings;
    for (const unsigned seed : seeds(20)) {
        INFO("seed " << seed);
        random_session session(settings, seed);
        trust_accounts before = session.state.of(risk_level::low).accounts;
        for (int i = 0; i < 500; ++i) {
            session.step();
            const trust_accounts& now = session.state.of(risk_level::low).accounts;
            for (std::size_t j = 0; j < now.size(); ++j) REQUIRE(now[j].theta <= before[j].theta);
            before = now;
            REQUIRE_FALSE(find_fault(session.state));
        }
    }
}

TEST_CASE(
    "a failure that was caught never lowers the next audit probability", "[trust][property]"
) {
    trust_settings settings;
    settings.clean_after_failure = GENERATE(10, 0);
    int audits = 0;
    for (const unsigned seed : seeds(300)) {
        INFO("seed " << seed);
        trust_state state = random_state(settings, seed);
        const trust_action action = trusted_action(settings, state);
        const double before = next_probability(settings, state, action.risk);
        auto made = decide(settings, state, action, always_audit);
        audits += made.choice == trust_choice::audit ? 1 : 0;
        trust_state passed = state;
        report(settings, passed, made.ticket, verdict::pass);
        report(settings, state, made.ticket, verdict::fail);
        const double after = next_probability(settings, state, action.risk);
        REQUIRE(after >= before);
        REQUIRE(after >= next_probability(settings, passed, action.risk));
    }
    CHECK(audits > 50);
}

TEST_CASE("an audit whose outcome is unknown stays charged until it is known", "[trust]") {
    const trust_settings settings;
    trust_state state = trusted_state(low);
    const trust_state before = state;
    const auto audit = decide(settings, state, low, always_audit);
    REQUIRE(audit.choice == trust_choice::audit);
    const trust_state open = state;
    const double bound = describe(settings, open).classes[0].accounts[0].bound;
    for (const verdict unknown : {verdict::infra_error, verdict::indeterminate, verdict::skipped}) {
        CHECK(report(settings, state, audit.ticket, unknown));
        CHECK(state == open);
    }
    CHECK(describe(settings, open).classes[0].open_audits == 1);

    trust_state failed = state;
    report(settings, failed, audit.ticket, verdict::fail);
    CHECK(describe(settings, failed).classes[0].accounts[0].bound == bound);

    report(settings, state, audit.ticket, verdict::pass);
    CHECK(describe(settings, state).classes[0].accounts[0].bound < bound);
    for (std::size_t j = 0; j < new_trust_accounts.size(); ++j)
        CHECK(state.of(low.risk).accounts[j].charged == before.of(low.risk).accounts[j].charged);
}

TEST_CASE("a verification by a rule that came to nothing counts for nothing", "[trust]") {
    const trust_settings settings;
    trust_state state;
    const trust_state before = state;
    const auto made = decide(settings, state, low, 0);
    CHECK(report(settings, state, made.ticket, verdict::infra_error));
    CHECK(state.tickets.empty());
    CHECK(state.classes == before.classes);
}

TEST_CASE("an outcome counts once", "[trust]") {
    const trust_settings settings;
    trust_state state = trusted_state(low);
    const auto audit = decide(settings, state, low, always_audit);
    CHECK(report(settings, state, audit.ticket, verdict::pass));
    const trust_state once = state;
    CHECK_FALSE(report(settings, state, audit.ticket, verdict::pass));
    CHECK_FALSE(report(settings, state, audit.ticket, verdict::fail));
    CHECK_FALSE(report(settings, state, 4711, verdict::pass));
    CHECK(state == once);
}

TEST_CASE("the same state, action and draw give the same decision", "[trust][property]") {
    const trust_settings settings;
    for (const unsigned seed : seeds(20)) {
        INFO("seed " << seed);
        random_session session(settings, seed);
        for (int i = 0; i < 300; ++i) session.step();
        trust_state again;
        for (const auto& entry : session.journal) {
            if (entry.outcome)
                report(settings, again, entry.decision.ticket, *entry.outcome);
            else
                REQUIRE(
                    decide(settings, again, entry.decision.action, entry.decision.draw) ==
                    entry.decision
                );
        }
        REQUIRE(again == session.state);
    }
}

TEST_CASE("medium risk has a fifth of the allowance, and an account of its own", "[trust]") {
    const trust_settings settings;
    trust_state state = trusted_state(low);
    const trust_class before = state.of(risk_level::low);
    make_trusted(settings, state, medium);
    const auto made = decide(settings, state, medium, always_audit);
    CHECK(made.allowance == Approx(1));
    CHECK(state.of(risk_level::low) == before);
    const auto told = describe(settings, state);
    CHECK(told.classes[0].allowance == Approx(5));
    CHECK(told.classes[1].epsilon == Approx(0.01));
}

TEST_CASE("where no certificate fits, no more is skipped than may escape", "[trust]") {
    const trust_settings settings;
    trust_state state;
    make_trusted(settings, state, medium);
    const auto first = decide(settings, state, medium, always_skip);
    CHECK(first.choice == trust_choice::skip);
    CHECK(first.probability == settings.most_audit);
    CHECK(first.bound <= first.allowance);
    const auto second = decide(settings, state, medium, always_skip);
    CHECK(second.choice == trust_choice::verify);
    CHECK(second.reason == trust_reason::no_certificate);
}

TEST_CASE(
    "medium risk is skipped at the start, at 200 and 300, and by certificate from 355", "[trust]"
) {
    const trust_settings settings;
    trust_state state;
    make_trusted(settings, state, medium);
    std::vector<std::int64_t> skipped_at;
    while (skipped_at.size() < 4) {
        const auto made = decide(settings, state, medium, always_skip);
        if (made.verified())
            report(settings, state, made.ticket, verdict::pass);
        else
            skipped_at.push_back(made.delivered);
    }
    CHECK(skipped_at == std::vector<std::int64_t>{4, 200, 300, 355});
}

TEST_CASE("so many clean verifications as are said to be missing bring the first skip", "[trust]") {
    const trust_settings settings;
    for (const unsigned seed : seeds(60)) {
        INFO("seed " << seed);
        trust_state state = seed == 1 ? trust_state{} : random_state(settings, seed);
        const trust_action action{risk_level::medium, "edit .py"};
        make_trusted(settings, state, action);
        // The first is allowed without a certificate.
        if (decide(settings, state, action, always_skip).reason != trust_reason::no_certificate)
            (void)decide(settings, state, action, always_skip);
        const auto missing = describe(settings, state).classes[1].missing;
        REQUIRE(missing);
        for (std::int64_t i = 0; i < *missing; ++i) {
            const auto made = decide(settings, state, action, always_skip);
            REQUIRE(made.choice == trust_choice::verify);
            report(settings, state, made.ticket, verdict::pass);
        }
        REQUIRE(decide(settings, state, action, always_skip).choice == trust_choice::skip);
        if (seed == 1) CHECK(*missing == 195);
    }
}

TEST_CASE("a pattern is told what it is missing, with what its class is missing", "[trust]") {
    const trust_settings settings;
    trust_state state = trusted_state(low);
    const auto once = decide(settings, state, {risk_level::low, "new"}, 0);
    report(settings, state, once.ticket, verdict::pass);
    auto told = describe(settings, state).classes[0];
    CHECK(told.missing == 0);
    REQUIRE(told.patterns.size() == 2);
    CHECK(told.patterns[0].missing == 0);
    CHECK(told.patterns[1].pattern == "new");
    CHECK(told.patterns[1].clean == 1);
    CHECK(told.patterns[1].missing == 2);

    report_escape(settings, state, low);
    told = describe(settings, state).classes[0];
    CHECK(told.missing == 10);
    CHECK(told.next_probability == 1);
    CHECK(told.patterns[0].missing == 13);
    CHECK(told.patterns[1].missing == 12);
}

TEST_CASE("an escape that comes to light takes trust away, and is in the bound before", "[trust]") {
    const trust_settings settings;
    trust_state state = trusted_state(low);
    const trust_class before = state.of(low.risk);
    report_escape(settings, state, low);
    CHECK(state.of(low.risk).accounts == before.accounts);
    CHECK(decide(settings, state, low, always_skip).reason == trust_reason::pattern_unproven);
}

TEST_CASE("a verifier that misses failures is told apart in the bound", "[trust]") {
    trust_settings settings;
    settings.sensitivity = 0.8;
    trust_state state = trusted_state(low);
    for (int i = 0; i < 20; ++i) (void)decide(settings, state, low, always_skip);
    const auto told = describe(settings, state).classes[0];
    CHECK(told.bound > 0);
    CHECK(told.bound_with_misses == Approx(told.bound / 0.8));
}

TEST_CASE("settings and states that cannot be right are named", "[trust]") {
    CHECK_FALSE(find_fault(trust_settings{}));
    CHECK_FALSE(find_fault(trust_state{}));
    const auto with = [](auto change) {
        trust_settings settings;
        change(settings);
        return find_fault(settings).has_value();
    };
    CHECK(with([](auto& s) { s.epsilon = 0; }));
    CHECK(with([](auto& s) { s.epsilon = std::numeric_limits<double>::quiet_NaN(); }));
    CHECK(with([](auto& s) { s.delta = 1; }));
    CHECK(with([](auto& s) { s.start_up = 0; }));
    CHECK(with([](auto& s) { s.least_audit = 0.8; }));
    CHECK(with([](auto& s) { s.clean_before_skip = -1; }));
    CHECK(with([](auto& s) { s.sensitivity = 0; }));

    const auto after = [](auto change) {
        trust_state state = trusted_state(low);
        decide({}, state, low, always_audit);
        REQUIRE_FALSE(find_fault(state));
        change(state);
        return find_fault(state).has_value();
    };
    CHECK(after([](auto& s) { s.of(risk_level::low).accounts[3].theta = 2; }));
    CHECK(after([](auto& s) { s.of(risk_level::low).accounts[3].charged = -1; }));
    CHECK(after([](auto& s) { s.of(risk_level::low).accounts[3].charged = 0; }));
    CHECK(after([](auto& s) { s.of(risk_level::low).skipped = 5000; }));
    CHECK(after([](auto& s) { s.of(risk_level::low).recovering = -1; }));
    CHECK(after([](auto& s) { s.next_ticket = 1; }));
    CHECK(after([](auto& s) { s.points.left = 101; }));
}

TEST_CASE("every decision can be explained in one sentence", "[trust]") {
    const trust_settings settings;
    trust_state state = trusted_state(low);
    const std::string skipped = explain(decide(settings, state, low, always_skip));
    CHECK(skipped.starts_with(
        "Skipped with a probability of 27.8 %; at most 1.0 failures have escaped, 5.0 "
    ));
    CHECK(explain(decide(settings, state, low, always_audit)).starts_with("Audited with"));
    for (int r = 0; r <= static_cast<int>(trust_reason::state_unavailable); ++r) {
        trust_decision made;
        made.reason = static_cast<trust_reason>(r);
        CHECK(explain(made).ends_with("."));
        CHECK_FALSE(to_string(made.reason).empty());
    }
}

TEST_CASE("every decision can be made again from what it holds", "[trust]") {
    for (const auto mode : {trust_mode::certified, trust_mode::heuristic})
        for (const unsigned seed : seeds(20)) {
            trust_settings settings;
            settings.mode = mode;
            random_session session(settings, seed);
            for (int i = 0; i < 400; ++i) session.step();
            int decisions = 0;
            for (const auto& entry : session.journal) {
                if (entry.outcome) continue;
                INFO("seed " << seed << ", decision " << ++decisions);
                REQUIRE(decide_again(settings, entry.decision) == entry.decision);
            }
            REQUIRE(decisions > 0);
        }
}

TEST_CASE("an action that must be verified is, and counts for its pattern", "[trust]") {
    const trust_action must{low.risk, low.pattern, true};
    for (const auto mode : {trust_mode::certified, trust_mode::heuristic}) {
        trust_settings settings;
        settings.mode = mode;
        trust_state state;
        for (int i = 0; i < settings.clean_before_skip; ++i) {
            const auto made = decide(settings, state, must, always_skip);
            REQUIRE(made.choice == trust_choice::verify);
            REQUIRE(report(settings, state, made.ticket, verdict::pass));
        }
        const auto later = decide(settings, state, must, always_skip);
        CHECK(later.choice == trust_choice::verify);
        CHECK(later.reason == trust_reason::required);
        CHECK(decide(settings, state, low, always_skip).choice == trust_choice::skip);
        REQUIRE(report(settings, state, later.ticket, verdict::fail));
        if (mode == trust_mode::certified)
            CHECK(state.of(low.risk).recovering == settings.clean_after_failure);
    }
}
