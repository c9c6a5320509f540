#pragma once

#include "command_line.hpp"
#include "exit_codes.hpp"

namespace riva::cli {

/// Each carries one command out and prints what it has to say.
exit_code carry_out(const run_options& options);
exit_code carry_out(const resume_options& options);
exit_code carry_out(const apply_options& options);
exit_code carry_out(const show_options& options);
exit_code carry_out(const replay_options& options);
exit_code carry_out(const runs_options& options);
exit_code carry_out(const agents_options& options);
exit_code carry_out(const models_options& options);
exit_code carry_out(const trust_options& options);
exit_code carry_out(const metrics_options& options);
exit_code carry_out(const memory_options& options);
exit_code carry_out(const doctor_options& options);
exit_code carry_out(const model_server_options& options);

/// `riva: ` and the reason, on standard error.
exit_code complain(const error& e);

}  // namespace riva::cli
