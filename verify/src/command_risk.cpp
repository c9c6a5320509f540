#include "command_risk.hpp"

#include "command_options.hpp"
#include "command_table.hpp"
#include "inline_code.hpp"
#include "path_risk.hpp"
#include "shell_wrappers.hpp"
#include "stream_programs.hpp"

#include <algorithm>
#include <array>

namespace riva::verify {
namespace {

using findings = std::vector<finding>;

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& all, std::string_view word) {
    return std::find(all.begin(), all.end(), word) != all.end();
}

bool leads_out(std::string_view path) {
    const auto where = classify_path(path);
    return where == path_class::outside || where == path_class::credential ||
           where == path_class::unknown || where == path_class::metadata;
}

finding assess_read(std::string_view path) {
    switch (classify_path(path)) {
        case path_class::credential: return {risk_level::high, "credentials"};
        case path_class::outside: return {risk_level::medium, "outside_workspace"};
        case path_class::unknown: return {risk_level::high, "unknown_target"};
        default: return {risk_level::low, {}};
    }
}

findings assess_plain(const words& argv) {
    findings found{{risk_level::low, {}}};
    const std::string_view name = program_name(argv.front());
    // An index is evaluated, with the commands in it.
    for (const auto& word : argv)
        if (word.find("[$(") != word.npos || word.find("[`") != word.npos)
            found.push_back({risk_level::high, "runs_input"});
    if (name == "cd" || name == "pushd")
        if (argv.size() < 2 || argv[1].starts_with('-') || leads_out(argv[1]))
            found.push_back({risk_level::high, "outside_workspace"});
    if ((name == "date" && any_starts_with(argv, {"--set"})) ||
        (name == "date" && std::find(argv.begin(), argv.end(), "-s") != argv.end()) ||
        (name == "hostname" && !operands_of(argv).empty()))
        found.push_back({risk_level::high, "administers"});
    return found;
}

findings assess_reader(const words& argv) {
    findings found{{risk_level::low, {}}};
    const std::string_view name = program_name(argv.front());
    if (name == "tr") return found;
    const words operands = operands_without(
        argv,
        name == "sort"     ? "kt"
        : name == "cut"    ? "dfbc"
        : name == "column" ? "so"
                           : ""
    );
    for (const auto& path : operands) found.push_back(assess_read(path));
    constexpr std::array<std::string_view, 5> write_with_o{"sort", "shuf", "tree", "iconv", "less"};
    if (contains(write_with_o, name))
        if (const auto path = value_of(argv, 'o', "--output"); !path.empty()) {
            found.push_back({risk_level::medium, {}});
            found.push_back(assess_write(path));
        }
    if ((name == "uniq" || name == "xxd") && operands.size() > 1) {
        found.push_back({risk_level::medium, {}});
        found.push_back(assess_write(operands[1]));
    }
    if (any_starts_with(argv, {"--compress-p"})) found.push_back({risk_level::high, "runs_input"});
    return found;
}

findings assess_searcher(const words& argv) {
    findings found{{risk_level::low, {}}};
    const std::string_view name = program_name(argv.front());
    const bool ripgrep = name == "rg";
    const bool listing = ripgrep && any_starts_with(argv, {"--files"});
    const bool named = any_starts_with(argv, {"-e", "-f", "--regexp", "--file="});
    words operands = operands_without(argv, ripgrep ? "eABCmgtTjr" : "eABCmdD");
    if (!operands.empty() && !named && !listing) operands.erase(operands.begin());
    for (const auto& path : operands) found.push_back(assess_read(path));
    if (const auto file = value_of(argv, 'f', "--file"); !listing && !file.empty())
        found.push_back(assess_read(file));
    if (any_starts_with(argv, {"--pre", "--hostname-bin", "--pager", "--output"}))
        found.push_back({risk_level::high, "runs_input"});
    if (name == "yq" && has_option(argv, 'i', "--inplace"))
        found.push_back({risk_level::medium, {}});
    return found;
}

findings assess_writer(const words& argv) {
    findings found{{risk_level::medium, {}}};
    const std::string_view name = program_name(argv.front());
    for (const auto& path : operands_of(argv)) found.push_back(assess_write(path));
    for (const auto& word : argv)
        if (word.starts_with("--") && word.find('=') != word.npos)
            if (const auto path = word.substr(word.find('=') + 1); leads_out(path))
                found.push_back(assess_write(path));
    if (name == "tar" &&
        (has_option(argv, 'P', "--absolute-names") || has_option(argv, 'I', "") ||
         any_starts_with(
             argv, {"--to-c", "--checkpoint-a", "--use-c", "--rsh", "--info", "--new-v"}
         )))
        found.push_back({risk_level::high, "runs_input"});
    if (any_starts_with(argv, {"--filter", "--unzip-command", "--strip-program", "-TT"}))
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
    for (const auto& path : operands) found.push_back(assess_write(path));
    if (!operands.empty() && operands[0].size() > 3 &&
        operands[0].find_first_not_of("01234567") == std::string::npos &&
        operands[0].find_first_not_of('0') + 3 < operands[0].size())
        found.push_back({risk_level::high, "privilege"});
    if (!operands.empty() && operands[0].find('s') != std::string::npos)
        found.push_back({risk_level::high, "privilege"});
    return found;
}

findings assess_module(std::string_view module) {
    if (module == "pip" || module == "ensurepip") return {{risk_level::high, "installs"}};
    if (module.starts_with("http") || module == "smtpd") return {{risk_level::high, "network"}};
    return {{risk_level::medium, {}}};
}

findings assess_script(const std::string& path) {
    findings found{{risk_level::medium, {}}, assess_read(path)};
    const auto where = classify_path(path);
    if (where == path_class::outside || where == path_class::unknown)
        found.push_back({risk_level::high, "outside_workspace"});
    if (where == path_class::harmless || path == "-")
        found.push_back({risk_level::high, "runs_input"});
    return found;
}

findings assess_interpreter(const words& argv) {
    const std::string_view name = program_name(argv.front());
    const bool python = name.starts_with("py");
    const bool node = name.starts_with("node");
    for (std::size_t i = 1; i < argv.size(); ++i) {
        const std::string& word = argv[i];
        if (gives_code(word, code_letters(name))) {
            findings found;
            for (std::size_t k = i; k < argv.size(); ++k) found.push_back(assess_code(argv[k]));
            if (i + 1 == argv.size() && word.size() < 3)
                found.push_back({risk_level::high, "runs_input"});
            return found;
        }
        if (python && word == "-m") return assess_module(i + 1 < argv.size() ? argv[i + 1] : "");
        if (word.size() < 2 || word[0] != '-') return assess_script(word);
        if (word.starts_with("--version") || word.starts_with("--help") ||
            word.starts_with("--test") || word.starts_with("--check") || word == "-V")
            return {{risk_level::medium, {}}};
        if (is_shell(name) && word[1] != '-' && word.find('s') != word.npos) break;
        const bool valued = (python && (word == "-W" || word == "-X")) ||
                            (node && (word == "-r" || word == "-C" || word == "--require")) ||
                            (is_shell(name) && word.find_first_of("oO") != word.npos);
        if (valued) ++i;
    }
    // A program that comes over a pipe.
    return {{risk_level::high, "runs_input"}};
}

findings assess_sed(const words& argv) {
    const bool in_place = has_option(argv, 'i', "--in-place");
    findings found{{in_place ? risk_level::medium : risk_level::low, {}}};
    if (any_starts_with(argv, {"-f", "--file"})) return {{risk_level::high, "runs_input"}};
    words programs;
    words files = operands_without(argv, "e");
    for (std::size_t i = 1; i < argv.size(); ++i) {
        if (argv[i].starts_with("--expression=")) programs.push_back(argv[i].substr(13));
        if (argv[i] == "--expression") return {{risk_level::high, "runs_input"}};
        if (argv[i].size() > 1 && argv[i][0] == '-' && argv[i][1] != '-' &&
            argv[i].find_first_of("ef") != std::string::npos && argv[i][1] != 'i') {
            if (argv[i].size() != 2) return {{risk_level::high, "runs_input"}};
            programs.push_back(i + 1 < argv.size() ? argv[i + 1] : "");
        }
    }
    if (programs.empty() && !files.empty()) {
        programs.push_back(files.front());
        files.erase(files.begin());
    }
    for (const auto& program : programs)
        if (sed_program(program).reaches_out()) found.push_back({risk_level::high, "runs_input"});
    for (const auto& path : files)
        found.push_back(in_place ? assess_write(path) : assess_read(path));
    return found;
}

findings assess_awk(const words& argv) {
    if (any_starts_with(argv, {"-f", "-i", "-l", "-E", "-e", "-p", "-d", "-D", "-o", "--"}))
        return {{risk_level::high, "runs_input"}};
    findings found{{risk_level::low, {}}};
    const words operands = operands_without(argv, "Fv");
    if (!operands.empty() && awk_reaches_out(operands.front()))
        found.push_back({risk_level::high, "runs_input"});
    for (std::size_t i = 1; i < operands.size(); ++i) found.push_back(assess_read(operands[i]));
    return found;
}

findings assess_stream_editor(const words& argv) {
    const std::string_view name = program_name(argv.front());
    if (name == "sed") return assess_sed(argv);
    if (name == "ed" || name == "ex") return {{risk_level::high, "runs_input"}};
    return assess_awk(argv);
}

findings assess_find(const words& argv) {
    findings found;
    for (std::size_t i = 1; i < argv.size() && argv[i][0] != '-' && argv[i] != "("; ++i)
        found.push_back(assess_read(argv[i]));
    const std::string_view name = program_name(argv.front());
    if (name.starts_with("fd") && (has_option(argv, 'x', "--exec") || has_option(argv, 'X', "")))
        found.push_back({risk_level::high, "runs_input"});
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
    findings elsewhere{{risk_level::low, {}}};
    std::size_t i = 1;
    for (; i < argv.size() && argv[i].starts_with('-'); ++i) {
        if (argv[i] == "-c" || argv[i] == "--exec-path" || argv[i].starts_with("--config-env"))
            return {{risk_level::high, "version_control"}};
        // The configuration of another repository can run programs.
        if (argv[i].starts_with("--git-dir") || argv[i].starts_with("--work-tree"))
            return {{risk_level::high, "version_control"}};
        if (argv[i] != "-C") continue;
        ++i;
        if (i >= argv.size() || leads_out(argv[i]))
            return {{risk_level::high, "outside_workspace"}};
        elsewhere.push_back({risk_level::medium, "version_control"});
    }
    if (i >= argv.size()) return {{risk_level::low, {}}};
    const std::string_view verb = argv[i];
    if (contains(git_talks, verb)) return {{risk_level::high, "network"}};
    if (program_name(argv.front()) != "git") return {{risk_level::high, "version_control"}};
    const bool runs_a_program = std::any_of(argv.begin(), argv.end(), [](const std::string& word) {
        // Unique beginnings of a long option stand for it.
        return word.starts_with("--ext") || word.starts_with("--out") ||
               word.starts_with("--open") || word.starts_with("--textc") || word.starts_with("-O");
    });
    if (runs_a_program) return {{risk_level::high, "runs_input"}};
    if (contains(git_reads, verb)) return elsewhere;
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
    if (any_starts_with(argv, {"-toolexec", "--toolexec", "-exec", "--exec", "-vettool"}) ||
        std::any_of(argv.begin() + 1, argv.end(), [](const std::string& word) {
            return word.find("://") != word.npos || leads_out(word);
        }))
        return {{risk_level::high, "runs_input"}};
    if (contains(package_work, argv[1]) && !fetches) return {{risk_level::medium, {}}};
    return {{risk_level::high, "installs"}};
}

findings assess_builder(const words& argv) {
    findings found{{risk_level::medium, {}}};
    const std::string_view name = program_name(argv.front());
    for (const auto& path : operands_of(argv))
        if (leads_out(path)) found.push_back(assess_write(path));
    if (name == "make" || name == "gmake")
        for (std::size_t i = 1; i < argv.size(); ++i)
            if (argv[i] == "install" || argv[i] == "uninstall" || argv[i].starts_with("--eval") ||
                argv[i].find_first_of(";|&`$ ") != std::string::npos)
                found.push_back({risk_level::high, "runs_input"});
    if (name == "cmake" && any_starts_with(argv, {"-E", "--install"}))
        found.push_back({risk_level::high, "runs_input"});
    if (name == "gdb" &&
        any_starts_with(argv, {"-ex", "-x", "-iex", "--ex", "--eval", "--command"}))
        found.push_back({risk_level::high, "runs_input"});
    return found;
}

findings assess_unknown(const words& argv) {
    const std::string& program = argv.front();
    const bool has_folder = program.find('/') != program.npos;
    const auto where = classify_path(program);
    const words operands = operands_of(argv);
    const bool out = std::any_of(operands.begin(), operands.end(), leads_out);
    if (has_folder && where == path_class::inside && !out)
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
    if (!is_of_the_system(argv.front())) return assess_unknown(argv);
    switch (kind_of(program_name(argv.front()))) {
        case command_kind::unknown: return assess_unknown(argv);
        case command_kind::plain: return assess_plain(argv);
        case command_kind::reads: return assess_reader(argv);
        case command_kind::searches: return assess_searcher(argv);
        case command_kind::writes: return assess_writer(argv);
        case command_kind::removes: return assess_remover(argv);
        case command_kind::permits: return assess_permissions(argv);
        case command_kind::builds: return assess_builder(argv);
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
