#include "shell_wrappers.hpp"

#include "path_risk.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace riva::verify {
namespace {

using words = std::vector<std::string>;

/// How the command line of a wrapper is read up to the command that it runs.
struct wrapper {
    std::string_view name;
    std::string_view with_value;  ///< letters of the short options that take a value
    int operands = 0;             ///< words of its own before the command
    bool assignments = false;     ///< NAME=value may come before the command
    bool transparent = true;      ///< does nothing by itself
    bool adds_arguments = false;  ///< the command gets arguments that are not known
};

constexpr std::array wrappers{
    wrapper{"env", "uCS", 0, true},
    wrapper{"nice", "n", 0},
    wrapper{"ionice", "cnp", 0},
    wrapper{"nohup", "", 0},
    wrapper{"time", "fo", 0},
    wrapper{"timeout", "ks", 1},
    wrapper{"stdbuf", "ioe", 0},
    wrapper{"setsid", "", 0},
    wrapper{"command", "", 0},
    wrapper{"builtin", "", 0},
    wrapper{"exec", "a", 0},
    wrapper{"busybox", "", 0},
    wrapper{"sudo", "ugpCrhRTU", 0, true, false},
    wrapper{"doas", "uC", 0, false, false},
    wrapper{"chroot", "", 1, false, false},
    wrapper{"unshare", "SGR", 0, false, false},
    wrapper{"nsenter", "tSG", 0, false, false},
    wrapper{"strace", "eopsu", 0, false, false},
    wrapper{"watch", "n", 0, false, false},
    wrapper{"valgrind", "", 0, false, false},
    wrapper{"perf", "eFop", 1, false, false},
    wrapper{"xargs", "IdEnPLsa", 0, false, true, true},
    wrapper{"parallel", "jN", 0, false, true, true},
};

constexpr std::array<std::string_view, 8> shells{
    "sh", "bash", "dash", "zsh", "ksh", "ash", "rbash", "fish"
};

// They run a program in an environment of their own.
constexpr std::array<std::string_view, 8> environments{
    "poetry", "uv", "pipenv", "conda", "bundle", "pnpm", "yarn", "rye"
};

constexpr std::array<std::string_view, 24> steering_variables{
    "PATH",       "IFS",      "ENV",       "BASH_ENV", "PYTHONPATH",     "PYTHONSTARTUP",
    "PYTHONHOME", "PERL5LIB", "PERL5OPT",  "RUBYOPT",  "RUBYLIB",        "NODE_OPTIONS",
    "NODE_PATH",  "LESSOPEN", "LESSCLOSE", "PAGER",    "MANPAGER",       "EDITOR",
    "VISUAL",     "SHELL",    "SHELLOPTS", "BASHOPTS", "PROMPT_COMMAND", "RIPGREP_CONFIG_PATH",
};

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& all, std::string_view word) {
    return std::find(all.begin(), all.end(), word) != all.end();
}

bool is_assignment(std::string_view word) {
    const auto equals = word.find('=');
    return equals != word.npos && equals > 0 && word.find('/') > equals;
}

bool steers(std::string_view word) {
    return is_assignment(word) && steers_programs(word.substr(0, word.find('=')));
}

words from(const words& argv, std::size_t first) {
    return first < argv.size()
               ? words(argv.begin() + static_cast<std::ptrdiff_t>(first), argv.end())
               : words();
}

std::string join(const words& argv, std::size_t first) {
    std::string all;
    for (std::size_t i = first; i < argv.size(); ++i) all += (all.empty() ? "" : " ") + argv[i];
    return all;
}

/// The first word that is neither an option nor the value of one.
std::size_t skip_options(const words& argv, std::string_view with_value) {
    std::size_t i = 1;
    for (; i < argv.size() && argv[i].size() > 1 && argv[i][0] == '-'; ++i) {
        if (argv[i] == "--") return i + 1;
        if (argv[i][1] != '-' && with_value.find(argv[i].back()) != std::string_view::npos) ++i;
    }
    return i;
}

wrapped take_apart(const wrapper& how, const words& argv) {
    std::size_t first = skip_options(argv, how.with_value);
    wrapped found;
    found.transparent = how.transparent;
    // `env -S` splits its argument into words of its own.
    for (std::size_t i = 1; how.name == "env" && i < std::min(first, argv.size()); ++i)
        found.unknown |= argv[i].starts_with("--s") ||
                         (!argv[i].starts_with("--") && argv[i].find('S') != std::string::npos);
    for (; how.assignments && first < argv.size() && is_assignment(argv[first]); ++first)
        found.unknown |= steers(argv[first]);
    first += static_cast<std::size_t>(how.operands);
    words inner = from(argv, first);
    // Without a command, the lines that come in are the commands.
    if (inner.empty()) found.unknown |= how.name == "parallel";
    if (inner.empty()) return found;
    if (how.adds_arguments) inner.emplace_back("{}");
    found.commands.push_back(std::move(inner));
    return found;
}

