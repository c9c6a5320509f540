#include "trust_session.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace riva::agents {

result<void> trust_session::transact(
    const verify::trust_action& concerns,
    std::uint64_t ticket,
    const std::function<void(verify::trust_state&)>& change
) {
    const std::lock_guard lock(mutex_);
    verify::trust_points after;
    auto stored = shared_.transact(concerns, ticket, [&](verify::trust_state& state) {
        const verify::trust_points of_others = std::exchange(state.points, points_);
        change(state);
        after = std::exchange(state.points, of_others);
    });
    if (stored) points_ = after;
    return stored;
}

result<verify::trust_state> trust_session::load() {
    const std::lock_guard lock(mutex_);
    auto state = shared_.load();
    if (state) state->points = points_;
    return state;
}

std::uint64_t toss_coin() {
    std::uint64_t bits = 0;
    if (::getentropy(&bits, sizeof bits) != 0)
        throw std::system_error(errno, std::generic_category(), "getentropy");
    return bits;
}

}  // namespace riva::agents
