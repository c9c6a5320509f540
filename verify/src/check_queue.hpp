#pragma once

#include <riva/verify/check.hpp>
#include <riva/verify/check_history.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace riva::verify {

/// Decides which check of a graph runs next, and what becomes of those that never run. Does nothing
/// itself. Checks are known by their position in the order of declaration.
class check_queue {
public:
    using widths = std::array<std::size_t, 3>;  ///< by `resource`

    /// `all_run`: no failure stops the rest. Then the longest path goes first, so that all end
    /// soonest; otherwise what is likely to fail per cost. Without a history, what checks declare
    /// is expected of them.
    check_queue(
        std::vector<std::shared_ptr<check>> checks,
        check_input input,
        widths width,
        bool all_run,
        const check_history* history
    );

    /// The most urgent check that is ready and whose resource has room; takes that room.
    std::optional<std::size_t> next();

    /// Undoes `next`: the check did not run after all.
    void give_back(std::size_t i);

    /// Gives the room back, and makes ready what waited for a pass of this check.
    void ended(std::size_t i, evidence found);

    /// Settles all that never ran and names them in order. `decisive`: the failure that stopped the
    /// rest, if there was one.
    std::vector<std::size_t> settle_rest(std::optional<std::size_t> decisive);

    check& at(std::size_t i) const { return *checks_[i]; }
    const check_traits& traits(std::size_t i) const { return checks_[i]->traits(); }
    const check_input& input() const { return input_; }
    std::size_t room() const;  ///< checks that may run at once, over all resources

    /// What was found so far; complete after `settle_rest`.
    const evidence& found(std::size_t i) const { return *found_[i]; }
    std::vector<evidence> all() &&;

private:
    struct ready_check {
        double urgency;
        std::size_t index;

        bool operator<(const ready_check& other) const {
            return urgency != other.urgency ? urgency < other.urgency : index > other.index;
        }
    };

    struct lane {
        std::size_t room = 1;
        std::size_t running = 0;
        std::priority_queue<ready_check> ready;
    };

    lane& lane_of(std::size_t i) { return lanes_[static_cast<std::size_t>(traits(i).resource)]; }
    void refuse_repeated_ids();
    void connect(std::size_t i);
    void find_longest_paths();
    check_estimate expected(std::size_t i) const;
    void make_ready(std::size_t i);
    void settle(std::size_t i, verdict result, std::string detail);
    void skip_what_is_blocked();
    void name_circles();
    std::string path_of_open_needs(std::size_t i) const;

    std::vector<std::shared_ptr<check>> checks_;
    check_input input_;
    const check_history* history_;
    std::array<lane, 3> lanes_;
    std::unordered_map<std::string_view, std::size_t> index_;
    std::vector<std::vector<std::size_t>> dependents_;
    std::vector<double> urgency_;
    std::vector<std::size_t> missing_;  // dependencies that have not passed yet
    std::vector<std::optional<evidence>> found_;
    std::vector<bool> ran_;
};

}  // namespace riva::verify
