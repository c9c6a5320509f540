#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// What a trust budget remembers, as rows. The numbers mean what their owner wants them to mean;
/// here they are only kept, floating point bit by bit.
namespace riva::memory {

/// Where trust holds: nothing is shared between two of them.
struct trust_scope {
    std::string project;    ///< the canonical path of the repository
    std::string verifiers;  ///< a digest over what judges
    std::string judges;     ///< the same for a person; does not tell scopes apart

    friend bool operator==(const trust_scope&, const trust_scope&) = default;
};

struct trust_account_row {
    double theta = 0;  ///< not NaN
    std::int64_t charged = 0;

    friend bool operator==(const trust_account_row&, const trust_account_row&) = default;
};

/// Of actions of one risk, which is 0 for low, 1 for medium, 2 for high.
struct trust_class_row {
    std::int64_t risk = 0;
    std::int64_t delivered = 0;
    std::int64_t skipped = 0;
    std::int64_t audited = 0;
    std::int64_t caught = 0;
    std::int64_t recovering = 0;
    std::int64_t recovers_from = 0;
    std::vector<trust_account_row> accounts;

    friend bool operator==(const trust_class_row&, const trust_class_row&) = default;
};

struct trust_pattern_row {
    std::int64_t risk = 0;
    std::string pattern;
    std::int64_t clean = 0;
    std::int64_t counts_from = 0;

    friend bool operator==(const trust_pattern_row&, const trust_pattern_row&) = default;
};

/// A verification under way.
struct trust_ticket_row {
    std::int64_t ticket = 0;
    std::int64_t risk = 0;
    std::string pattern;
    bool by_points = false;
    bool trusted = false;
    bool audit = false;
    std::vector<std::int64_t> reserved;  ///< by account; zeros at the end are left out

    friend bool operator==(const trust_ticket_row&, const trust_ticket_row&) = default;
};

/// How many faults that were put in on purpose a check has looked at.
struct canary_row {
    std::string check;  ///< its id; empty: all checks together
    std::int64_t tried = 0;
    std::int64_t caught = 0;  ///< from 0 to `tried`

    friend bool operator==(const canary_row&, const canary_row&) = default;
};

/// All of a scope, or some of it.
struct trust_rows {
    std::vector<trust_class_row> classes;
    std::vector<trust_pattern_row> patterns;
    std::vector<trust_ticket_row> tickets;
    std::int64_t next_ticket = 1;

    friend bool operator==(const trust_rows&, const trust_rows&) = default;
};

/// What a transaction looks at: a class, a pattern of it, and a ticket with its class and pattern.
struct trust_concern {
    std::int64_t risk = 0;
    std::string pattern;
    std::int64_t ticket = 0;  ///< 0: none

    friend bool operator==(const trust_concern&, const trust_concern&) = default;
};

}  // namespace riva::memory