std::optional<wrapped> take_shell_apart(const words& argv) {
    bool given = false;
    std::size_t i = 1;
    for (; i < argv.size() && argv[i].size() > 1 && (argv[i][0] == '-' || argv[i][0] == '+'); ++i) {
        const std::string& word = argv[i];
        if (word == "--") {
            ++i;
            break;
        }
        if (word.starts_with("--")) {
            if (word == "--rcfile" || word == "--init-file") ++i;
            given |= word.starts_with("--command");
            continue;
        }
        given |= word.find('c') != word.npos;
        if (word.find_first_of("oO") != word.npos) ++i;
    }
    if (!given) return std::nullopt;  // a script, or what comes in
    wrapped found;
    found.transparent = true;
    found.unknown = i >= argv.size();
    if (!found.unknown) found.lines.push_back(argv[i]);
    return found;
}

std::optional<wrapped> take_find_apart(const words& argv) {
    // What is found is as the folder that it is found in, if that is within the workspace.
    std::string where = ".";
    for (std::size_t i = 1; i < argv.size() && !argv[i].starts_with('-') && where != "{}"; ++i) {
        const auto root = classify_path(argv[i]);
        const bool within = root == path_class::inside || root == path_class::whole;
        where = within ? argv[i] : "{}";
    }
    wrapped found;
    for (std::size_t i = 0; i < argv.size(); ++i) {
        const std::string& word = argv[i];
        if (word != "-exec" && word != "-execdir" && word != "-ok" && word != "-okdir") continue;
        words inner;
        for (++i; i < argv.size() && argv[i] != ";" && argv[i] != "+"; ++i)
            inner.push_back(argv[i] == "{}" && !inner.empty() ? where : argv[i]);
        if (!inner.empty()) found.commands.push_back(std::move(inner));
    }
    if (found.commands.empty()) return std::nullopt;
    return found;
}

std::optional<wrapped> take_su_apart(const words& argv) {
    wrapped found;
    for (std::size_t i = 1; i + 1 < argv.size(); ++i)
        if (argv[i] == "-c" || argv[i] == "--command") found.lines.push_back(argv[i + 1]);
    return found;
}

}  // namespace

std::string_view program_name(std::string_view word) {
    const auto slash = word.rfind('/');
    return slash == word.npos ? word : word.substr(slash + 1);
}

bool is_shell(std::string_view program) {
    return std::find(shells.begin(), shells.end(), program) != shells.end();
}

bool is_of_the_system(std::string_view word) {
    const auto folder = word.substr(0, word.size() - program_name(word).size());
    return folder.empty() || folder == "/bin/" || folder == "/sbin/" || folder == "/usr/bin/" ||
           folder == "/usr/sbin/" || folder == "/usr/local/bin/";
}

bool steers_programs(std::string_view variable) {
    return is_one_of(steering_variables, variable) || variable.starts_with("LD_") ||
           variable.starts_with("GIT_") || variable.starts_with("DYLD_");
}

std::optional<wrapped> unwrap(const std::vector<std::string>& argv) {
    if (!is_of_the_system(argv.front())) return std::nullopt;
    const std::string_view name = program_name(argv.front());
    if (is_shell(name)) return take_shell_apart(argv);
    if (name == "find") return take_find_apart(argv);
    if (name == "su") return take_su_apart(argv);
    if (name == "eval" || name == "trap") {
        wrapped found;
        found.lines.push_back(name == "eval" ? join(argv, 1) : argv.size() > 1 ? argv[1] : "");
        found.transparent = true;
        return found;
    }
    if (name == "export" || name == "declare" || name == "typeset" || name == "local" ||
        name == "readonly") {
        wrapped found;
        found.unknown = std::any_of(argv.begin(), argv.end(), steers);
        return found;
    }
    if (is_one_of(environments, name) && argv.size() > 2 &&
        (argv[1] == "run" || argv[1] == "exec")) {
        wrapped found;
        found.commands.push_back(from(argv, 2));
        return found;
    }
    // `command -v` only asks.
    if (name == "command" && argv.size() > 1 && (argv[1] == "-v" || argv[1] == "-V"))
        return std::nullopt;
    const auto how = std::find_if(wrappers.begin(), wrappers.end(), [&](const wrapper& w) {
        return w.name == name;
    });
    if (how == wrappers.end()) return std::nullopt;
    return take_apart(*how, argv);
}

}  // namespace riva::verify
