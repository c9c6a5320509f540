#include <riva/agents/settings.hpp>
