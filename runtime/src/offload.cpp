#include <riva/runtime/offload.hpp>
