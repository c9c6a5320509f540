#include "../http_text.hpp"
#include "../utf8.hpp"
#include "openai_chat.hpp"
#include "openai_reader.hpp"

#include <boost/json/basic_parser_impl.hpp>

namespace riva::llm::openai_chat {
namespace {

boost::json::parse_options deep_enough() {
    boost::json::parse_options options;
    options.max_depth = json_depth;
    return options;
}

}  // namespace

class reply_decoder::reader {
public:
    reader() : parser_(deep_enough()) {}

    reply_reader& state() { return parser_.handler(); }

    /// Why the text cannot be read; empty when it was.
    std::string read(std::string_view text) {
        error_code ec;
        parser_.reset();
        state().complaint.clear();
        const std::size_t used = parser_.write_some(false, text.data(), text.size(), ec);
        if (!state().complaint.empty()) return state().complaint;
        if (ec) return "it is not JSON at byte " + std::to_string(used) + " (" + ec.message() + ")";
        return used < text.size() ? "it goes on after its JSON value" : "";
    }

private:
    boost::json::basic_parser<reply_reader> parser_;
};

reply_decoder::reply_decoder(std::string who, std::string key_name)
    : reader_(std::make_unique<reader>()), who_(std::move(who)), key_name_(std::move(key_name)) {}

reply_decoder::~reply_decoder() = default;

std::string_view reply_decoder::fresh_text() const {
    return std::string_view(reader_->state().reply.text).substr(text_before_);
}

bool reply_decoder::finished() const {
    return reader_->state().finished;
}

const chat_reply& reply_decoder::so_far() const {
    return reader_->state().reply;
}

result<void> reply_decoder::parse(std::string_view text) {
    reply_reader& state = reader_->state();
    text_before_ = state.reply.text.size();
    const std::string complaint = reader_->read(text);
    if (!complaint.empty())
        return error{errc::malformed_answer, who_ + " sent a malformed answer: " + complaint};
    if (state.failed) return explain(200, state.failure, who_, key_name_);
    return {};
}

result<void> reply_decoder::take_event(std::string_view type, std::string_view data) {
    text_before_ = reader_->state().reply.text.size();
    const std::string_view text = trimmed(data);
    if (ended_ || text.empty()) return {};
    if (text == "[DONE]") {
        ended_ = true;
        return {};
    }
    auto parsed = parse(text);
    if (type != "error" || (!parsed && reader_->state().failed)) return parsed;
    const std::string& loose = reader_->state().loose.message;
    return explain(200, {loose.empty() ? std::string(text) : loose, "", ""}, who_, key_name_);
}

void reply_decoder::take_unfinished(std::string_view data) {
    reply_reader& state = reader_->state();
    const bool finished_before = state.finished;
    if (take_event({}, data) || state.failed) return;
    state.reply.text.resize(text_before_);
    state.finished = finished_before;
}

result<void> reply_decoder::take_whole(std::string_view body) {
    if (auto parsed = parse(body); !parsed) return parsed;
    const reply_reader& state = reader_->state();
    if (state.choice_seen && state.finished) return {};
    return error{
        errc::malformed_answer,
        who_ + " sent a malformed answer: it has no " +
            (state.choice_seen ? "finish_reason" : "choices")
    };
}

result<chat_reply> reply_decoder::finish() {
    reply_reader& state = reader_->state();
    if (state.failed || state.failed_finish) return explain(200, state.failure, who_, key_name_);
    if (!state.finished)
        return error{
            errc::truncated_answer, who_ + " ended its stream before the model had finished"
        };
    if (state.reply.stop == stop_reason::max_tokens)
        return error{
            errc::answer_too_long,
            who_ + " stopped at the output limit; allow more output tokens or ask for less"
        };
    if (state.reply.stop == stop_reason::content_filter || !state.refusal.empty())
        return error{
            errc::refused_by_model,
            who_ + " refused to answer: " +
                (state.refusal.empty() ? "content filter" : printable(state.refusal))
        };
    if (trimmed(state.reply.text).empty())
        return error{
            errc::malformed_answer,
            who_ +
                (state.tool_call_seen ? " called a tool, although it was given none, and"
                                      : " finished and") +
                " sent no text"
        };
    return std::move(state.reply);
}

}  // namespace riva::llm::openai_chat
