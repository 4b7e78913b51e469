#pragma once

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"
#include "program/timing.hpp"

/// \file
/// The timing conventions that all scenarios share, from the keys below `analysis`.

namespace myelin {

/// The timing of an analysis, from parameters that `check_timing` found in order.
Timing read_timing(const ParameterSet& parameters);

/// The discount rates of costs and of QALYs with those that hold later, from parameters that `check_timing` found in
/// order.
DiscountRate read_discount_cost(const ParameterSet& parameters);
DiscountRate read_discount_qaly(const ParameterSet& parameters);

/// What no single key of the timing shows to be wrong; what depends on a key that is absent or not sound is passed
/// over.
Diagnostics check_timing(const ParameterSet& parameters);

}  // namespace myelin
