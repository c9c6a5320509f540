#include "scripted/request_log.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <cstdio>
#include <ctime>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

constexpr std::size_t most_stored_bytes = 64u << 20;

std::string rfc3339(std::chrono::system_clock::time_point time) {
    const auto since = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch();
    const std::time_t seconds = since.count() / 1000;
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[32];
    const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    std::snprintf(
        text + length, sizeof text - length, ".%03dZ", static_cast<int>(since.count() % 1000)
    );
    return text;
}

json::object counts(const std::map<std::string, std::uint64_t>& numbers) {
    json::object object;
    for (const auto& [name, number] : numbers) object[name] = number;
    return object;
}

}  // namespace

void request_log::add(entry e, std::int64_t prompt_tokens, std::int64_t completion_tokens) {
    ++requests_;
    if (e.status >= 400) ++errors_;
    ++by_model_[e.model];
    ++by_purpose_[e.purpose];
    prompt_tokens_ += prompt_tokens;
    completion_tokens_ += completion_tokens;
    stored_bytes_ += e.body.size();
    entries_.push_back(std::move(e));
    while (stored_bytes_ > most_stored_bytes) {
        stored_bytes_ -= entries_.front().body.size();
        entries_.pop_front();
    }
}

request_log::presence request_log::connection() {
    ++connections_;
    return presence(open_connections_);
}

std::string request_log::stats_json() const {
    return json::serialize(json::object{
        {"requests", requests_},
        {"by_model", counts(by_model_)},
        {"by_purpose", counts(by_purpose_)},
        {"errors", errors_},
        {"prompt_tokens", prompt_tokens_},
        {"completion_tokens", completion_tokens_},
        {"connections", connections_},
        {"open_connections", open_connections_},
        {"open_streams", open_streams_},
    });
}

std::string request_log::journal_json() const {
    std::string text = "[";
    for (const entry& e : entries_) {
        json::object told{
            {"time", rfc3339(e.time)},
            {"dialect", e.dialect},
            {"model", e.model},
            {"purpose", e.purpose},
            {"status", e.status},
        };
        if (!e.auth.empty()) told["auth"] = e.auth;
        if (!e.version.empty()) told["anthropic_version"] = e.version;
        if (e.context_tokens > 0) told["num_ctx"] = e.context_tokens;
        std::string line = json::serialize(told);
        line.back() = ',';
        line += "\"body\":" + (e.body_is_json ? e.body : json::serialize(json::value(e.body)));
        text += (text.size() == 1 ? "" : ",") + line + "}";
    }
    return text + "]";
}

}  // namespace riva::llm::scripted
