#include "scripted/transmission.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace riva::llm::scripted {

namespace {

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::size_t size_of(const std::vector<piece>& pieces) {
    std::size_t sum = 0;
    for (const piece& p : pieces) sum += p.bytes.size();
    return sum;
}

// Ends a piece after the first byte of each character that has several.
std::vector<piece> split_characters(const std::vector<piece>& pieces) {
    std::vector<piece> split;
    for (const piece& whole : pieces) {
        std::size_t start = 0;
        for (std::size_t i = 1; i < whole.bytes.size(); ++i) {
            if (!is_continuation(whole.bytes[i]) || is_continuation(whole.bytes[i - 1])) continue;
            split.push_back({whole.bytes.substr(start, i - start), {}, true});
            if (start == 0) split.back().delay = whole.delay;
            start = i;
        }
        split.push_back({whole.bytes.substr(start), {}, whole.apart || start > 0});
        if (start == 0) split.back().delay = whole.delay;
    }
    return split;
}

void keep_first(std::vector<piece>& pieces, std::size_t bytes) {
    auto p = pieces.begin();
    for (; p != pieces.end() && bytes > 0; ++p) {
        p->bytes.resize(std::min(p->bytes.size(), bytes));
        bytes -= p->bytes.size();
    }
    pieces.erase(p, pieces.end());
}

std::string hexadecimal(std::size_t number) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), number, 16).ptr;
    return {digits.begin(), end};
}

std::string length_fields(std::size_t length, framing_fault f) {
    const std::string field = "Content-Length: ";
    const std::string number = std::to_string(length);
    switch (f) {
        case framing_fault::two_lengths:
            return field + number + "\r\n" + field + std::to_string(length + 1) + "\r\n";
        case framing_fault::length_list: return field + number + ", " + number + "\r\n";
        case framing_fault::short_length: return field + std::to_string(length / 2) + "\r\n";
        default: return field + number + "\r\n";
    }
}

std::string oversize_fields(const fault& f) {
    if (!f.oversize) return "";
    std::string fields;
    if (f.oversize->what == oversize::kind::header)
        fields = "X-Padding: " + std::string(f.oversize->amount, 'x') + "\r\n";
    for (std::size_t i = 0; f.oversize->what == oversize::kind::fields && i < f.oversize->amount;
         ++i)
        fields += "X-" + std::to_string(i) + ": x\r\n";
    return fields;
}

std::string head_of(
    const response& r, const fault& f, framing client, bool chunked, std::size_t length
) {
    const auto status = static_cast<boost::beast::http::status>(r.status);
    std::string head;
    for (std::size_t i = 0; i < f.interim; ++i) head += "HTTP/1.1 100 Continue\r\n\r\n";
    head += "HTTP/1.1 " + std::to_string(r.status) + " " +
            std::string(boost::beast::http::obsolete_reason(status)) + "\r\n";
    for (const auto& [name, value] : r.headers) head += name + ": " + value + "\r\n";
    if (!f.encoding.empty()) head += "Content-Encoding: " + f.encoding + "\r\n";
    if (f.framing == framing_fault::folded) head += "X-Folded: one\r\n two\r\n";
    head += oversize_fields(f);
    const bool until_close = r.stream && !client.chunks && f.framing == framing_fault::none;
    if (chunked) head += "Transfer-Encoding: chunked\r\n";
    if ((!chunked && !until_close) || f.framing == framing_fault::length_and_chunks)
        head += length_fields(length, f.framing);
    head += client.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return head;
}

bool in_chunks(const response& r, const fault& f, const framing& client) {
    if (!client.chunks) return false;
    switch (f.framing) {
        case framing_fault::none:
        case framing_fault::folded: return r.stream;
        case framing_fault::length_and_chunks: return true;
        default: return false;
    }
}

std::string chunk_of(std::string_view bytes, std::size_t promised, const std::string& extension) {
    std::string chunk = hexadecimal(promised) + extension + "\r\n";
    chunk += bytes;
    if (bytes.size() == promised) chunk += "\r\n";
    return chunk;
}

std::string last_chunk(const fault& f) {
    if (!f.oversize || f.oversize->what != oversize::kind::trailer) return "0\r\n\r\n";
    return "0\r\nX-Trailer: " + std::string(f.oversize->amount, 'x') + "\r\n\r\n";
}

// Joins what is sent at the same time, so that a response without waits is one write.
void append(std::vector<piece>& pieces, piece next) {
    if (next.delay.count() == 0 && !next.apart && !pieces.empty())
        pieces.back().bytes += next.bytes;
    else if (!next.bytes.empty())
        pieces.push_back(std::move(next));
}

ending after(const fault& f, const framing& client) {
    if (!f.break_off) return client.keep_alive ? ending::keep_alive : ending::close;
    switch (f.break_off->how) {
        case break_off::way::close: return ending::close;
        case break_off::way::reset: return ending::reset;
        case break_off::way::stall: break;
    }
    return ending::stall;
}

}  // namespace

transmission transmit_form(response r, const fault& f, framing client) {
    if (r.stream && !client.chunks) client.keep_alive = false;
    transmission form;
    form.stream = r.stream;
    form.one_byte_writes = f.one_byte_writes || f.bytes_per_second > 0;
    form.end = after(f, client);
    if (!f.wire.empty()) {
        form.pieces = {{f.wire, {}, false}};
        if (form.end == ending::keep_alive) form.end = ending::close;
        return form;
    }
    if (f.byte_order_mark && !r.body.empty()) r.body.front().bytes.insert(0, "\xEF\xBB\xBF");

    const bool chunked = in_chunks(r, f, client);
    const bool cut = f.break_off && f.break_off->in != break_off::place::head;
    const bool in_chunk = cut && chunked && f.break_off->in == break_off::place::chunk;
    std::vector<piece> body = f.split_utf8 ? split_characters(r.body) : std::move(r.body);
    form.pieces.push_back({head_of(r, f, client, chunked, size_of(body)), {}, false});
    if (client.head_only) return form;
    if (cut && !in_chunk) keep_first(body, f.break_off->after_bytes);

    std::size_t left = in_chunk ? f.break_off->after_bytes : size_of(body);
    std::string extension;
    if (f.oversize && f.oversize->what == oversize::kind::chunk_extension)
        extension = ";x=" + std::string(f.oversize->amount, 'x');
    for (piece& p : body) {
        if (p.bytes.empty()) continue;
        const std::size_t whole = p.bytes.size();
        p.bytes.resize(std::min(whole, left));
        left -= p.bytes.size();
        const bool broken = p.bytes.size() < whole;
        if (chunked) p.bytes = chunk_of(p.bytes, whole, std::exchange(extension, ""));
        append(form.pieces, std::move(p));
        if (broken) break;
    }
    for (piece& p : r.repeated) {
        if (chunked) p.bytes = chunk_of(p.bytes, p.bytes.size(), "");
        form.repeated.push_back(std::move(p));
    }
    if (chunked && !cut && form.repeated.empty()) append(form.pieces, {last_chunk(f), {}, false});
    if (f.break_off && f.break_off->in == break_off::place::head)
        keep_first(form.pieces, f.break_off->after_bytes);
    return form;
}

}  // namespace riva::llm::scripted
