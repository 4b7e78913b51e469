#pragma once

#include <cstddef>
#include <vector>

#include "economics/decision_sample.hpp"
#include "economics/evppi.hpp"

/// \file
/// Which of many parameters are worth an EVPPI: that takes some hundredths of a second for each, and most have none.

namespace myelin::economics {

/// Parameters with the same order of values over the draws, or the opposite: to know one is to know all of them.
using AlikeParameters = std::vector<std::size_t>;

/// The `most` sets of alike parameters (positions in `parameters`) with the highest value of information by a cubic
/// polynomial in their normal scores, at a threshold in currency per QALY, from high to low; parameters that do not
/// vary are left out. A screen: it is biased upwards, by about as much for each, and misses effects that a cubic
/// polynomial does not see. Values are finite, for as many draws as the sample has.
std::vector<AlikeParameters> most_informative(const DecisionSample& sample, double threshold,
                                              const ParameterSample& parameters, std::size_t most);

}  // namespace myelin::economics
