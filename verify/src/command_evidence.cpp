#include "command_evidence.hpp"

#include "blank_evidence.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <utility>

namespace riva::verify {
namespace {

constexpr std::size_t kept_for_reading = 256 * 1024;
constexpr std::size_t kept_as_evidence = 16 * 1024;
constexpr std::size_t longest_detail_line = 200;
constexpr std::string_view blanks = " \t\r\f\v";

captured_output shortened(captured_output all, std::size_t most) {
    if (all.size() <= 2 * most) return all;
    const std::uint64_t size = all.size();
    if (all.tail.size() < most) all.tail.insert(0, all.head);  // nothing was dropped between them
    all.tail.erase(0, all.tail.size() - most);
    all.head.resize(std::min(all.head.size(), most));
    all.dropped = size - all.head.size() - all.tail.size();
    return all;
}

std::string log_of(const process_exit& ended) {
    std::string log = shortened(ended.output, kept_as_evidence).text();
    if (!log.empty() && log.back() != '\n') log += '\n';
    return log + shortened(ended.errors, kept_as_evidence).text();
}

/// Signals that a program brings on itself. The others were sent by somebody, who may have had
/// reasons that say nothing about the change.
bool is_crash(int signal) {
    static constexpr std::array crashes{
        SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP, SIGXCPU, SIGXFSZ
    };
    return std::ranges::find(crashes, signal) != crashes.end();
}

/// The signal with which somebody else ended the command, or 0. A shell, and the sandbox, say
/// 128 + its number of what they waited for.
int killed_by(const process_exit& ended) {
    if (ended.signal != 0) return is_crash(ended.signal) ? 0 : ended.signal;
    const int signal = ended.exit_code - 128;
    return signal == SIGKILL || signal == SIGTERM ? signal : 0;
}

/// ` (SIGSEGV)` for 139 and its like: shells say 128 + the number of the signal.
std::string name_of_crash(int exit_code) {
    return is_crash(exit_code - 128) ? std::string(" (SIG") + sigabbrev_np(exit_code - 128) + ")"
                                     : "";
}

std::string how_to_get(std::string_view tool) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 17> packages{{
        {"python3", "python3"},
        {"pytest", "python3-pytest"},
        {"pyflakes", "python3-pyflakes"},
        {"yaml", "python3-yaml"},
        {"bash", "bash"},
        {"clang", "clang"},
        {"clang++", "clang"},
        {"c++", "g++"},
        {"g++", "g++"},
        {"gcc", "gcc"},
        {"node", "nodejs"},
        {"npm", "npm"},
        {"tsc", "node-typescript"},
        {"cmake", "cmake"},
        {"cargo", "cargo"},
        {"go", "golang-go"},
        {"make", "make"},
    }};
    for (const auto& [name, package] : packages)
        if (name == tool) return "apt install " + std::string(package);
    return "install it below /usr, where isolated commands see it";
}

void judge_exit(evidence& e, const process_exit& ended, evidence_grade grade) {
    using std::to_string;
    if (ended.timed_out) {
        const auto seconds = std::chrono::round<std::chrono::seconds>(ended.duration).count();
        return retract(e, verdict::infra_error, "timed out after " + to_string(seconds) + " s");
    }
    if (ended.flooded)
        return retract(
            e,
            verdict::infra_error,
            "killed, because it wrote more than " +
                to_string(sandbox_command{}.flood / (1024 * 1024)) + " MiB"
        );
    if (const int signal = killed_by(ended); signal != 0)
        return retract(e, verdict::infra_error, "killed by signal " + to_string(signal));
    e.exit_code = ended.signal != 0 ? 128 + ended.signal : ended.exit_code;
    e.grade = grade;
    e.result = e.exit_code == 0 ? verdict::pass : verdict::fail;
    e.detail = "exit " + to_string(*e.exit_code) + name_of_crash(*e.exit_code);
    const std::string reason =
        last_line((ended.errors.empty() ? ended.output : ended.errors).text());
    if (e.result == verdict::fail && !reason.empty()) e.detail += ": " + reason;
}

bool says_a_program(std::string_view line) {
    static constexpr std::array<std::string_view, 6> speakers{
        "sh: ", "/bin/sh: ", "bash: ", "/bin/bash: ", "env: ", "make: "
    };
    return std::any_of(speakers.begin(), speakers.end(), [line](std::string_view speaker) {
        return line.starts_with(speaker);
    });
}

/// The name in `sh: 1: NAME: not found` and its relatives.
std::optional<std::string> program_in(std::string_view line) {
    static constexpr std::array<std::string_view, 5> complaints{
        ": command not found",
        ": not found",
        ": Permission denied",
        ": No such file or directory",
        ": No such file"
    };
    if (!says_a_program(line)) return std::nullopt;
    for (const std::string_view complaint : complaints) {
        if (!line.ends_with(complaint)) continue;
        std::string_view name = line.substr(0, line.size() - complaint.size());
        name.remove_prefix(name.rfind(": ") + 2);
        if (name.starts_with("cannot open ")) name.remove_prefix(12);
        for (const std::string_view quote : {"'", "\u2018"})
            if (name.starts_with(quote)) name.remove_prefix(quote.size());
        for (const std::string_view quote : {"'", "\u2019"})
            if (name.ends_with(quote)) name.remove_suffix(quote.size());
        if (!name.empty()) return std::string(name);
    }
    return std::nullopt;
}

std::string cut(std::string_view line) {
    if (line.size() <= longest_detail_line) return std::string(line);
    std::size_t end = longest_detail_line;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
    return std::string(line.substr(0, end)) + "...";
}

}  // namespace

