#include <riva/runtime/event.hpp>
