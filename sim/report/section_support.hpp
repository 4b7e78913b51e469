#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "economics/estimates.hpp"
#include "program/parameters.hpp"
#include "report/section.hpp"
#include "results/types.hpp"

/// \file
/// What several answers of `analyse` share: tables with a column a strategy, numbers as JSON, keys that belong
/// together.

namespace myelin::report {

/// A row of a table that has a column for each strategy.
struct StrategyRow {
  std::string label;
  std::vector<std::string> cells;  ///< [strategy]
};

/// A table with a column a strategy.
Table strategy_table(const results::AnalysisResult& analysis, const std::string& first_heading,
                     const std::vector<StrategyRow>& rows);

/// A heading without a currency: `title` and the number of draws.
Heading plain_heading(const results::AnalysisResult& analysis, const std::string& title);

/// A number with its standard error on the line below.
std::string estimate_cell(const economics::Estimate& estimate, int decimals);

/// As in the rest of the JSON of `analyse`: mean and Monte Carlo standard error.
nlohmann::ordered_json estimate_json(const economics::Estimate& estimate);

/// A proportion as a percentage: `62.2 %`.
std::string percent(double proportion);

/// The analysis that decisions rest on: the mean over parameter draws where the run has them, else the base case.
const results::AnalysisResult& decisive_analysis(const results::RunResults& run);

/// A sentence on what ± means, behind a blank; empty for the exact numbers of the cohort engine.
std::string meaning_of_error(const results::RunResults& run);

/// The place of the first key that the scenario itself gives below a table, such as `budget`; none without any.
std::optional<SourcePlace> first_key_below(const ParameterSet& parameters, const std::string& table);

/// A diagnostic at `place` for each of the keys that is absent.
Diagnostics absent_keys(const ParameterSet& parameters, std::initializer_list<const char*> keys,
                        const SourcePlace& place);

/// The strategy that the text at `key` names, or a diagnostic there.
Result<std::size_t> strategy_at(const Questions& questions, const std::string& key);

/// The strategy called `name`, or a diagnostic at `place`.
Result<std::size_t> strategy_called(const Questions& questions, const std::string& name, const SourcePlace& place);

/// Diagnostics of a computation, at the place of the key that asks for it.
Diagnostics placed_at(const SourcePlace& place, Diagnostics problems);

}  // namespace myelin::report
