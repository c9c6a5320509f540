#include <riva/llm/error.hpp>
