// A journal line that can be read is written and read back without loss.
#include <riva/runtime/event.hpp>

#include "input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = riva::event_from_json(riva::fuzz::as_text(data, size));
    if (!read) return 0;
    const auto line = riva::to_json(*read);
    riva::fuzz::must(line.find('\n') == line.npos, "an event is one line");
    const auto again = riva::event_from_json(line);
    riva::fuzz::must(again && *again == *read, "an event survives being written and read");
    return 0;
}
