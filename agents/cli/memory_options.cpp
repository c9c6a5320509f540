#include "memory_options.hpp"

#include <CLI/CLI.hpp>

namespace riva::cli {
namespace {

void add_repository(CLI::App& to, memory_options& into) {
    to.add_option(
        "--repo", into.repository, "The repository; default: the git root of the current folder"
    );
}

void add_list_options(CLI::App& to, memory_options& into) {
    add_repository(to, into);
    to.add_option("--kind", into.kind, "Only these: decision, pattern or correction");
    to.add_flag("--all", into.with_forgotten, "What was forgotten as well");
    to.add_flag("--json", into.json, "One JSON object per entry, with its evidence");
}

/// A command of `memory` that sets what is to be done.
CLI::App& add_action(
    CLI::App& to,
    memory_options& into,
    const std::string& name,
    const std::string& help,
    memory_action action
) {
    auto* added = to.add_subcommand(name, help);
    added->callback([&into, action] { into.action = action; });
    return *added;
}

}  // namespace

void add_memory(CLI::App& memory, memory_options& into) {
    memory.require_subcommand(0, 1);
    add_list_options(memory, into);
    add_list_options(
        add_action(memory, into, "list", "List it, as without a command", memory_action::list), into
    );
    auto& add = add_action(memory, into, "add", "Remember something", memory_action::add);
    add_repository(add, into);
    add.add_option("TEXT", into.text, "What holds; '-' reads standard input")->required();
    add.add_option("--kind", into.kind, "decision (default), pattern or correction");
    add.add_option("--path", into.paths, "A file or glob that it is about; repeatable")
        ->allow_extra_args(false);
    auto& forget =
        add_action(memory, into, "forget", "Show an entry no more", memory_action::forget);
    add_repository(forget, into);
    forget.add_option("ID", into.id, "The number of the entry")->required();
    forget.add_flag("--erase", into.erase, "Delete it with its evidence, which is kept otherwise");
    auto& save = add_action(
        memory, into, "export", "Write everything as JSON lines", memory_action::export_all
    );
    add_repository(save, into);
    save.add_option("-o,--output", into.file, "A file instead of standard output");
    auto& load =
        add_action(memory, into, "import", "Remember what was exported", memory_action::import_all);
    add_repository(load, into);
    load.add_option("FILE", into.file, "JSON lines; default: standard input");
}

}  // namespace riva::cli
