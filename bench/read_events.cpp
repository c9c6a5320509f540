#include "read_events.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <utility>

namespace riva::bench {

result<std::vector<event>> read_events(journal& from, const std::string& run) {
    asio::io_context io(1);
    result<std::vector<event>> found;
    asio::co_spawn(
        io,
        from.read(run),
        [&](std::exception_ptr failure, result<std::vector<event>> read) {
            if (failure) std::rethrow_exception(failure);
            found = std::move(read);
        }
    );
    io.run();
    return found;
}

}  // namespace riva::bench
