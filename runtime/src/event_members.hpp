#pragma once

#include <riva/runtime/event.hpp>

/// The members of everything that stands in an event, by the names of the journal. Each function is
/// called by the encoder with an archive that writes and by the decoder with one that reads, so
/// that the two cannot drift apart. What journals of earlier versions lack is `added`.
namespace riva::event_members {

template <class A>
void members(A& a, create_file& v) {
    a("path", v.path);
    a("content", v.content);
}
template <class A>
void members(A& a, text_replacement& v) {
    a("find", v.find);
    a("replace", v.replace);
}
template <class A>
void members(A& a, edit_file& v) {
    a("path", v.path);
    a("edits", v.replacements);
}
template <class A>
void members(A& a, delete_file& v) {
    a("path", v.path);
}
template <class A>
void members(A& a, run_command& v) {
    a("argv", v.argv);
    a("cwd", v.cwd);
}
template <class A>
void members(A& a, query& v) {
    a("query", v.kind);
    a("path", v.path);
    a("pattern", v.pattern);
}

template <class A>
void members(A& a, captured_output& v) {
    a("head", v.head);
    a("tail", v.tail);
    a("dropped", v.dropped);
}

template <class A>
void members(A& a, file_change& v) {
    a("path", v.path);
    a("kind", v.kind);
    a("before", v.before);
    a("after", v.after);
}

template <class A>
void members(A& a, changed_file& v) {
    members(a, v.change);
    a("mode_before", v.mode_before);
    a("mode_after", v.mode_after);
}

template <class A>
void members(A& a, outcome& v) {
    a("exit_code", v.exit_code);
    a("output", v.output);
    a("errors", v.errors);
    a("files", v.files);
    a("duration_ms", v.duration);
}

template <class A>
void members(A& a, evidence& v) {
    a("check", v.check);
    a("result", v.result);
    a("grade", v.grade);
    a("layer", v.layer);
    a("author", v.author);
    a("command", v.command);
    a("exit_code", v.exit_code);
    a("inputs", v.inputs);
    a("log_digest", v.log_digest);
    a("log", v.log);
    a("detail", v.detail);
    a("duration_ms", v.duration);
}

template <class A>
void members(A& a, events::run_started& v) {
    a("task", v.task);
    a("acceptance", v.acceptance);
    a("agent", v.agent);
    a("repository", v.repository);
    a("version", v.version);
    a("settings", v.settings);
    a.added("checks", v.checks);
    a.added("write", v.write);
    a.added("base", v.base);
    a.added("seed", v.seed);
}

template <class A>
void members(A& a, events::run_resumed& v) {
    a("after", v.after);
    a("version", v.version);
    a("settings", v.settings);
    a("write", v.write);
}

template <class A>
void members(A& a, events::assessment& v) {
    a("score", v.score);
    a("ambiguous", v.ambiguous);
    a("decompose_first", v.decompose_first);
    a("confidence", v.confidence);
    a("reason", v.reason);
}

template <class A>
void members(A& a, events::intention_started& v) {
    a("intention", v.intention);
    a("what", v.what);
    a("acceptance", v.acceptance);
    a("depth", v.depth);
    a.added("complexity", v.complexity);
}

template <class A>
void members(A& a, events::planned_child& v) {
    a("intention", v.intention);
    a("what", v.what);
    a("acceptance", v.acceptance);
    a("paths", v.paths);
    a("needs", v.needs);
}

template <class A>
void members(A& a, events::intention_decomposed& v) {
    a("intention", v.intention);
    a("reason", v.reason);
    a("children", v.children);
}

template <class A>
void members(A& a, events::intention_ended& v) {
    a("intention", v.intention);
    a("status", v.status);
    a("grade", v.grade);
    a("reason", v.reason);
    a("cycles", v.cycles);
}

template <class A>
void members(A& a, events::tier_standing& v) {
    a("tier", v.tier);
    a("attempts", v.attempts);
    a("lower", v.lower);
    a("mean", v.mean);
    a("upper", v.upper);
}

template <class A>
void members(A& a, events::model_started& v) {
    a("intention", v.intention);
    a("purpose", v.purpose);
    a("tier", v.tier);
    a("model", v.model);
    a("attempt", v.attempt);
    a.added("reason", v.reason);
    a.added("fallback_from", v.fallback_from);
    a.added("standings", v.standings);
}

template <class A>
void members(A& a, events::model_delta& v) {
    a("intention", v.intention);
    a("text", v.text);
}

template <class A>
void members(A& a, events::model_ended& v) {
    a("intention", v.intention);
    a("purpose", v.purpose);
    a("tier", v.tier);
    a("model", v.model);
    a("attempt", v.attempt);
    a("stop", v.stop);
    a("request", v.request);
    a("reply", v.reply);
    a("input_tokens", v.input_tokens);
    a("output_tokens", v.output_tokens);
    a("micro_usd", v.micro_usd);
    a("duration_ms", v.duration_ms);
    a("error", v.error);
    a.added("priced", v.priced);
    a.added("unusable", v.unusable);
    a.added("recorded", v.recorded);
    a.added("refused", v.refused);
    a.added("told", v.told);
}

template <class A>
void members(A& a, events::action_proposed& v) {
    a("intention", v.intention);
    a("cycle", v.cycle);
    a("thought", v.thought);
    a("action", v.action);
    a("expectation", v.expectation);
    a("done", v.done);
}

template <class A>
void members(A& a, events::action_gated& v) {
    a("intention", v.intention);
    a("cycle", v.cycle);
    a("risk", v.risk);
    a("factors", v.factors);
    a("decision", v.decision);
    a("reason", v.reason);
}

template <class A>
void members(A& a, events::action_executed& v) {
    a("intention", v.intention);
    a("cycle", v.cycle);
    a("outcome", v.outcome);
    a("error", v.error);
}

template <class A>
void members(A& a, events::action_rolled_back& v) {
    a("intention", v.intention);
    a("cycle", v.cycle);
    a("reason", v.reason);
    a("files", v.files);
}

template <class A>
void members(A& a, events::check_started& v) {
    a("intention", v.intention);
    a("check", v.check);
    a("layer", v.layer);
    a.added("round", v.round);
}

template <class A>
void members(A& a, events::check_ended& v) {
    a("intention", v.intention);
    a("evidence", v.evidence);
    a.added("round", v.round);
}

template <class A>
void members(A& a, events::trust_account& v) {
    a("theta", v.theta);
    a("charged", v.charged);
}

template <class A>
void members(A& a, events::trust_basis& v) {
    a("risk", v.risk);
    a("pattern", v.pattern);
    a("required", v.required);
    a("draw", v.draw);
    a("ticket", v.ticket);
    a("delivered", v.delivered);
    a("skipped", v.skipped);
    a("audited", v.audited);
    a("caught", v.caught);
    a("recovering", v.recovering);
    a("clean", v.clean);
    a("accounts", v.accounts);
    a("points", v.points);
    a("points_delivered", v.points_delivered);
    a("points_skipped", v.points_skipped);
    a("points_caught", v.points_caught);
    a("bound", v.bound);
    a("allowance", v.allowance);
}

template <class A>
void members(A& a, events::pattern_basis& v) {
    a("pattern", v.pattern);
    a("attempts", v.attempts);
    a("passed", v.passed);
    a("failed", v.failed);
    a("failed_last", v.failed_last);
    a("bound", v.bound);
    a("advice", v.advice);
}

template <class A>
void members(A& a, events::verify_decided& v) {
    a("intention", v.intention);
    a("cycle", v.cycle);
    a("decision", v.decision);
    a("probability", v.probability);
    a("reason", v.reason);
    a.added("trust", v.trust);
    a.added("pattern", v.pattern);
}

template <class A>
void members(A& a, events::verify_ended& v) {
    a("intention", v.intention);
    a("cycle", v.cycle);
    a("result", v.result);
    a("batch", v.batch);
    a("reason", v.reason);
}

template <class A>
void members(A& a, events::trust_changed& v) {
    a("intention", v.intention);
    a("cycle", v.cycle);
    a("risk", v.risk);
    a("pattern", v.pattern);
    a("ticket", v.ticket);
    a("outcome", v.outcome);
}

template <class A>
void members(A& a, events::canary_finding& v) {
    a("check", v.check);
    a("result", v.result);
}

template <class A>
void members(A& a, events::verify_canary& v) {
    a("intention", v.intention);
    a("path", v.path);
    a("line", v.line);
    a("mutation", v.mutation);
    a("outcome", v.outcome);
    a("checks", v.checks);
}

template <class A>
void members(A& a, events::remembered& v) {
    a("id", v.id);
    a("kind", v.kind);
    a("by", v.by);
    a("text", v.text);
    a("paths", v.paths);
    a("count", v.count);
}

template <class A>
void members(A& a, events::memory_recorded& v) {
    a("entry", v.entry);
    a("source", v.source);
}

template <class A>
void members(A& a, events::memory_shown& v) {
    a("intention", v.intention);
    a("entries", v.entries);
}

template <class A>
void members(A& a, events::workspace_diff& v) {
    a("files", v.files);
    a("diff", v.diff);
    a("applied", v.applied);
}

template <class A>
void members(A& a, events::log& v) {
    a("level", v.level);
    a("message", v.message);
    a.added("intention", v.intention);
}

template <class A>
void members(A& a, events::tier_usage& v) {
    a("calls", v.calls);
    a("input_tokens", v.input_tokens);
    a("output_tokens", v.output_tokens);
    a("micro_usd", v.micro_usd);
    a.added("unpriced_calls", v.unpriced_calls);
}

template <class A>
void members(A& a, events::usage& v) {
    a("calls", v.calls);
    a("input_tokens", v.input_tokens);
    a("output_tokens", v.output_tokens);
    a("micro_usd", v.micro_usd);
    a("by_tier", v.by_tier);
    a.added("unpriced_calls", v.unpriced_calls);
}

template <class A>
void members(A& a, events::verification_counts& v) {
    a("performed", v.performed);
    a("batched", v.batched);
    a("skipped", v.skipped);
    a("audited", v.audited);
    a("caught", v.caught);
    a("infra_errors", v.infra_errors);
    a.added("canaries", v.canaries);
    a.added("canaries_caught", v.canaries_caught);
}

template <class A>
void members(A& a, events::failure& v) {
    a("kind", v.kind);
    a("message", v.message);
    a("hint", v.hint);
}

template <class A>
void members(A& a, events::run_result& v) {
    a("outcome", v.outcome);
    a("grade", v.grade);
    a("quality", v.quality);
    a("files", v.files);
    a("usage", v.usage);
    a("verification", v.verification);
    a("decompositions", v.decompositions);
    a("depth", v.depth);
    a("first_try", v.first_try);
    a("wall_ms", v.wall_ms);
    a("error", v.error);
    a("resumable", v.resumable);
}

template <class A>
void members(A& a, events::effect_prepared& v) {
    a("effect", v.effect);
    a("intention", v.intention);
    a("kind", v.kind);
    a("files", v.files);
    a("result", v.result);
}

template <class A>
void members(A& a, events::effect_applied& v) {
    a("effect", v.effect);
}

template <class A>
void members(A& a, events::effect_undone& v) {
    a("effect", v.effect);
    a("reason", v.reason);
}

}  // namespace riva::event_members
