#include <riva/runtime/process.hpp>

#include "child_process.hpp"
#include "completion.hpp"
#include "output_capture.hpp"
#include "spawn.hpp"
#include "supervised.hpp"

#include <riva/runtime/digest.hpp>
#include <riva/runtime/task_group.hpp>
#include <riva/runtime/with_deadline.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <charconv>
#include <memory>
#include <string_view>
#include <utility>

namespace riva {
namespace {

constexpr std::size_t chunk_size = 64 * 1024;

asio::posix::stream_descriptor watch(const asio::any_io_executor& on, file_descriptor fd) {
    asio::posix::stream_descriptor stream(on, fd.get());
    fd.release();
    stream.non_blocking(true);
    return stream;
}

struct output_stream {
    output_stream(const asio::any_io_executor& on, file_descriptor fd, std::size_t keep)
        : pipe(watch(on, std::move(fd))), kept(keep) {}

    asio::posix::stream_descriptor pipe;
    output_capture kept;
    sha256_stream digest;
    std::array<char, chunk_size> chunk;
};

class supervision {
public:
    supervision(const asio::any_io_executor& on, supervised_request what, spawned started)
        : child_(on, started.pid, std::move(started.pidfd)),
          request_(std::move(what.request)),
          gate_(std::move(what.gate)),
          output_(on, std::move(started.output), request_.keep),
          errors_(on, std::move(started.errors), request_.keep) {}
    /// Ends the process before the gate closes, which would let it go on.
    ~supervision() { child_.kill(); }
    supervision(const supervision&) = delete;
    supervision& operator=(const supervision&) = delete;

    /// Returns when no process is left.
    asio::awaitable<void> run(deadline by) {
        const auto since = deadline::clock::now();
        task_group crew(3);
        crew.add([this] { return pump(output_); });
        crew.add([this] { return pump(errors_); });
        crew.add([&] { return oversee(crew, by); });
        const auto failures = co_await crew.run();
        end_ = co_await child_.bury();
        if (!failures.empty()) std::rethrow_exception(failures.front());
        drain(output_);
        drain(errors_);
        duration_ = deadline::clock::now() - since;
    }

    void cancel() {
        cancelled_ = true;
        child_.kill();
    }
    bool cancelled() const { return cancelled_; }

    supervised_exit finish() {
        process_exit exit;
        exit.timed_out = timed_out_ && !flooded_;
        exit.flooded = flooded_;
        const bool stopped = timed_out_ || flooded_;
        exit.exit_code = stopped ? -1 : end_.exit_code;
        exit.signal = stopped ? child_.last_signal() : end_.signal;
        exit.output = output_.kept.finish();
        exit.errors = errors_.kept.finish();
        exit.output_digest = sha256(output_.digest.finish() + errors_.digest.finish());
        exit.duration = std::chrono::duration_cast<std::chrono::milliseconds>(duration_);
        return {std::move(exit), std::move(status_)};
    }

private:
    asio::awaitable<void> pump(output_stream& stream) {
        while (!flooded_) {
            const auto [ec, n] = co_await stream.pipe.async_read_some(
                asio::buffer(stream.chunk), asio::as_tuple(asio::use_awaitable)
            );
            if (ec) co_return;
            take(stream, n);
            if (flooded_) child_.kill();
        }
    }

    void take(output_stream& stream, std::size_t size) {
        const std::string_view bytes(stream.chunk.data(), size);
        stream.kept.append(bytes);
        stream.digest.update(bytes);
        flooded_ = output_.kept.size() + errors_.kept.size() > request_.flood;
    }

    /// The end of the program is the end of the command, even if a process that left the group
    /// holds the pipes open: what is in them now is taken, more is not waited for.
    void drain(output_stream& stream) {
        const int capacity = ::fcntl(stream.pipe.native_handle(), F_GETPIPE_SZ);
        for (std::size_t taken = 0; !flooded_ && std::cmp_less(taken, capacity);) {
            boost::system::error_code ec;
            const std::size_t n = stream.pipe.read_some(asio::buffer(stream.chunk), ec);
            if (ec) return;
            take(stream, n);
            taken += n;
        }
    }

    asio::awaitable<void> oversee(task_group& crew, deadline by) {
        if (!co_await with_deadline(open_gate_and_wait(), by)) {
            timed_out_ = true;
            child_.terminate();
            co_await with_deadline(child_.ended(), deadline::in(request_.grace));
        }
        crew.cancel();
    }

    asio::awaitable<void> open_gate_and_wait() {
        if (gate_) co_await open_gate();
        co_await child_.ended();
        if (gate_) co_await read_status("");
    }

