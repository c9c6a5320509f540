#include <riva/verify/checks.hpp>
