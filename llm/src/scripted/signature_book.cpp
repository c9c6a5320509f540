#include "scripted/signature_book.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

/// A call as a request shows it again.
std::string shown_again(const tool_call& call) {
    boost::system::error_code failed;
    const json::value arguments = json::parse(object_text(call), failed);
    return call.name + " " + (failed ? call.arguments : json::serialize(arguments));
}

}  // namespace

void signature_book::remember(const answer& a) {
    if (a.signature.empty()) return;
    if (!a.reasoning.empty()) signed_[a.reasoning].insert(a.signature);
    if (!a.calls.empty()) signed_[shown_again(a.calls.front())].insert(a.signature);
}

std::optional<request_refusal> signature_book::check(const question& q) const {
    for (const replayed_block& block : q.replayed) {
        const auto known = signed_.find(block.content);
        if (known == signed_.end() || known->second.count(block.signature) > 0) continue;
        const std::string what = beginning_of(block.content, 60);
        if (block.signature.empty())
            return request_refusal{
                400,
                q.dialect == "gemini"
                    ? "Function call is missing a thought_signature in functionCall parts. This is "
                      "required for tools to work correctly: " +
                          what
                    : "The signature that was sent with this block is missing: " + what,
                "",
                "missing_signature"
            };
        return request_refusal{
            400,
            "Invalid `signature` in a block that was sent before: " + what,
            "",
            "invalid_signature"
        };
    }
    return std::nullopt;
}

}  // namespace riva::llm::scripted