    asio::awaitable<void> open_gate() {
        const auto executor = co_await asio::this_coro::executor;
        status_pipe_.emplace(watch(executor, std::move(gate_->status)));
        co_await read_status("\n");
        const auto pid = first_process();
        if (status_.empty()) co_return;  // it failed, and says why on standard error
        if (!pid || !child_.adopt(*pid)) {
            child_.kill();
            co_return;
        }
        gate_->prepare(*pid);
        gate_->hold = {};
        co_await open_door(watch(executor, std::move(gate_->door)));
    }

    asio::awaitable<void> open_door(asio::posix::stream_descriptor door) {
        char line = 0;
        const auto [none, n] = co_await door.async_read_some(
            asio::buffer(&line, 1), asio::as_tuple(asio::use_awaitable)
        );
        if (none) co_return;  // it failed, and says why on standard error
        co_await dismiss(watch(door.get_executor(), std::move(gate_->watcher)));
        tell(door);
    }

    /// Not by a plain write: the other end may be gone, and SIGPIPE would end this process.
    static void tell(asio::posix::stream_descriptor& whom) {
        constexpr char line = '\n';
        ::send(whom.native_handle(), &line, 1, MSG_NOSIGNAL);
    }

    /// Waits until it is gone: only the sandbox can reap it, and may end soon.
    asio::awaitable<void> dismiss(asio::posix::stream_descriptor watcher) {
        char line = 0;
        tell(watcher);
        co_await watcher.async_read_some(
            asio::buffer(&line, 1), asio::as_tuple(asio::use_awaitable)
        );
    }

    /// Reads until the report ends with `end`, or to its end.
    asio::awaitable<void> read_status(std::string_view end) {
        std::array<char, 512> chunk;
        while (end.empty() || !status_.ends_with(end)) {
            const auto [ec, n] = co_await status_pipe_->async_read_some(
                asio::buffer(chunk), asio::as_tuple(asio::use_awaitable)
            );
            if (ec) co_return;
            status_.append(chunk.data(), n);
        }
    }

    std::optional<pid_t> first_process() const {
        constexpr std::string_view key = "\"child-pid\": ";
        const auto at = status_.find(key);
        if (at == std::string::npos) return std::nullopt;
        pid_t pid = 0;
        const char* const end = status_.data() + status_.size();
        const auto [rest, ec] = std::from_chars(status_.data() + at + key.size(), end, pid);
        return ec == std::errc() && pid > 1 ? std::optional(pid) : std::nullopt;
    }

    child_process child_;
    const process_request request_;
    std::optional<namespace_gate> gate_;
    std::optional<asio::posix::stream_descriptor> status_pipe_;
    std::string status_;
    output_stream output_;
    output_stream errors_;
    bool timed_out_ = false;
    bool flooded_ = false;
    bool cancelled_ = false;
    child_process::status end_;
    deadline::clock::duration duration_{};
};

/// Runs to the end whatever happens; cancellation only makes the end come sooner.
asio::awaitable<void> see_through(std::shared_ptr<supervision> process, deadline by) {
    const auto executor = co_await asio::this_coro::executor;
    co_await suspend([&](resume_function done, asio::cancellation_slot slot) {
        if (slot.is_connected())
            slot.assign([weak = std::weak_ptr(process)](asio::cancellation_type) {
                if (const auto alive = weak.lock()) alive->cancel();
            });
        asio::co_spawn(
            executor,
            process->run(by),
            [executor, process, done = std::move(done)](std::exception_ptr e) {
                asio::post(executor, [done, e] { done(e); });
            }
        );
    });
    if (process->cancelled()) std::rethrow_exception(operation_aborted());
}

}  // namespace

asio::awaitable<result<supervised_exit>> run_supervised(supervised_request what, deadline by) {
    if (by.expired()) {
        supervised_exit late;
        late.exit.timed_out = true;
        co_return late;
    }
    auto started = spawn(what.request, std::move(what.passed));
    if (!started) co_return started.error();
    const auto executor = co_await asio::this_coro::executor;
    const auto process =
        std::make_shared<supervision>(executor, std::move(what), std::move(*started));
    co_await see_through(process, by);
    co_return process->finish();
}

asio::awaitable<result<process_exit>> run_process(process_request request, deadline by) {
    supervised_request what;
    what.request = std::move(request);
    auto ended = co_await run_supervised(std::move(what), by);
    if (!ended) co_return ended.error();
    co_return std::move(ended->exit);
}

}  // namespace riva
