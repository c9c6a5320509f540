#include "commands.hpp"
#include "configuration.hpp"
#include "memory_json.hpp"
#include "terminal_text.hpp"

#include <riva/memory/error.hpp>
#include <riva/memory/project_memory.hpp>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

namespace riva::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_input = 64 << 20;  // bytes

memory::memory_time now() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()
    );
}

error bad(std::string why) {
    return {memory::errc::bad_entry, std::move(why)};
}

result<std::string> project_of(const memory_options& options) {
    const fs::path given =
        options.repository.empty() ? git_root(fs::current_path()) : options.repository;
    std::error_code failed;
    const fs::path project = fs::canonical(given, failed);
    if (failed || !fs::is_directory(project))
        return error{
            riva::errc::tree_unreadable,
            "The repository " + given.string() + " cannot be read: " +
                (failed ? failed.message() : "it is no folder") + "; name a folder with --repo."
        };
    return project.string();
}

result<std::optional<memory::entry_kind>> kind_of(const memory_options& options) {
    if (options.kind.empty()) return std::optional<memory::entry_kind>();
    const auto kind = memory::parse_entry_kind(options.kind);
    if (!kind)
        return bad(
            "There is no kind '" + options.kind + "'; write decision, pattern or correction."
        );
    return kind;
}

/// Null: nothing was ever recorded. `create`: then make what is missing.
result<std::unique_ptr<memory::project_memory>> open_memory(bool create) {
    const fs::path folder = state_folder();
    std::error_code failed;
    if (!fs::exists(folder / "riva.db", failed)) {
        if (!create) return std::unique_ptr<memory::project_memory>();
        fs::create_directories(folder, failed);
        if (!failed) fs::permissions(folder, fs::perms::owner_all, failed);
        if (failed)
            return error{
                riva::errc::io_failed,
                "The state folder " + folder.string() + " cannot be used: " + failed.message() + "."
            };
    }
    return memory::project_memory::open(folder / "riva.db");
}

std::string join(const std::vector<std::string>& paths) {
    std::string all;
    for (const auto& path : paths) all.append(all.empty() ? "" : " ").append(path);
    return all;
}

void print(const memory::project_entry& entry) {
    std::string about = std::string(to_string(entry.kind)) + ", " +
                        (entry.by == memory::told_by::user ? "said by you" : "learnt");
    if (entry.count > 1) about += ", " + std::to_string(entry.count) + " times";
    if (!entry.paths.empty()) about += ", for " + join(entry.paths);
    if (entry.revoked) about += ", forgotten";
    std::printf("%lld  %s\n", static_cast<long long>(entry.id), printable(about).c_str());
    std::string text = printable(entry.text);
    while (text.ends_with('\n')) text.pop_back();
    std::size_t from = 0;
    while (from <= text.size()) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        std::printf("    %s\n", text.substr(from, end - from).c_str());
        from = end + 1;
    }
    for (const auto& one : entry.evidence)
        std::printf(
            "    seen in run %s, %s\n", printable(one.run).c_str(), printable(one.file).c_str()
        );
}

exit_code list(const memory_options& options, const std::string& project) {
    const auto kind = kind_of(options);
    if (!kind) return complain(kind.error());
    const auto kept = open_memory(false);
    if (!kept) return complain(kept.error());
    result<std::vector<memory::project_entry>> all;
    if (*kept) all = (*kept)->list(project, *kind, options.with_forgotten);
    if (!all) return complain(all.error());
    if (all->empty())
        std::fprintf(stderr, "Nothing is remembered of %s.\n", printable(project).c_str());
    for (const auto& entry : *all)
        if (options.json)
            std::printf("%s\n", to_json(entry).c_str());
        else
            print(entry);
    return exit_code::verified;
}

