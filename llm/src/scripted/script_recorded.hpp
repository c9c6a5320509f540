#pragma once

#include "scripted/answer.hpp"
#include "scripted/object_reader.hpp"
#include "scripted/transmission.hpp"

#include <boost/json/fwd.hpp>

namespace riva::llm::scripted {

/// The member `recorded` of a reply, read and written.
recorded_response read_recorded(object_reader reader);
boost::json::object recorded_json(const recorded_response& r);

/// The response that was recorded, its waits multiplied by `time_scale`.
response again(const recorded_response& r, double time_scale);

}  // namespace riva::llm::scripted
