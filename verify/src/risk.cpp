#include <riva/verify/risk.hpp>
