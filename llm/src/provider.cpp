#include <riva/llm/provider.hpp>
