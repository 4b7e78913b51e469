#pragma once

#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"
#include "program/program.hpp"
#include "report/section.hpp"

/// \file
/// Prices that a scenario says are negotiated, by the keys below `prices.negotiated`, and the run under others.

namespace myelin::report {

/// A price that is negotiated.
struct NegotiatedPrice {
  std::string name;
  std::string label;
  SourcePlace place;
  std::vector<ParameterSet::Cell> cells;  ///< of the inputs that a discount lowers
  std::vector<double> list;               ///< [cell]
  std::string unit;                       ///< of the input where there is one alone
};

/// The negotiated prices of a scenario, with an input for each of their patterns; or all mistakes.
Result<std::vector<NegotiatedPrice>> read_negotiated_prices(const ParameterSet& parameters);

/// A diagnostic at `place` if the run does not tell what its strategies would cost at other prices.
Diagnostics check_priced_again(const Material& material, const SourcePlace& place);

/// [strategy] the program with the tallies of the run and one price at a share of itself, for a run that tells it. That
/// such a price changes how patients live is a diagnostic at its place.
Result<std::vector<Program>> programs_at(const Material& material, const NegotiatedPrice& price, double share);

/// A diagnostic of a run that did not count when a price is paid.
Diagnostics not_counted(const NegotiatedPrice& price);

}  // namespace myelin::report
