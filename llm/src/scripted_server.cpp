#include <riva/llm/scripted_server.hpp>

#include "scripted/record_session.hpp"
#include "scripted/script_answers.hpp"
#include "scripted/session.hpp"
#include "scripted/suite_answers.hpp"

#include <riva/llm/error.hpp>
#include <riva/runtime/task_group.hpp>
#include <riva/runtime/with_deadline.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

namespace riva::llm {

using asio::ip::tcp;

struct scripted_server::state {
    state(scripted_server_options o, std::unique_ptr<scripted::answer_source> answers)
        : options(std::move(o)),
          service(std::make_shared<scripted::service>(
              std::move(answers), options.seed, options.time_scale, options.key
          )) {}

    state(scripted_server_options o, std::shared_ptr<scripted::recorder> r)
        : options(std::move(o)), recorder(std::move(r)) {}

    const scripted::request_log& log() const { return service ? service->log() : recorder->log(); }

    scripted_server_options options;
    // One of the two; connections hold it as well.
    std::shared_ptr<scripted::service> service;
    std::shared_ptr<scripted::recorder> recorder;
    std::optional<tcp::acceptor> acceptor;
};

namespace {

// Out of file descriptors, for instance: accepting at once again would only spin.
constexpr std::chrono::milliseconds pause_after_failed_accept{20};

result<std::string> read_whole(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file))
        return error{errc::script_invalid, "cannot read " + file.string() + ": check the path"};
    return std::string{std::istreambuf_iterator<char>(in), {}};
}

using connection_server = std::function<asio::awaitable<void>(std::shared_ptr<tcp::socket>)>;

asio::awaitable<void> accept_connections(
    tcp::acceptor& acceptor, connection_server serve, task_group& connections
) {
    for (;;) {
        error_code failed;
        auto accepted =
            co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, failed));
        if (failed == asio::error::operation_aborted) throw boost::system::system_error(failed);
        if (failed) {
            co_await sleep_for(pause_after_failed_accept);
            continue;
        }
        // Shared, because a task is copyable and a socket is not.
        auto socket = std::make_shared<tcp::socket>(std::move(accepted));
        connections.add([serve, socket] { return serve(socket); });
    }
}

asio::awaitable<void> serve_all(connection_server serve, std::optional<tcp::acceptor> acceptor) {
    if (!acceptor) throw std::logic_error("scripted_server::serve() needs listen() before it");
    task_group connections(std::numeric_limits<std::size_t>::max());
    connections.add([&] { return accept_connections(*acceptor, serve, connections); });
    const auto failures = co_await connections.run();
    if (!failures.empty()) std::rethrow_exception(failures.front());
}

}  // namespace

result<scripted_server> scripted_server::from_script(
    std::string_view json, scripted_server_options options
) {
    auto script = scripted::parse_script(json, "script");
    if (!script) return script.error();
    return scripted_server(
        std::make_shared<state>(std::move(options), scripted::answers_from(std::move(*script)))
    );
}

result<scripted_server> scripted_server::from_script_file(
    const std::filesystem::path& file, scripted_server_options options
) {
    const auto text = read_whole(file);
    if (!text) return text.error();
    auto script = scripted::parse_script(*text, file.string());
    if (!script) return script.error();
    return scripted_server(
        std::make_shared<state>(std::move(options), scripted::answers_from(std::move(*script)))
    );
}

result<scripted_server> scripted_server::from_suite_file(
    const std::filesystem::path& file, scripted_server_options options
) {
    const auto text = read_whole(file);
    if (!text) return text.error();
    auto suite = scripted::parse_suite(*text, file.string());
    if (!suite) return suite.error();
    const std::uint64_t seed = options.seed;
    return scripted_server(
        std::make_shared<state>(std::move(options), scripted::answers_from(std::move(*suite), seed))
    );
}

scripted_server scripted_server::answering_anything(scripted_server_options options) {
    return from_script(
               R"({"rules":[{"replies":[{"text":"Hello from the scripted model.",)"
               R"("from_schema":true}]}]})",
               std::move(options)
    )
        .value();
}

result<scripted_server> scripted_server::recording(
    std::string_view upstream,
    const std::filesystem::path& script,
    scripted_server_options options,
    const std::string& ca_file
) {
    auto parsed = parse_base_url(upstream);
    if (!parsed) return parsed.error();
    auto recorder = std::make_shared<scripted::recorder>(
        std::move(parsed->first), std::move(parsed->second), script, ca_file
    );
    return scripted_server(std::make_shared<state>(std::move(options), std::move(recorder)));
}

scripted_server::scripted_server(std::shared_ptr<state> s) : state_(std::move(s)) {}
scripted_server::scripted_server(scripted_server&&) noexcept = default;
scripted_server& scripted_server::operator=(scripted_server&&) noexcept = default;
scripted_server::~scripted_server() = default;

result<std::uint16_t> scripted_server::listen(asio::any_io_executor executor) {
    const scripted_server_options& options = state_->options;
    error_code failed;
    const auto address = asio::ip::make_address(options.address, failed);
    const tcp::endpoint wanted(address, options.port);
    tcp::acceptor acceptor(executor);
    if (!failed) acceptor.open(wanted.protocol(), failed);
    if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor.bind(wanted, failed);
    if (!failed) acceptor.listen(tcp::acceptor::max_listen_connections, failed);
    const tcp::endpoint bound = failed ? tcp::endpoint() : acceptor.local_endpoint(failed);
    if (failed)
        return error{
            errc::connect_failed,
            "cannot listen on " + options.address + ":" + std::to_string(options.port) + ": " +
                failed.message() + "; choose another address or port 0"
        };
    state_->acceptor = std::move(acceptor);
    return bound.port();
}

asio::awaitable<void> scripted_server::serve() {
    connection_server serve;
    if (state_->service)
        serve = [service = state_->service](std::shared_ptr<tcp::socket> socket) {
            return scripted::serve_connection(service, std::move(socket));
        };
    else
        serve = [recorder = state_->recorder](std::shared_ptr<tcp::socket> socket) {
            return scripted::record_connection(recorder, std::move(socket));
        };
    return serve_all(std::move(serve), std::exchange(state_->acceptor, std::nullopt));
}

std::uint64_t scripted_server::requests() const {
    return state_->log().requests();
}

std::string scripted_server::journal_json() const {
    return state_->log().journal_json();
}

}  // namespace riva::llm
