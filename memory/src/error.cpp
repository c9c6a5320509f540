#include <riva/memory/error.hpp>
