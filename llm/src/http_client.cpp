#include <riva/llm/http_client.hpp>
