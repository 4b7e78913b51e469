#pragma once

#include <string>
#include <vector>

#include "report/export.hpp"

/// \file
/// Three files that SAVI, BCEA, voi and dampack read: the inputs drawn, and the discounted cost and QALYs of each
/// strategy, one row a draw in each. Columns or rows that change places between them would reverse a decision without a
/// word; so every column has a name, and what was written is read back and held against the run.

namespace myelin::report {

inline constexpr const char *psa_parameters_name = "psa_parameters.csv", *psa_costs_name = "psa_costs.csv",
                            *psa_effects_name = "psa_effects.csv";

/// Whether the run has draws of its parameters: more than one, each kept.
bool has_draws(const results::RunResults& run);

/// The three files of a run with draws, as simulated: with the noise of the patients of each draw.
std::vector<ExportFile> psa_files(const results::RunResults& run);

/// The texts of the three files as they stand on disk.
struct PsaTexts {
  std::string parameters, costs, effects;
};

/// Where the files and the run disagree, a sentence each: names and order of columns, number of rows, any value of any
/// draw, and the mean net monetary benefit of each strategy, found by its name, at the first threshold. Empty if they
/// lead to the same decision.
std::vector<std::string> psa_disagreements(const results::RunResults& run, const PsaTexts& texts);

}  // namespace myelin::report
