#pragma once

#include <riva/llm/scripted_server.hpp>

#include <cstdint>
#include <memory>

namespace riva::cli {

/// A scripted model server at work on a thread of its own, until destroyed.
class serving {
public:
    /// Errors: those of binding the port.
    static result<std::unique_ptr<serving>> start(llm::scripted_server server);
    ~serving();
    serving(const serving&) = delete;
    serving& operator=(const serving&) = delete;

    std::uint16_t port() const;

private:
    serving();
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace riva::cli
