#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "economics/population_value.hpp"
#include "economics/proposed_trial.hpp"
#include "report/section.hpp"

/// \file
/// What a scenario asks of the value of information, by the keys below `voi`.

namespace myelin::report {

/// Drawn inputs, by position, that are learnt together.
struct InputGroup {
  std::string name;
  std::string label;
  std::vector<std::size_t> inputs;
};

struct TrialRequest {
  std::string label;
  SourcePlace place;
  economics::ProposedTrial design;
  economics::TrialCost cost;
  Years until_known;  ///< until decisions are informed
};

struct VoiRequest {
  std::optional<std::vector<std::size_t>> inputs;  ///< one by one; none if the scenario leaves open which
  std::vector<InputGroup> groups;
  std::optional<economics::Population> population;  ///< each year's patients already discounted, as the rate may change
  std::vector<TrialRequest> trials;
};

/// Reads what is asked of parameter draws, or every mistake in it. Patients of later years are discounted at
/// `discount_cost`.
Result<VoiRequest> read_voi_request(const Questions& questions, const DiscountRate& discount_cost);

}  // namespace myelin::report
