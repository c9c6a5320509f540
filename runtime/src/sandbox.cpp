#include <riva/runtime/sandbox.hpp>
