#include "every_event.hpp"

namespace riva::test {
namespace {

outcome sample_outcome() {
    outcome o;
    o.exit_code = -3;
    o.output = {"head \"quoted\" \\ \x01", "tail\n", 1ULL << 40};
    o.errors = {"Fehler: übel", "", 0};
    o.files = {{"src/ä b.py", change_kind::created, "", std::string(64, 'a')}};
    o.duration = std::chrono::milliseconds(1234567);
    return o;
}

evidence sample_evidence() {
    evidence e;
    e.check = "syntax:src/a.py";
    e.result = verdict::infra_error;
    e.grade = evidence_grade::statically;
    e.layer = layer::behavioural;
    e.author = author::repository;
    e.command = "python3 -m unittest";
    e.exit_code = 137;
    e.inputs = std::string(64, 'b');
    e.log_digest = std::string(64, 'c');
    e.log = "line one\nline two\t\x7f";
    e.detail = "killed after 60 s";
    e.duration = std::chrono::milliseconds(60000);
    return e;
}

events::run_result sample_result() {
    events::run_result r;
    r.outcome = "error";
    r.grade = evidence_grade::executed;
    r.quality = "certified";
    r.files = {"a.py", "b.py"};
    r.usage = {3, INT64_MAX, 20, 5, {{"small", {1, 2, 3, 4, 9}}, {"", {5, 6, 7, 8, 0}}}, 9};
    r.verification = {6, 5, 4, 3, 2, 1, 8, 7};
    r.decompositions = 2;
    r.depth = 3;
    r.first_try = true;
    r.wall_ms = 98765;
    r.error = events::failure{"model", "no answer", "start it"};
    r.resumable = true;
    return r;
}

const changed_file sample_file{
    {"run.sh", change_kind::deleted, std::string(64, 'd'), ""}, symlink_mode, 0100755
};

}  // namespace

events::trust_basis sample_basis() {
    events::trust_basis basis;
    basis.risk = "low";
    basis.pattern = "edit/python";
    basis.required = true;
    basis.draw = "18446744073709551615";
    basis.ticket = 12;
    basis.delivered = 1;
    basis.skipped = 2;
    basis.audited = 3;
    basis.caught = 4;
    basis.recovering = 5;
    basis.clean = 6;
    basis.accounts = {{"0.1", 7}, {"1.3", 1ll << 40}};
    basis.points = 8;
    basis.points_delivered = 9;
    basis.points_skipped = 10;
    basis.points_caught = 11;
    basis.bound = 0.5;
    basis.allowance = 2.5;
    return basis;
}

std::vector<events::body> every_event_body() {
    return {
        events::run_started{
            "fix \"it\"\n",
            "tests pass",
            "coder",
            "/srv/ü r",
            "1",
            {{"k", "v"}},
            {"make test"},
            true,
            "b4",
            "5eed"
        },
        events::run_resumed{1ULL << 40, "2", {{"k", "w"}}, true},
        events::intention_started{
            "1.2", "what", "acceptance", 2, events::assessment{0.25, true, true, 0.5, "small"}
        },
        events::intention_decomposed{
            "1", "too large", {{"1.1", "w", "a", {"a.py"}, {}}, {"1.2", "x", "b", {}, {"1.1"}}}
        },
        events::intention_ended{
            "1", intention_status::cancelled, evidence_grade::judged, "enough", 4
        },
        events::model_started{
            "1", "reflect", "small", "m-1", 2, "down", "m-0", {{"large", 9, 0.25, 0.5, 0.75}}
        },
        events::model_delta{"1", "piece \xF0\x9F\x98\x80"},
        events::model_ended{
            "1",
            "action",
            "large",
            "m",
            3,
            "stop",
            "d1",
            "reply",
            10,
            20,
            30,
            40,
            "cut",
            false,
            true,
            true,
            true,
            "d16e"
        },
        events::action_proposed{"1", 5, "why", edit_file{"a", {{"x", "y"}}}, "green", false},
        events::action_gated{"1", 6, "high", {"network", "shell"}, "denied", "no"},
        events::action_executed{"1", 7, sample_outcome(), "refused"},
        events::action_rolled_back{"1", 8, "failed", {"a", "b"}},
        events::check_started{"1", "user:1", layer::intent, 2},
        events::check_ended{"1", sample_evidence(), 2},
        events::verify_decided{
            "1",
            10,
            "audit",
            0.5,
            "certificate",
            sample_basis(),
            events::pattern_basis{"edit python", 7, 5.5, 0.25, true, 0.5, "wary"}
        },
        events::verify_ended{"1", 10, verdict::fail, 4, "culprit"},
        events::trust_changed{"1", 10, "low", "edit/python", 12, "fail"},
        events::verify_canary{"1", "a.py", 3, "< to <=", "caught", {{"user:1", verdict::fail}}},
        events::memory_recorded{{4, "correction", "learnt", "-a\n+b\n", {"a.py"}, 2}, "r0"},
        events::memory_shown{"1", {{5, "decision", "user", "no new dependencies", {}, 1}}},
        events::workspace_diff{{sample_file}, "--- a\n+++ b\n", true},
        events::log{"warning", "message", "1.1"},
        sample_result(),
        events::effect_prepared{"e1", "1", "apply", {sample_file}, sample_result()},
        events::effect_applied{"e1"},
        events::effect_undone{"e1", "conflict"},
    };
}

std::vector<event> every_event(const std::string& run) {
    std::vector<event> all;
    for (auto& body : every_event_body()) {
        event e;
        e.seq = all.size() + 1;
        e.time += std::chrono::milliseconds(1'790'000'000'123) + std::chrono::seconds(e.seq);
        e.run = run;
        e.body = std::move(body);
        all.push_back(std::move(e));
    }
    return all;
}

}  // namespace riva::test
