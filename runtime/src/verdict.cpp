#include <riva/runtime/verdict.hpp>
