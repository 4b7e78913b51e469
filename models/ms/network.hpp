#pragma once

#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"

/// \file
/// The network of effects. Each therapy states one comparison per effect (`worsening`, `relapse`, `improvement`);
/// following the comparators leads to no treatment by exactly one path, because there is one comparison a therapy.

namespace myelin::ms {

/// The therapies from `therapy` to the last before no treatment, following the comparators of one effect.
/// Stops where the path breaks or closes on itself.
std::vector<std::string> path_to_none(const ParameterSet& parameters, const std::string& therapy,
                                      const std::string& effect);

/// Product of the ratios on the path. The path must reach no treatment (see `check_network`).
double effect_against_none(const ParameterSet& parameters, const std::string& therapy, const std::string& effect);

/// Paths that do not reach no treatment, for the therapies of any strategy.
Diagnostics check_network(const ParameterSet& parameters);

}  // namespace myelin::ms
