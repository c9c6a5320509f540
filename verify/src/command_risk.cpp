#include "command_risk.hpp"

#include "command_table.hpp"
#include "path_risk.hpp"
#include "shell_wrappers.hpp"

#include <algorithm>
#include <array>

namespace riva::verify {
namespace {

using words = std::vector<std::string>;
using findings = std::vector<finding>;

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& all, std::string_view word) {
    return std::find(all.begin(), all.end(), word) != all.end();
}

words operands_of(const words& argv) {
    words found;
    for (std::size_t i = 1; i < argv.size(); ++i)
        if (argv[i].empty() || argv[i][0] != '-') found.push_back(argv[i]);
    return found;
}

/// Whether an option is given, alone or among short ones.
bool has_option(const words& argv, char letter, std::string_view full) {
    return std::any_of(argv.begin() + 1, argv.end(), [&](const std::string& word) {
        if (word.starts_with("--")) return !full.empty() && word.starts_with(full);
        return word.size() > 1 && word[0] == '-' && word.find(letter) != word.npos;
    });
}

finding assess_read(std::string_view path) {
    switch (classify_path(path)) {
        case path_class::credential: return {risk_level::high, "credentials"};
        case path_class::outside: return {risk_level::medium, "outside_workspace"};
        default: return {risk_level::low, {}};
    }
}

findings assess_reader(const words& argv, std::size_t patterns) {
    findings found;
    for (const auto& path : operands_of(argv)) {
        if (patterns > 0) {
            --patterns;
            continue;
        }
        found.push_back(assess_read(path));
    }
    return found;
}

findings assess_writer(const words& argv) {
    findings found{{risk_level::medium, {}}};
    const std::string_view name = program_name(argv.front());
    for (const auto& path : operands_of(argv)) found.push_back(assess_write(path));
    if (name == "tar" && (has_option(argv, 'P', "--absolute-names") ||
                          std::any_of(argv.begin(), argv.end(), [](const std::string& word) {
                              return word.starts_with("--to-command") ||
                                     word.starts_with("--checkpoint-action");
                          })))
        found.push_back({risk_level::high, "runs_input"});
    return found;
}

findings assess_remover(const words& argv) {
    findings found{{risk_level::medium, "deletes"}};
    if (has_option(argv, 'r', "--recursive") || has_option(argv, 'R', ""))
        found.push_back({risk_level::high, "deletes_recursively"});
    if (program_name(argv.front()) == "shred") found.push_back({risk_level::high, "destroys"});
    for (const auto& path : operands_of(argv)) {
        found.push_back(assess_write(path));
        if (classify_path(path) == path_class::whole || path.find_first_of("*?[") != path.npos)
            found.push_back({risk_level::high, "deletes_many"});
    }
    return found;
}

findings assess_permissions(const words& argv) {
    findings found{{risk_level::medium, "permissions"}};
    const std::string_view name = program_name(argv.front());
    if (name != "chmod" || has_option(argv, 'R', "--recursive"))
        found.push_back({risk_level::high, "permissions"});
    const words operands = operands_of(argv);
    for (std::size_t i = 1; i < operands.size(); ++i) found.push_back(assess_write(operands[i]));
    if (!operands.empty() && operands[0].size() == 4 && operands[0][0] >= '2')
        found.push_back({risk_level::high, "privilege"});
    if (!operands.empty() && operands[0].find('s') != std::string::npos)
        found.push_back({risk_level::high, "privilege"});
    return found;
}

// What a program text on the command line must not reach for.
constexpr std::array<std::string_view, 26> reaches_out{
    "os.system",  "subprocess", "popen",     "pty.",    "rmtree",     "socket",        "urllib",
    "requests.",  "http.",      "ftplib",    "smtplib", "ctypes",     "os.kill",       "os.exec",
    "os.spawn",   "os.remove",  "os.unlink", "os.fork", "__import__", "child_process", "fetch(",
    "unlinkSync", "rmSync",     "system(",   "exec(",   "eval(",
};

finding assess_code(std::string_view code) {
    for (const auto sign : reaches_out)
        if (code.find(sign) != code.npos) return {risk_level::high, "inline_code"};
    return {risk_level::medium, "inline_code"};
}

findings assess_interpreter(const words& argv) {
    findings found{{risk_level::medium, {}}};
    const std::string_view name = program_name(argv.front());
    const bool python = name.starts_with("py");
    for (std::size_t i = 1; i < argv.size(); ++i) {
        const std::string& word = argv[i];
        const bool option = word.size() > 1 && word[0] == '-';
        if (option && (word == "-c" || word == "-e" || word == "-p" || word == "-r" ||
                       word == "--eval" || word == "--print" || word == "-E")) {
            if (python && word == "-E") continue;
            found.push_back(
                i + 1 < argv.size() ? assess_code(argv[i + 1])
                                    : finding{risk_level::high, "runs_input"}
            );
            return found;
        }
        if (python && word == "-m") {
            const std::string module = i + 1 < argv.size() ? argv[i + 1] : "";
            if (module == "pip" || module == "ensurepip")
                found.push_back({risk_level::high, "installs"});
            else if (module.starts_with("http") || module == "smtpd")
                found.push_back({risk_level::high, "network"});
            return found;
        }
        if (option && (word.starts_with("--version") || word.starts_with("--help") ||
                       word.starts_with("--test") || word.starts_with("--check") || word == "-V"))
            return found;
        if (option) continue;
        found.push_back(assess_read(word));
        const auto where = classify_path(word);
        if (where == path_class::outside || where == path_class::unknown)
            found.push_back({risk_level::high, "outside_workspace"});
        return found;
    }
    // A program that comes over a pipe.
    found.push_back({risk_level::high, "runs_input"});
    return found;
}

findings assess_stream_editor(const words& argv) {
    findings found{{risk_level::medium, {}}};
    const words operands = operands_of(argv);
    const std::string_view name = program_name(argv.front());
    if (name == "sed") {
        const bool in_place = has_option(argv, 'i', "--in-place");
        for (std::size_t i = 1; i < operands.size(); ++i)
            found.push_back(in_place ? assess_write(operands[i]) : assess_read(operands[i]));
        const bool prints_lines =
            !operands.empty() && has_option(argv, 'n', "--quiet") &&
            operands[0].find_first_not_of("0123456789,$p;") == std::string::npos;
        if (prints_lines && !in_place) found.front().level = risk_level::low;
        return found;
    }
    if (name == "ed" || name == "ex") return {{risk_level::high, "runs_input"}};
    for (const auto& word : operands)
        if (word.find("system(") != word.npos || word.find('|') != word.npos ||
            word.find("> ") != word.npos || word.find(">\"") != word.npos)
            found.push_back({risk_level::high, "runs_input"});
    if (found.size() == 1) found.front().level = risk_level::low;
    for (std::size_t i = 1; i < operands.size(); ++i) found.push_back(assess_read(operands[i]));
    return found;
}

findings assess_find(const words& argv) {
    findings found;
    for (std::size_t i = 1; i < argv.size() && argv[i][0] != '-' && argv[i] != "("; ++i)
        found.push_back(assess_read(argv[i]));
    for (const auto& word : argv) {
        if (word == "-delete") found.push_back({risk_level::high, "deletes_many"});
        if (word.starts_with("-fprint") || word == "-fls")
            found.push_back({risk_level::high, "writes_unseen"});
    }
    return found;
}

constexpr std::array<std::string_view, 22> git_reads{
    "status",   "diff",         "log",         "show",          "blame",    "ls-files",
    "ls-tree",  "rev-parse",    "rev-list",    "describe",      "shortlog", "grep",
    "cat-file", "name-rev",     "merge-base",  "diff-tree",     "var",      "version",
    "help",     "check-ignore", "whatchanged", "count-objects",
};
constexpr std::array<std::string_view, 6> git_changes{
    "add", "apply", "mv", "restore", "init", "am"
};
constexpr std::array<std::string_view, 7> git_talks{
    "push", "pull", "fetch", "clone", "remote", "submodule", "ls-remote"
};

findings assess_version_control(const words& argv) {
    std::size_t i = 1;
    for (; i < argv.size() && argv[i].starts_with('-'); ++i) {
        if (argv[i] == "-c" || argv[i] == "--exec-path" || argv[i].starts_with("--config-env"))
            return {{risk_level::high, "version_control"}};
        if (argv[i] == "-C" || argv[i] == "--git-dir" || argv[i] == "--work-tree") ++i;
    }
    if (i >= argv.size()) return {{risk_level::low, {}}};
    const std::string_view verb = argv[i];
    if (contains(git_talks, verb)) return {{risk_level::high, "network"}};
    if (program_name(argv.front()) != "git") return {{risk_level::high, "version_control"}};
    const bool runs_a_program = std::any_of(argv.begin(), argv.end(), [](const std::string& word) {
        return word.starts_with("--ext-diff") || word.starts_with("--output") ||
               word.starts_with("--open-files-in-pager") || word == "-O";
    });
    if (runs_a_program) return {{risk_level::high, "runs_input"}};
    if (contains(git_reads, verb)) return {{risk_level::low, {}}};
    if (verb == "branch" && argv.size() == i + 1) return {{risk_level::low, {}}};
    if (contains(git_changes, verb)) return {{risk_level::medium, "version_control"}};
    return {{risk_level::high, "version_control"}};
}

constexpr std::array<std::string_view, 30> package_work{
    "test",    "t",        "run",       "run-script", "start",     "build", "check", "clippy",
    "fmt",     "vet",      "bench",     "doc",        "list",      "ls",    "show",  "freeze",
    "version", "tree",     "metadata",  "lint",       "typecheck", "clean", "exec",  "env",
    "why",     "outdated", "--version", "-v",         "tool",      "rustc",
};

findings assess_package_manager(const words& argv) {
    if (argv.size() < 2) return {{risk_level::high, "installs"}};
    const std::string_view name = program_name(argv.front());
    const bool fetches = name == "npm" && (argv[1] == "exec" || argv[1] == "x");
    if (contains(package_work, argv[1]) && !fetches) return {{risk_level::medium, {}}};
    return {{risk_level::high, "installs"}};
}

findings assess_unknown(const words& argv) {
    const std::string& program = argv.front();
    const bool has_folder = program.find('/') != program.npos;
    const auto where = classify_path(program);
    if (has_folder && (where == path_class::inside || where == path_class::scratch))
        return {{risk_level::medium, "own_program"}};
    return {{risk_level::high, "unknown_program"}};
}

}  // namespace

