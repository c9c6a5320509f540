#include "blank_evidence.hpp"
#include "command_evidence.hpp"
#include "regular_file.hpp"
#include "syntax_tools.hpp"

#include <riva/runtime/digest.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/error.hpp>
#include <boost/json/stream_parser.hpp>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace riva::verify {
namespace {

namespace json = boost::json;

constexpr std::size_t largest = 16 * 1024 * 1024;
constexpr std::size_t at_once = 64 * 1024;  // so that the executor is not held for long

/// Files that their own programs read with comments and trailing commas.
bool allows_comments(const std::filesystem::path& file) {
    const std::string name = file.filename().string();
    return name.starts_with("tsconfig") || name.starts_with("jsconfig") ||
           name == "devcontainer.json" || name == ".eslintrc.json" ||
           file.parent_path().filename() == ".vscode";
}

std::string position(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    return std::to_string(line) + ":" + std::to_string(offset - line_begin + 1);
}

void reject(evidence& e, const std::string& file, std::string_view where, error_code why) {
    if (why == json::error::too_deep)
        return retract(e, verdict::indeterminate, file + " is nested too deeply to be parsed");
    e.result = verdict::fail;
    e.grade = evidence_grade::statically;
    e.detail = file + ":" + std::string(where) + ": " + why.message();
    e.log = e.detail + "\n";
}

asio::awaitable<void> parse(evidence& e, const std::string& file, std::string_view text) {
    json::parse_options options;
    options.max_depth = 1000;
    options.allow_comments = options.allow_trailing_commas = allows_comments(file);
    json::stream_parser parser({}, options);
    const auto executor = co_await asio::this_coro::executor;

    error_code failed;
    std::size_t begin = 0;
    while (begin < text.size() && !parser.done()) {
        const std::string_view piece = text.substr(begin, at_once);
        begin += parser.write_some(piece.data(), piece.size(), failed);
        if (failed) co_return reject(e, file, position(text, begin), failed);
        co_await asio::post(executor, asio::use_awaitable);
    }
    begin = std::min(text.find_first_not_of(" \t\r\n", begin), text.size());
    if (begin < text.size())
        co_return reject(e, file, position(text, begin), json::error::extra_data);
    parser.finish(failed);
    if (failed) co_return reject(e, file, position(text, text.size()), failed);
    e.result = verdict::pass;
    e.grade = evidence_grade::statically;
}

}  // namespace

asio::awaitable<evidence> judge_json(source_task task, deadline) {
    evidence e = blank_evidence(task.traits, task.input);
    const std::string file = task.files.front();
    const auto begin = deadline::clock::now();
    const auto content = read_regular_file(task.input.root / file, largest);
    if (!content) {
        retract(e, verdict::indeterminate, file + " is too large or not readable");
        co_return e;
    }
    std::string_view text = *content;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    co_await parse(e, file, text);
    e.log_digest = sha256(e.log);
    e.duration =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline::clock::now() - begin);
    co_return e;
}

}  // namespace riva::verify
