#pragma once

/// The members of everything that stands in an event, by the names of the journal. Each function is
/// called by the encoder with an archive that writes and by the decoder with one that reads, so
/// that the two cannot drift apart. What journals of earlier versions lack is `added`.

#include "effect.hpp"
#include "memory.hpp"
#include "model.hpp"
#include "run.hpp"
#include "values.hpp"
#include "verification.hpp"
#include "work.hpp"
