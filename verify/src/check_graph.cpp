#include <riva/verify/check_graph.hpp>
