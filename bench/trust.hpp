#pragma once

#include <cstddef>
#include <string>

namespace riva::bench {

struct trust_plan {
    std::size_t decisions = 1'000'000;
    std::size_t patterns = 1000;
    std::size_t wrong_per_1000 = 10;
};

/// Processor time of one decision, with the report of its outcome if it is verified.
struct trust_figures {
    double certified_ns = 0;
    double heuristic_ns = 0;  ///< the plan's points
    double awaited_ns = 0;    ///< certified, through a budget on a strand of the same thread
    std::size_t verified = 0;  ///< of the certified decisions, by rule or by the coin
    std::size_t audited = 0;
    std::size_t escaped = 0;
    double bound = 0;  ///< escapes at most, by the certificate
};

/// Decides about `decisions` actions of low risk, of which some are wrong, in a new project.
trust_figures measure_trust(const trust_plan& plan);

std::string to_table(const trust_plan& plan, const trust_figures& figures);
std::string to_json(const trust_plan& plan, const trust_figures& figures);

}  // namespace riva::bench
