#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "economics/budget_impact.hpp"
#include "report/section.hpp"

/// \file
/// What a scenario asks of the budget impact, by the keys below `budget`.

namespace myelin::report {

/// The question as asked.
struct BudgetRequest {
  economics::BudgetInput input;
  std::vector<std::size_t> strategies;  ///< [strategy of the input] its index in the run
  std::int64_t first_year = 0;

  /// The calendar year of a year of the input, as tables show it.
  std::string name_of(std::size_t year) const;
};

/// The question with costs of 0, all that the scenario tells of it, or all mistakes in that; `place` is that of a key
/// below `budget`.
Result<BudgetRequest> read_budget_request(const Questions& questions, const SourcePlace& place);

/// Puts in what strategies cost; a diagnostic for each whose costs the run does not tell by year.
Diagnostics add_costs(const Material& material, BudgetRequest& request);

}  // namespace myelin::report
