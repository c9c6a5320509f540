#pragma once

#include "scripted/answer.hpp"
#include "scripted/http_call.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace riva::llm::scripted {

/// Bytes that are sent together, some time after those before them.
struct piece {
    std::string bytes;
    std::chrono::nanoseconds delay{0};
    bool apart = false;  ///< a write of its own, even without a delay
};

/// A response before it is put into HTTP.
struct response {
    unsigned status = 200;
    header_list headers;
    std::vector<piece> body;
    std::vector<piece> repeated;  ///< after the body, again and again until the client goes
    bool stream = false;          ///< sent in chunks; otherwise with its length
    std::int64_t prompt_tokens = 0;
    std::int64_t completion_tokens = 0;
};

enum class ending { keep_alive, close, reset, stall };

/// Exactly what goes over the connection, and what happens to it afterwards.
struct transmission {
    std::vector<piece> pieces;
    std::vector<piece> repeated;  ///< after them, until the client goes
    std::chrono::nanoseconds byte_wait{0};  ///< after each byte, when they are written one by one
    ending end = ending::keep_alive;
    bool stream = false;
    bool one_byte_writes = false;
};

/// Puts a response into HTTP with the faults of the connection.
transmission transmit_form(response r, const fault& f, framing client);

}  // namespace riva::llm::scripted
