#include "scripted/script_fault.hpp"

#include "scripted/script_status.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

std::optional<error_event> read_error_event(object_reader& reader) {
    auto event = reader.object("error_event");
    if (!event) return std::nullopt;
    error_event found;
    found.after_chunks = static_cast<std::size_t>(event->whole("after", 0).value_or(0));
    const json::value* error = event->any("error");
    if (error) found.body = json::serialize(*error);
    event->refuse_others();
    return found;
}

std::optional<break_off> read_break_off(object_reader& reader) {
    auto cut = reader.object("cut");
    auto stall = reader.object("stall");
    if (cut && stall) reader.wrong("stall", "a response is either cut or stalls");
    if (!cut && !stall) return std::nullopt;
    object_reader& place = cut ? *cut : *stall;
    break_off found;
    found.after_bytes = static_cast<std::size_t>(place.whole("after", 0).value_or(0));
    found.in =
        static_cast<break_off::place>(place.choice("in", {"body", "head", "chunk"}).value_or(0));
    if (stall)
        found.how = break_off::way::stall;
    else if (place.choice("how", {"close", "reset"}).value_or(0) == 1)
        found.how = break_off::way::reset;
    place.refuse_others();
    return found;
}

std::optional<endless_stream> read_endless(object_reader& reader) {
    auto endless = reader.object("endless");
    if (!endless) return std::nullopt;
    endless_stream found;
    found.what = static_cast<endless_stream::kind>(
        endless->choice("what", {"tokens", "heartbeats"}).value_or(0)
    );
    found.after_chunks = static_cast<std::size_t>(endless->whole("after", 0).value_or(0));
    found.every_ms = endless->number("every_ms", 0, 3'600'000).value_or(found.every_ms);
    endless->refuse_others();
    return found;
}

std::optional<payload_fault> read_payload(object_reader& reader) {
    auto payload = reader.object("payload");
    if (!payload) return std::nullopt;
    payload_fault found;
    found.what = static_cast<payload_fault::kind>(
        payload->choice("what", {"not_json", "wrong_types", "deep", "huge_number"}).value_or(0)
    );
    found.after_chunks = static_cast<std::size_t>(payload->whole("after", 0).value_or(0));
    payload->refuse_others();
    return found;
}

std::optional<oversize> read_oversize(object_reader& reader) {
    constexpr std::int64_t most = 1 << 30;
    auto large = reader.object("oversize");
    if (!large) return std::nullopt;
    oversize found;
    const auto what =
        large->choice("what", {"header", "fields", "line", "event", "trailer", "chunk_extension"});
    if (!large->has("what")) large->wrong("what", "missing: what is too large");
    found.what = static_cast<oversize::kind>(what.value_or(0));
    found.amount = static_cast<std::size_t>(large->whole("amount", 1, most).value_or(1 << 20));
    large->refuse_others();
    return found;
}

void read_connection(object_reader& reader, fault& found) {
    found.framing = static_cast<framing_fault>(reader
                                                   .choice(
                                                       "framing",
                                                       {"none",
                                                        "length_and_chunks",
                                                        "two_lengths",
                                                        "length_list",
                                                        "short_length",
                                                        "folded_header"}
                                                   )
                                                   .value_or(0));
    found.wire = reader.text("wire").value_or("");
    found.encoding = reader.choice("encoding", {"gzip", "br", "deflate"})
                         ? reader.text("encoding").value_or("")
                         : "";
    found.interim = static_cast<std::size_t>(reader.whole("interim", 0, 100'000).value_or(0));
    found.bytes_per_second = reader.number("bytes_per_second", 0, 1e9).value_or(0);
    found.one_byte_writes = reader.flag("one_byte_writes").value_or(false);
}

}  // namespace

fault read_fault(object_reader reader) {
    fault found;
    found.chance = reader.number("chance", 0, 1).value_or(1);
    found.endless = read_endless(reader);
    found.payload = read_payload(reader);
    found.oversize = read_oversize(reader);
    read_connection(reader, found);
    found.http = read_http_fault(reader);
    found.error_event = read_error_event(reader);
    found.break_off = read_break_off(reader);
    found.content = static_cast<content_fault>(
        reader.choice("content", {"none", "null", "empty", "not_json", "fenced", "bad_utf8"})
            .value_or(0)
    );
    found.calls = static_cast<call_fault>(
        reader.choice("calls", {"none", "no_index", "no_id", "same_index", "truncated"}).value_or(0)
    );
    found.line_end =
        static_cast<line_end>(reader.choice("line_end", {"lf", "crlf", "cr"}).value_or(0));
    found.comments = reader.flag("comments").value_or(false);
    found.split_utf8 = reader.flag("split_utf8").value_or(false);
    found.byte_order_mark = reader.flag("bom").value_or(false);
    if (const auto missing = reader.choice("missing_end", {"done", "finish", "both"})) {
        found.without_done = *missing != 1;
        found.without_finish = *missing != 0;
    }
    reader.refuse_others();
    return found;
}

}  // namespace riva::llm::scripted
