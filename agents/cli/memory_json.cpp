#include "memory_json.hpp"

#include <riva/memory/error.hpp>
#include <riva/runtime/utf8.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <cstdio>
#include <ctime>

namespace riva::cli {
namespace {

namespace json = boost::json;

std::string format(memory::memory_time time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
    const std::time_t whole = seconds.count();
    std::tm utc{};
    ::gmtime_r(&whole, &utc);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text.data();
}

/// Thrown inside of the reader only; carries a part of a sentence.
struct malformed {
    std::string why;
};

std::string text_of(const json::object& from, std::string_view name, bool required = false) {
    const json::value* value = from.if_contains(name);
    if (value != nullptr && value->is_string()) return std::string(value->get_string());
    if (value != nullptr || required) throw malformed{std::string(name) + " is no text"};
    return {};
}

const json::array& list_of(const json::object& from, std::string_view name) {
    static const json::array none;
    const json::value* value = from.if_contains(name);
    if (value != nullptr && !value->is_array()) throw malformed{std::string(name) + " is no list"};
    return value == nullptr ? none : value->get_array();
}

memory::entry_evidence evidence_of(const json::value& from) {
    if (!from.is_object()) throw malformed{"evidence is no object"};
    const auto& object = from.get_object();
    const json::value* seq = object.if_contains("seq");
    json::error_code failed;
    memory::entry_evidence one{
        text_of(object, "run", true),
        seq == nullptr ? 0 : seq->to_number<std::uint64_t>(failed),
        text_of(object, "file"),
        text_of(object, "hunk")
    };
    if (failed) throw malformed{"seq is no whole number"};
    return one;
}

memory::new_entry read(const json::object& from) {
    memory::new_entry found;
    const auto kind = memory::parse_entry_kind(text_of(from, "kind", true));
    const auto by = memory::parse_told_by(text_of(from, "by", true));
    if (!kind) throw malformed{"kind is not decision, pattern or correction"};
    if (!by) throw malformed{"by is not user or learnt"};
    found.kind = *kind;
    found.by = *by;
    found.text = text_of(from, "text", true);
    found.key = text_of(from, "key");
    for (const auto& path : list_of(from, "paths")) {
        if (!path.is_string()) throw malformed{"a path is no text"};
        found.paths.emplace_back(path.get_string());
    }
    for (const auto& one : list_of(from, "evidence")) found.evidence.push_back(evidence_of(one));
    if (*by == memory::told_by::learnt && found.evidence.empty())
        throw malformed{"it was learnt, and there is no evidence"};
    const json::value* revoked = from.if_contains("revoked");
    found.revoked = revoked != nullptr && revoked->is_bool() && revoked->get_bool();
    return found;
}

}  // namespace

std::string to_json(const memory::project_entry& entry) {
    json::array paths, evidence;
    for (const auto& path : entry.paths) paths.push_back(json::value(to_utf8(path)));
    for (const auto& one : entry.evidence)
        evidence.push_back(json::object{
            {"run", to_utf8(one.run)},
            {"seq", one.seq},
            {"file", to_utf8(one.file)},
            {"hunk", to_utf8(one.hunk)}
        });
    json::object line{
        {"id", entry.id},
        {"kind", to_string(entry.kind)},
        {"by", to_string(entry.by)},
        {"text", to_utf8(entry.text)}
    };
    line["paths"] = std::move(paths);
    line["count"] = entry.count;
    line["created"] = format(entry.created);
    line["used"] = entry.used ? json::value(format(*entry.used)) : json::value();
    line["revoked"] = entry.revoked;
    line["key"] = to_utf8(entry.key);
    line["evidence"] = std::move(evidence);
    return json::serialize(line);
}

result<memory::new_entry> entry_from_json(std::string_view line) {
    json::error_code failed;
    json::parse_options options;
    options.max_depth = 8;
    const json::value parsed =
        json::parse(json::string_view(line.data(), line.size()), failed, {}, options);
    try {
        if (failed || !parsed.is_object()) throw malformed{"it is no JSON object"};
        return read(parsed.get_object());
    } catch (const malformed& e) {
        return error{memory::errc::bad_entry, e.why};
    }
}

}  // namespace riva::cli
