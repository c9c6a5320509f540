#pragma once

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm::scripted {

/// Takes a JSON object apart, member by member. The first thing found wrong is kept in `trouble` as
/// `place: what is wrong`; a member that is missing or wrong reads as none.
class object_reader {
public:
    /// `value` and `trouble` outlive the reader. `place` is empty for the whole document.
    object_reader(const boost::json::value& value, std::string place, std::string& trouble);

    bool has(std::string_view key) const;
    const boost::json::value* any(std::string_view key);
    const boost::json::array* list(std::string_view key);
    std::optional<object_reader> object(std::string_view key);
    std::optional<std::string> text(std::string_view key);
    std::optional<bool> flag(std::string_view key);
    std::optional<std::int64_t> whole(
        std::string_view key, std::int64_t least, std::int64_t most = INT64_MAX
    );
    std::optional<double> number(std::string_view key, double least, double most);
    /// One text, or a list of texts.
    std::vector<std::string> texts(std::string_view key);
    /// The position in `names` of the text.
    std::optional<std::size_t> choice(
        std::string_view key, std::initializer_list<std::string_view> names
    );

    /// `rules[0].match` and the like.
    std::string place(std::string_view key) const;
    void wrong(std::string_view key, std::string_view what);
    std::string& trouble() { return trouble_; }

    /// Finds members wrong that nobody has asked for.
    void refuse_others();

private:
    void wrong_at(const std::string& where, std::string_view what);

    const boost::json::object* object_;
    std::string place_;
    std::string& trouble_;
    std::vector<std::string> known_;
};

/// Parses JSON nested up to 128 levels. What is wrong is put into `trouble` as `line:column: why`.
std::optional<boost::json::value> parse_json(std::string_view text, std::string& trouble);

}  // namespace riva::llm::scripted