finding assess_write(std::string_view path) {
    switch (classify_path(path)) {
        case path_class::harmless: return {risk_level::low, {}};
        case path_class::inside:
        case path_class::whole:
        case path_class::scratch: return {risk_level::medium, {}};
        case path_class::steering: return {risk_level::high, "build_or_ci"};
        case path_class::metadata: return {risk_level::high, "version_control"};
        case path_class::credential: return {risk_level::high, "credentials"};
        case path_class::outside: return {risk_level::high, "outside_workspace"};
        case path_class::unknown: return {risk_level::high, "unknown_target"};
    }
    return {risk_level::high, "unknown_target"};
}

std::vector<finding> assess_command(const std::vector<std::string>& argv) {
    switch (kind_of(program_name(argv.front()))) {
        case command_kind::unknown: return assess_unknown(argv);
        case command_kind::plain: return {{risk_level::low, {}}};
        case command_kind::reads: return assess_reader(argv, 0);
        case command_kind::searches: return assess_reader(argv, 1);
        case command_kind::writes: return assess_writer(argv);
        case command_kind::removes: return assess_remover(argv);
        case command_kind::permits: return assess_permissions(argv);
        case command_kind::builds: return {{risk_level::medium, {}}};
        case command_kind::interprets: return assess_interpreter(argv);
        case command_kind::streams: return assess_stream_editor(argv);
        case command_kind::finds: return assess_find(argv);
        case command_kind::versions: return assess_version_control(argv);
        case command_kind::packages: return assess_package_manager(argv);
        case command_kind::network: return {{risk_level::high, "network"}};
        case command_kind::installs: return {{risk_level::high, "installs"}};
        case command_kind::privilege: return {{risk_level::high, "privilege"}};
        case command_kind::administers: return {{risk_level::high, "administers"}};
        case command_kind::destroys: return {{risk_level::high, "destroys"}};
        case command_kind::signals: return {{risk_level::high, "ends_processes"}};
        case command_kind::orchestrates: return {{risk_level::high, "containers"}};
        case command_kind::postpones: return {{risk_level::high, "runs_later"}};
    }
    return {{risk_level::high, "unknown_program"}};
}

}  // namespace riva::verify
