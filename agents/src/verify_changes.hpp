#pragma once

#include "acceptance.hpp"
#include "work_item.hpp"

#include <optional>
#include <string_view>

namespace riva::agents {

/// Why a change ended that the checks let through and a person did not.
inline constexpr std::string_view refused_by_a_person = "refused by a person";

/// Verifies the changes that wait, all at once. A failure is traced to the change that caused it:
/// that one and all that built on it are rolled back, and the failure is booked. Those that were
/// skipped go on unverified.
asio::awaitable<void> verify_waiting(work_item& item);

/// Verifies whether the last change completes the intention, together with all changes of the
/// intention, skipped ones too. Nothing if it does not; then what caused that is rolled back, and
/// the failure is booked.
asio::awaitable<std::optional<verification>> verify_completion(work_item& item);

/// Says of the changes that wait that nobody will verify them, since the intention has failed.
asio::awaitable<void> abandon_waiting(work_item& item);

/// Books what turned out to be wrong, as the checks of the whole say: against the trust budget what
/// was skipped, and for the pattern memory the last change of each file that they name.
asio::awaitable<void> report_escapes(work_item& item, const std::vector<evidence>& found);

}  // namespace riva::agents
