#include "blob_records.hpp"

#include "statement.hpp"

#include <riva/memory/error.hpp>
#include <riva/runtime/digest.hpp>

#include <optional>
#include <string_view>

namespace riva::memory {
namespace {

constexpr std::size_t longest = 4096;  ///< bytes, as JSON, of a string that stays in its event
constexpr std::size_t digest_length = 64;
constexpr std::string_view before = R"({"$blob":")";
constexpr std::string_view after = R"("})";

/// The end of a string in JSON that begins at `at`: the place of its second quote.
std::size_t end_of_string(std::string_view json, std::size_t at) {
    for (++at; at < json.size() && json[at] != '"'; ++at)
        if (json[at] == '\\') ++at;
    return at;
}

std::optional<std::string> find_blob(SQLite::Database& in, std::string_view digest) {
    auto found = prepare(in, "SELECT content FROM blobs WHERE digest = ?", std::string(digest));
    if (!found.executeStep()) return std::nullopt;
    const auto content = found.getColumn(0);
    return std::string(static_cast<const char*>(content.getBlob()), content.size());
}

}  // namespace

blob_writer::blob_writer(SQLite::Database& to)
    : add_(to, "INSERT INTO blobs VALUES (?, ?) ON CONFLICT DO NOTHING") {}

std::string blob_writer::put_away(std::string json) {
    if (json.size() <= longest) return json;
    std::string kept;
    std::size_t copied = 0;
    for (auto at = json.find('"'); at < json.size(); at = json.find('"', at)) {
        const std::size_t end = end_of_string(json, at);
        const std::string_view content = std::string_view(json).substr(at + 1, end - at - 1);
        const bool names_a_member = end + 1 < json.size() && json[end + 1] == ':';
        if (content.size() > longest && !names_a_member) {
            const std::string digest = sha256(content);
            add_.reset();
            add_.bind(1, digest);
            add_.bindNoCopy(2, content.data(), static_cast<int>(content.size()));
            add_.exec();
            kept.append(json, copied, at - copied).append(before).append(digest).append(after);
            copied = end + 1;
        }
        at = end + 1;
    }
    return kept.append(json, copied);
}

result<std::string> put_back(SQLite::Database& from, std::string json) {
    std::string whole;
    std::size_t copied = 0;
    for (auto at = json.find(before); at != std::string::npos; at = json.find(before, at)) {
        const std::string_view digest =
            std::string_view(json).substr(at + before.size(), digest_length);
        const auto content = find_blob(from, digest);
        if (!content) return error{errc::corrupt, "a text that belongs to it is missing"};
        if (sha256(*content) != digest)
            return error{errc::corrupt, "a text that belongs to it was changed"};
        whole.append(json, copied, at - copied).append("\"").append(*content).append("\"");
        at += before.size() + digest.size() + after.size();
        copied = at;
    }
    if (copied > json.size()) return error{errc::corrupt, "it is cut off"};
    if (copied == 0) return json;
    return whole.append(json, copied);
}

}  // namespace riva::memory
