#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

/// Names of riva that every layer uses. The short name `asio` stands for `boost::asio` here and
/// below.
namespace riva {
namespace asio = boost::asio;
}  // namespace riva
