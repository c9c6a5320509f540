#include <riva/llm/scripted_server.hpp>
