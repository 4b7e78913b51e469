#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "bench/reference/edss11_numbers.hpp"

/// \file
/// edss11 as it is written without myelin: patient by patient, compiled for this very processor. Each implementation
/// gives the same sums and does per cycle what the engine does: two rewards and one draw.

namespace myelin::reference {

/// Sums over patients.
struct Edss11Totals {
  std::uint64_t patients = 0;
  std::uint64_t cycles_lived = 0;
  double cost = 0;
  double qalys = 0;
};

/// As a competent programmer would first write it: std::mt19937_64, and a std::discrete_distribution a state.
Edss11Totals live_by_discrete_distribution(std::uint64_t patients, std::uint64_t seed);

/// The usual faster way: std::mt19937, and a walk along the cumulative probabilities of the state, as integers.
Edss11Totals live_by_thresholds(std::uint64_t patients, std::uint64_t seed);

/// Lives `patients`, one after the other; `draw` gives the next state of a state.
template <class DrawNextState>
Edss11Totals live_edss11(std::uint64_t patients, DrawNextState draw) {
  std::array<double, edss11::cycles> weight{};
  for (std::size_t t = 0; t < edss11::cycles; ++t) {
    weight[t] = std::pow(1 + edss11::discount_rate_per_year, -static_cast<double>(t));
  }
  Edss11Totals totals{.patients = patients};
  for (std::uint64_t patient = 0; patient < patients; ++patient) {
    std::size_t s = edss11::start, t = 0;
    double cost = 0, qalys = 0;
    for (; t < edss11::cycles && s != edss11::dead; ++t) {
      cost += weight[t] * edss11::cost_per_year[s];
      qalys += weight[t] * edss11::utility[s];
      s = draw(s);
    }
    totals.cycles_lived += t;
    totals.cost += cost;
    totals.qalys += qalys;
  }
  return totals;
}

}  // namespace myelin::reference
