#pragma once

#include <riva/runtime/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace riva::bench {

/// Speeds in megabytes of event stream per second of processor time.
struct codec_figures {
    struct line {
        std::size_t piece = 0;  ///< bytes handed over at once
        double events = 0;      ///< splitting the stream into events
        double answer = 0;      ///< and reading the events into an answer
    };

    std::size_t bytes = 0;
    std::size_t events = 0;
    double floor = 0;  ///< looking for line feeds and nothing else
    std::vector<line> lines;
};

/// A streamed answer of Chat Completions as servers send it: many small pieces of text, each in a
/// chunk that repeats who answers.
std::string usual_stream();

/// Decodes a streamed answer of Chat Completions again and again, cut into pieces of several sizes.
/// Errors: those of the decoders.
result<codec_figures> measure_codec(std::string_view stream);

std::string to_table(const codec_figures& figures);

}  // namespace riva::bench