asio::awaitable<judged_command> run_and_judge(
    sandbox& where, check_traits traits, check_input input, judging_command command, deadline by
) {
    judged_command judged;
    evidence& e = judged.found;
    e = blank_evidence(traits, input);
    e.command = command.shown;
    const std::string tool = command.argv.front();
    sandbox_command request;
    request.argv = std::move(command.argv);
    request.root = input.root;
    request.read_only = std::move(command.read_only);
    request.keep = kept_for_reading;
    const auto ended = co_await where.run(std::move(request), by);

    if (!ended) {
        const bool absent = ended.error().code == errc::command_not_found;
        retract(
            e,
            absent ? verdict::indeterminate : verdict::infra_error,
            absent ? not_installed(tool) : ended.error().context
        );
        co_return judged;
    }
    judged.output = ended->output.text();
    judged.errors = ended->errors.text();
    e.log = log_of(*ended);
    e.log_digest = ended->output_digest;
    e.duration = ended->duration;
    judge_exit(e, *ended, command.grade);
    co_return judged;
}

asio::awaitable<evidence> judge_command(
    sandbox& where, check_traits traits, check_input input, judging_command command, deadline by
) {
    judged_command judged =
        co_await run_and_judge(where, std::move(traits), std::move(input), std::move(command), by);
    co_return std::move(judged.found);
}

void retract(evidence& e, verdict result, std::string detail) {
    e.result = result;
    e.grade = evidence_grade::none;
    e.detail = std::move(detail);
}

std::optional<std::string> missing_program(std::string_view log) {
    for (const std::string_view line : lines_of(log)) {
        const auto name = program_in(line);
        if (!name) continue;
        if (name->find('/') == std::string::npos) return not_installed(*name);
        return *name +
               " is missing or not executable: add it to the repository or correct the "
               "command";
    }
    return std::nullopt;
}

std::string not_installed(std::string_view tool) {
    return std::string(tool) + " is not installed where commands run: " + how_to_get(tool);
}

std::string shell_word(std::string_view argument) {
    constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
    if (!argument.empty() && argument.find_first_not_of(plain) == std::string_view::npos)
        return std::string(argument);
    std::string quoted = "'";
    for (const char c : argument) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string shell_line(const std::vector<std::string>& argv) {
    std::string line;
    for (const std::string& argument : argv)
        line += (line.empty() ? "" : " ") + shell_word(argument);
    return line;
}

std::string operand(const std::string& file) {
    return file.starts_with('-') || file.starts_with('@') ? "./" + file : file;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string last_line(std::string_view text) {
    const auto lines = lines_of(text);
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        const std::size_t begin = line->find_first_not_of(blanks);
        if (begin == std::string_view::npos) continue;
        const std::size_t end = line->find_last_not_of(blanks);
        return cut(line->substr(begin, end - begin + 1));
    }
    return {};
}

}  // namespace riva::verify