/// At most one byte more than may be read.
std::string read_all(std::istream& in, std::size_t most) {
    std::string text(most + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

exit_code add(const memory_options& options, const std::string& project) {
    const auto kind = kind_of(options);
    if (!kind) return complain(kind.error());
    memory::new_entry what;
    what.kind = kind->value_or(memory::entry_kind::decision);
    what.text = options.text == "-" ? read_all(std::cin, memory::longest_text) : options.text;
    while (what.text.ends_with('\n')) what.text.pop_back();
    what.paths = options.paths;
    if (const auto sensible = memory::check_entry(what); !sensible)
        return complain(sensible.error());
    const auto kept = open_memory(true);
    if (!kept) return complain(kept.error());
    const auto added = (*kept)->add(project, what, now());
    if (!added) return complain(added.error());
    print(*added);
    return exit_code::verified;
}

exit_code forget(const memory_options& options, const std::string& project) {
    const auto kept = open_memory(false);
    if (!kept) return complain(kept.error());
    if (!*kept)
        return complain(
            {memory::errc::unknown_entry,
             "There is no entry " + std::to_string(options.id) + ": nothing is remembered yet."}
        );
    const auto gone =
        options.erase ? (*kept)->erase(project, options.id) : (*kept)->forget(project, options.id);
    if (!gone) return complain(gone.error());
    std::printf("%s: %s\n", options.erase ? "erased" : "forgotten", first_line(gone->text).c_str());
    return exit_code::verified;
}

exit_code save(const memory_options& options, const std::string& project) {
    const auto kept = open_memory(false);
    if (!kept) return complain(kept.error());
    result<std::vector<memory::project_entry>> all;
    if (*kept) all = (*kept)->list(project, {}, true);
    if (!all) return complain(all.error());
    std::string lines;
    for (const auto& entry : *all) lines += to_json(entry) + "\n";
    if (options.file.empty()) {
        std::fwrite(lines.data(), 1, lines.size(), stdout);
        return exit_code::verified;
    }
    std::ofstream out(options.file, std::ios::binary);
    if (!(out << lines).flush())
        return complain(
            {riva::errc::io_failed, "The file " + options.file.string() + " cannot be written."}
        );
    return exit_code::verified;
}

result<std::vector<memory::new_entry>> read_lines(std::istream& in) {
    const std::string text = read_all(in, most_input);
    if (text.size() > most_input)
        return bad("What is to be imported has more than 64 MiB; import it in parts.");
    std::vector<memory::new_entry> all;
    std::size_t number = 0;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        const std::string_view line(text.data() + from, end - from);
        from = end + 1;
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        auto entry = entry_from_json(line);
        const auto sensible = entry ? memory::check_entry(*entry) : entry.error();
        if (!sensible)
            return bad(
                "Line " + std::to_string(number) +
                " cannot be imported, and nothing was: " + sensible.error().context
            );
        all.push_back(std::move(*entry));
    }
    return all;
}

exit_code load(const memory_options& options, const std::string& project) {
    std::ifstream file;
    if (!options.file.empty()) {
        file.open(options.file, std::ios::binary);
        if (!file)
            return complain(
                {riva::errc::io_failed, "The file " + options.file.string() + " cannot be read."}
            );
    }
    const auto entries = read_lines(options.file.empty() ? std::cin : file);
    if (!entries) return complain(entries.error());
    const auto kept = open_memory(true);
    if (!kept) return complain(kept.error());
    const auto added = (*kept)->add_all(project, *entries, now());
    if (!added) return complain(added.error());
    std::fprintf(stderr, "%zu imported\n", entries->size());
    return exit_code::verified;
}

}  // namespace

exit_code carry_out(const memory_options& options) {
    const auto project = project_of(options);
    if (!project) return complain(project.error());
    switch (options.action) {
        case memory_action::list: return list(options, *project);
        case memory_action::add: return add(options, *project);
        case memory_action::forget: return forget(options, *project);
        case memory_action::export_all: return save(options, *project);
        case memory_action::import_all: return load(options, *project);
    }
    return exit_code::internal;
}

}  // namespace riva::cli
