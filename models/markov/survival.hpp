#pragma once

#include <vector>

#include "models/markov/functions.hpp"

namespace myelin::markov {

/// For each distribution D of the time to an event, parametrised as in the R package flexsurv (Jackson, J Stat Softw
/// 2016; 70(8)): survival_D(time, ...), the probability of no event until `time` (0 or more, or infinite);
/// hazard_D(time,
/// ...), infinite where it is so at time 0; and event_D(from, to, ...), the probability of the event in (from, to]
/// given none until `from`. Events come from differences of cumulative hazards, good to about 1e-15 of these also where
/// both survivals are nearly the same, or too small for a number. Outside the domain of time or parameters: NaN.
std::vector<ExpressionFunction> survival_functions();

}  // namespace myelin::markov
