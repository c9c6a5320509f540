#pragma once

#include "connection.hpp"

#include <map>
#include <memory>
#include <vector>

namespace riva::llm {

/// Connections that wait to be used again, per origin, the freshest first. Thread safety: none.
class connection_pool {
public:
    explicit connection_pool(std::size_t per_origin) : per_origin_(per_origin) {}

    /// A connection that is still alive and belongs to the executor, or none.
    std::unique_ptr<connection> take(
        const http_origin& origin, const asio::any_io_executor& executor
    );
    /// Keeps a connection, or closes it when there are enough.
    void put(std::unique_ptr<connection> idle);

private:
    std::map<http_origin, std::vector<std::unique_ptr<connection>>> idle_;
    std::size_t per_origin_;
};

}  // namespace riva::llm
