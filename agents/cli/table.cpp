#include "table.hpp"

#include "terminal_text.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

namespace riva::cli {
namespace {

/// Characters of valid UTF-8.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

}  // namespace

table::table(std::vector<std::string> heads, std::size_t words) : words_(words) {
    add(std::move(heads));
}

void table::add(std::vector<std::string> row) {
    for (auto& cell : row) cell = first_line(cell, 60);
    rows_.push_back(std::move(row));
}

void table::print() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()), 0);
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
    }
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string gap(widths[i] - width(row[i]), ' ');
            if (i > 0) line += "  ";
            line += i < words_ ? row[i] + gap : gap + row[i];
        }
        line.erase(line.find_last_not_of(' ') + 1);
        std::printf("%s\n", line.c_str());
    }
}

}  // namespace riva::cli
