#pragma once

#include "command_risk.hpp"
#include "shell_wrappers.hpp"

#include <array>
#include <string_view>

namespace riva::verify {

/// What a program text on a command line could do, whatever its language.
inline finding assess_code(std::string_view code) {
    constexpr std::array<std::string_view, 54> reaches_out{
        "system",     "subprocess", "popen",       "pty.",      "rmtree",    "socket",
        "urllib",     "requests.",  "http",        "ftplib",    "smtplib",   "ctypes",
        "os.kill",    "os.exec",    "os.spawn",    "os.remove", "os.unlink", "os.fork",
        "__import__", "importlib",  "getattr",     "builtins",  "globals(",  "child_process",
        "fetch(",     "unlink",     "rmSync",      "rmdir",     "exec",      "eval",
        "remove",     "rename",     "delete",      "File",      "IO.",       "%x",
        "qx",         "`",          "fork",        "kill",      "passthru",  "spawn",
        "environ",    "expanduser", ".home(",      "chmod",     "chown",     "symlink",
        "$",          "compile(",   "shutil.move", "process.",  "net.",      "Deno.",
    };
    // Paths that lead out of the workspace.
    constexpr std::array<std::string_view, 8> leads_out{
        "\"/",
        "'/",
        "\"~",
        "'~",
        "\"..",
        "'..",
        ">/",
        "> /",
    };
    for (const auto sign : reaches_out)
        if (code.find(sign) != code.npos) return {risk_level::high, "inline_code"};
    for (const auto sign : leads_out)
        if (code.find(sign) != code.npos) return {risk_level::high, "inline_code"};
    return {risk_level::medium, "inline_code"};
}

/// The letters of the options that are followed by a program text.
inline std::string_view code_letters(std::string_view program) {
    if (program.starts_with("py")) return "c";
    if (program.starts_with("node")) return "ep";
    if (program == "perl" || program == "julia") return "eE";
    if (program == "php") return "rBRE";
    if (is_shell(program)) return "c";
    return "ceEr";
}

/// Whether a word is an option that is followed by a program text, or holds it.
inline bool gives_code(std::string_view word, std::string_view letters) {
    if (word.size() < 2 || word[0] != '-') return false;
    if (word[1] == '-') return word.starts_with("--eval") || word.starts_with("--print");
    const auto at = word.find_first_of(letters);
    // What follows `-m` is the name of a module.
    return at != word.npos && word.substr(0, at).find('m') == word.npos;
}

}  // namespace riva::verify
