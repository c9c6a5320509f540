#include <riva/llm/chat.hpp>
