#include "scripted/openai_body.hpp"

#include "scripted/object_reader.hpp"
#include "scripted/openai_refusal.hpp"

#include <boost/json/value.hpp>

#include <utility>

namespace riva::llm::scripted {

answered<boost::json::object> read_openai_body(std::string_view body) {
    std::string trouble;
    auto document = parse_json(body, trouble);
    if (!document)
        return openai_refusal(
            "We could not parse the JSON body of your request: " + trouble, "", ""
        );
    if (!document->is_object())
        return openai_refusal("The body of a request is a JSON object.", "", "");
    return std::move(document->get_object());
}

}  // namespace riva::llm::scripted
