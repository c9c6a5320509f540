#include <riva/llm/model_spec.hpp>
