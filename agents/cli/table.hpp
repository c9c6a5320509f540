#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace riva::cli {

/// Rows of text as aligned columns on standard output: the first `words` columns to the left, the
/// others, which are numbers, to the right. Text is made harmless for a terminal.
class table {
public:
    explicit table(std::vector<std::string> heads, std::size_t words = 1);

    void add(std::vector<std::string> row);
    void print() const;

private:
    std::vector<std::vector<std::string>> rows_;
    std::size_t words_;
};

}  // namespace riva::cli
