#pragma once

#include <riva/runtime/action.hpp>
#include <riva/runtime/change_set.hpp>
#include <riva/runtime/outcome.hpp>
#include <riva/runtime/verdict.hpp>

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

}  // namespace riva::event_members
