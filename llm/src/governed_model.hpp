#pragma once

#include "dialect/dialect.hpp"
#include "transport.hpp"

#include <riva/llm/governor.hpp>
#include <riva/llm/model.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace riva::llm {

/// Who is asked, and with which secret.
struct asked_endpoint {
    std::string name;       ///< `DIALECT:MODEL`
    std::string who;        ///< begins sentences about it
    const profile& server;  ///< what it accepts
    std::string key;        ///< kept out of what the server is quoted with
};

/// A model whose requests go when its governor lets them, and are repeated as long as it says.
/// The answer to a request with a schema is checked, and asked for once more if it does not fit.
///
/// Thread safety: none; use it on one serial executor, by any number of coroutines.
class governed_model final : public model {
public:
    governed_model(
        asked_endpoint to, std::unique_ptr<transport> way, std::shared_ptr<governor> by_whom
    );

    asio::awaitable<result<chat_reply>> complete(
        chat_request request, stream_observer observer, deadline by
    ) override;

    std::string name() const override { return to_.name; }

private:
    class question;

    asked_endpoint to_;
    std::unique_ptr<transport> transport_;
    std::shared_ptr<governor> governor_;
    std::uint64_t run_;
};

}  // namespace riva::llm
