#pragma once

#include <riva/llm/governor.hpp>
#include <riva/llm/model.hpp>

#include <memory>
#include <string>

namespace riva::llm {

/// A model and who decides when it is asked.
struct governed_side {
    std::unique_ptr<llm::model> model;
    std::shared_ptr<llm::governor> governor;
};

/// Asks a second model as well when the first takes longer to begin its answer than it nearly ever
/// does, and gives the answer that begins first (J. Dean and L. A. Barroso, "The Tail at Scale",
/// 2013). The other one is cancelled. See `make_hedged_model`.
///
/// Thread safety: none; use it on one serial executor, by any number of coroutines.
class hedged_model final : public model {
public:
    hedged_model(governed_side first, governed_side second)
        : first_(std::move(first)), second_(std::move(second)) {}

    asio::awaitable<result<chat_reply>> complete(
        chat_request request, stream_observer observer, deadline by
    ) override;

    std::string name() const override { return first_.model->name(); }

private:
    governed_side first_;
    governed_side second_;
};

}  // namespace riva::llm
