#pragma once

#include "simulation.hpp"
#include "transport.hpp"

#include <functional>
#include <utility>
#include <variant>
#include <vector>

namespace riva::test {

/// How one request ends: after a time, with an answer or a failure.
struct ending {
    clock::duration after{};
    std::variant<llm::chat_reply, llm::attempt_failure> outcome;
    /// When the answer begins, if it does so before the end.
    std::optional<clock::duration> first_token = std::nullopt;
};

inline ending answers(std::string text, clock::duration after = {}) {
    llm::chat_reply reply;
    reply.text = std::move(text);
    reply.usage = {10, 5};
    reply.usage_known = true;
    return {after, std::move(reply), after};
}

inline ending fails(llm::errc code, unsigned status = 0, clock::duration after = {}) {
    return {after, llm::attempt_failure{{code, "it failed"}, status, {}}};
}

/// An endpoint under a virtual clock. It outlives the models that ask it.
class simulated_endpoint {
public:
    /// What becomes of a request, which is the `number`th from 1.
    using behaviour = std::function<ending(std::size_t number, const llm::chat_request&)>;

    simulated_endpoint(virtual_clock& time, behaviour does) : time_(time), does_(std::move(does)) {}

    /// A way to it for one model.
    std::unique_ptr<llm::transport> way() { return std::make_unique<path>(*this); }

    /// When each request arrived.
    const std::vector<clock::time_point>& arrivals() const { return arrivals_; }
    /// Requests that are neither answered nor given up.
    int open() const { return open_; }
    int given_up() const { return given_up_; }

private:
    /// Counts a request until it is over, however it ends.
    class visit {
    public:
        explicit visit(simulated_endpoint& at) : at_(at) { ++at_.open_; }
        ~visit() {
            --at_.open_;
            if (!answered) ++at_.given_up_;
        }
        visit(const visit&) = delete;
        visit& operator=(const visit&) = delete;

        bool answered = false;

    private:
        simulated_endpoint& at_;
    };

    class path final : public llm::transport {
    public:
        explicit path(simulated_endpoint& to) : to_(to) {}

        asio::awaitable<llm::attempt> send(
            const llm::chat_request& request, const llm::stream_observer& observer, deadline by
        ) override {
            auto& time = to_.time_;
            const auto start = time.now();
            to_.arrivals_.push_back(start);
            visit here(to_);
            ending end = to_.does_(to_.arrivals_.size(), request);
            if (end.first_token) {
                const auto begins = std::min(*end.first_token, end.after);
                co_await time.sleep_until(std::min(start + begins, by.when()));
                const auto* reply = std::get_if<llm::chat_reply>(&end.outcome);
                tell(observer, llm::text_delta{0, reply ? reply->text : std::string_view("part")});
            }
            co_await time.sleep_until(std::min(start + end.after, by.when()));
            if (start + end.after > by.when())
                end = fails(llm::errc::total_timed_out, end.first_token ? 200 : 0);
            here.answered = true;
            co_return conclude(std::move(end), observer);
        }

    private:
        static void tell(const llm::stream_observer& observer, const llm::stream_event& event) {
            if (observer.on_event) observer.on_event(event);
        }

        static llm::attempt conclude(ending end, const llm::stream_observer& observer) {
            llm::attempt made;
            made.first_token = end.first_token;
            if (const auto* reply = std::get_if<llm::chat_reply>(&end.outcome)) {
                made.spent = reply->usage;
                made.spent_known = reply->usage_known;
                tell(observer, llm::answer_finished{reply->stop});
            } else {
                tell(observer, llm::answer_failed{std::get<1>(end.outcome).why});
            }
            std::visit([&](auto& each) { made.outcome = std::move(each); }, end.outcome);
            return made;
        }

        simulated_endpoint& to_;
    };

    virtual_clock& time_;
    behaviour does_;
    std::vector<clock::time_point> arrivals_;
    int open_ = 0;
    int given_up_ = 0;
};

}  // namespace riva::test
