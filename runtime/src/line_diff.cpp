#include <riva/runtime/line_diff.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>

namespace riva {
namespace {

constexpr int longest_script = 2000;

using numbers = std::vector<int>;

/// Equal lines get equal numbers.
class line_numbering {
public:
    numbers of(const std::vector<std::string_view>& lines) {
        numbers result;
        result.reserve(lines.size());
        for (const auto line : lines)
            result.push_back(known_.try_emplace(line, static_cast<int>(known_.size())).first->second
            );
        return result;
    }

private:
    std::unordered_map<std::string_view, int> known_;
};

/// The furthest reaching paths after each number of edits: `frontiers[d][(k + d) / 2]` is the
/// position in `a` on diagonal `k`. Nothing when more than `longest_script` edits are needed.
class myers {
public:
    myers(std::span<const int> a, std::span<const int> b)
        : a_(a), b_(b), n_(static_cast<int>(a.size())), m_(static_cast<int>(b.size())) {}

    std::optional<std::vector<line_change>> run() {
        for (int d = 0; d <= std::min(n_ + m_, longest_script); ++d)
            if (advance(d)) return backtrack(d);
        return std::nullopt;
    }

private:
    int reached(int d, int k) const {
        return frontiers_[static_cast<std::size_t>(d)][static_cast<std::size_t>((k + d) / 2)];
    }

    /// Whether the path to diagonal `k` with `d` edits ends with a line of `b` taken in.
    bool inserts(int d, int k) const {
        return k == -d || (k != d && reached(d - 1, k - 1) < reached(d - 1, k + 1));
    }

    bool advance(int d) {
        std::vector<int> frontier(static_cast<std::size_t>(d) + 1);
        bool done = false;
        for (int k = -d; k <= d && !done; k += 2) {
            int x = 0;
            if (d > 0) x = inserts(d, k) ? reached(d - 1, k + 1) : reached(d - 1, k - 1) + 1;
            while (x < n_ && x - k < m_ && x - k >= 0 && equal(x, x - k)) ++x;
            frontier[static_cast<std::size_t>((k + d) / 2)] = x;
            done = x >= n_ && x - k >= m_;
        }
        frontiers_.push_back(std::move(frontier));
        return done;
    }

    bool equal(int x, int y) const {
        return a_[static_cast<std::size_t>(x)] == b_[static_cast<std::size_t>(y)];
    }

    std::vector<line_change> backtrack(int d) const {
        std::vector<line_change> edits;
        int k = n_ - m_;
        for (; d > 0; --d) {
            const bool insert = inserts(d, k);
            const int before = insert ? k + 1 : k - 1;
            const auto x = static_cast<std::size_t>(reached(d - 1, before));
            const auto y = static_cast<std::size_t>(reached(d - 1, before) - before);
            edits.push_back({x, insert ? x : x + 1, y, insert ? y + 1 : y});
            k = before;
        }
        std::reverse(edits.begin(), edits.end());
        return edits;
    }

    std::span<const int> a_;
    std::span<const int> b_;
    int n_;
    int m_;
    std::vector<std::vector<int>> frontiers_;
};

std::vector<line_change> joined(const std::vector<line_change>& edits) {
    std::vector<line_change> changes;
    for (const line_change& e : edits) {
        if (!changes.empty() && changes.back().a_end == e.a_begin &&
            changes.back().b_end == e.b_begin) {
            changes.back().a_end = e.a_end;
            changes.back().b_end = e.b_end;
        } else {
            changes.push_back(e);
        }
    }
    return changes;
}

}  // namespace

std::vector<std::string_view> lines_with_ends(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto length = end == std::string_view::npos ? text.size() : end + 1;
        lines.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return lines;
}

std::vector<line_change> diff_lines(
    const std::vector<std::string_view>& a, const std::vector<std::string_view>& b
) {
    line_numbering numbering;
    const numbers x = numbering.of(a);
    const numbers y = numbering.of(b);
    const std::size_t shorter = std::min(x.size(), y.size());
    std::size_t head = 0;
    while (head < shorter && x[head] == y[head]) ++head;
    std::size_t tail = 0;
    while (tail < shorter - head && x[x.size() - 1 - tail] == y[y.size() - 1 - tail]) ++tail;

    const line_change all{head, x.size() - tail, head, y.size() - tail};
    if (all.a_begin == all.a_end && all.b_begin == all.b_end) return {};
    if (all.a_begin == all.a_end || all.b_begin == all.b_end) return {all};
    const auto middle = [&](const numbers& lines) {
        return std::span(lines).subspan(head, lines.size() - head - tail);
    };
    auto edits = myers(middle(x), middle(y)).run();
    if (!edits) return {all};
    for (line_change& e : *edits) {
        e.a_begin += head;
        e.a_end += head;
        e.b_begin += head;
        e.b_end += head;
    }
    return joined(*edits);
}

}  // namespace riva
