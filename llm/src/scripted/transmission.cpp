#include "scripted/transmission.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <charconv>

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

std::string head_of(const response& r, framing client, std::size_t length) {
    const auto status = static_cast<boost::beast::http::status>(r.status);
    std::string head = "HTTP/1.1 " + std::to_string(r.status) + " " +
                       std::string(boost::beast::http::obsolete_reason(status)) + "\r\n";
    for (const auto& [name, value] : r.headers) head += name + ": " + value + "\r\n";
    if (!r.stream)
        head += "Content-Length: " + std::to_string(length) + "\r\n";
    else if (client.chunks)
        head += "Transfer-Encoding: chunked\r\n";
    head += client.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return head;
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
    form.one_byte_writes = f.one_byte_writes;
    form.end = after(f, client);

    const bool cut = f.break_off && !f.break_off->in_head;
    std::vector<piece> body = f.split_utf8 ? split_characters(r.body) : std::move(r.body);
    form.pieces.push_back({head_of(r, client, size_of(body)), {}, false});
    if (client.head_only) body.clear();
    if (cut) keep_first(body, f.break_off->after_bytes);

    const bool chunked = r.stream && client.chunks && !client.head_only;
    for (piece& p : body) {
        if (chunked && p.bytes.empty()) continue;
        if (chunked) p.bytes = hexadecimal(p.bytes.size()) + "\r\n" + p.bytes + "\r\n";
        append(form.pieces, std::move(p));
    }
    if (chunked && !cut) append(form.pieces, {"0\r\n\r\n", {}, false});
    if (f.break_off && f.break_off->in_head) keep_first(form.pieces, f.break_off->after_bytes);
    return form;
}

}  // namespace riva::llm::scripted
