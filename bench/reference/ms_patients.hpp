#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bench/reference/ms_tables.hpp"

/// \file
/// The full MS model as it is written without myelin: one patient after another, in C++ made for this model, compiled
/// for this very processor.

namespace myelin::reference {

/// Sums over patients.
struct MsTotals {
  std::uint64_t patients = 0;
  std::uint64_t cycles_lived = 0;
  std::vector<double> outcomes;                     ///< [outcome x 2 + column], as the engines' estimates
  std::vector<std::vector<std::uint64_t>> tallies;  ///< [sustained, disability, therapy, deaths][time x cells + cell]
};

/// Lives as many patients as there is room for and writes what each costs and gains, discounted; gives the number of
/// cycles lived. Nothing else is reckoned. Seeds give different patients.
std::uint64_t live_for_cost_and_qalys(const MsTables& tables, std::uint32_t seed, std::span<CostQaly> patients);

/// Lives patients for all outcomes and tallies of the program.
MsTotals live_for_all_outcomes(const MsTables& tables, std::uint32_t seed, std::uint64_t patients);

}  // namespace myelin::reference
