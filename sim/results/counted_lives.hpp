#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/amounts.hpp"
#include "program/model.hpp"
#include "results/types.hpp"
#include "study/plan.hpp"

/// \file
/// The lives of a finished run as its tallies counted them: for what accrued in each state of the disease, and for
/// other amounts in the same lives.

namespace myelin::results {

/// The base analysis of a run.
struct CountedLives {
  const Model* model = nullptr;
  Population population;
  std::vector<Program> programs;  ///< [strategy] with the tallies of the run, and its amounts or those put on it since
};

/// The lives of `run`, whose plan is `ran`, with the amounts of `now`, the plan with the overrides that `run` has been
/// priced again with. None if this version of the program makes other programs of the scenario than the run had.
std::optional<CountedLives> counted_lives(const RunResults& run, const study::Plan& ran, const study::Plan& now);

/// The same lives with the amounts of `now`; none if patients would live otherwise under it.
std::optional<CountedLives> with_amounts_of(CountedLives lives, const study::Plan& now);

/// Whether a strategy of an analysis has the tallies, outcomes and cycles of a program: a file can say of its tables
/// what its numbers do not keep.
bool counts_fit(const Program& program, const AnalysisResult& analysis, const StrategyResult& strategy);

/// [tally][time x cells + cell] what the tallies of a strategy counted, as engine::amounts_from_tallies takes it.
std::vector<std::vector<double>> tallies_of(const StrategyResult& strategy);

/// [outcome] the discounted mean a patient that a program with the tallies of a strategy comes to; none where its
/// tallies do not tell it.
std::vector<std::optional<double>> discounted_means(const Program& program, const Population& population,
                                                    const StrategyResult& strategy);

}  // namespace myelin::results
