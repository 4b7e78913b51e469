#include "bench/base_case.hpp"

#include <algorithm>

#include "engine/cohort.hpp"

namespace myelin::bench {

const study::PlannedAnalysis& BaseCase::analysis() {
  if (!plan_)
    plan_ = study::make_plan({.scenario = std::filesystem::path(MYELIN_BASE_CASE), .overrides = {}, .strategies = {}},
                             {&model_})
                .value();
  return plan_->analyses.front();
}

const std::vector<std::vector<double>>& BaseCase::means() {
  if (means_.empty()) {
    for (const Program& program : analysis().programs) {
      means_.push_back(engine::CohortEngine::make(program, {}, {}).value().forward(program).means);
    }
  }
  return means_;
}

OutcomeIndex BaseCase::outcome(const char* name) {
  const std::vector<Outcome>& outcomes = analysis().programs.front().outcomes;
  return {static_cast<std::size_t>(std::ranges::find(outcomes, name, &Outcome::name) - outcomes.begin())};
}

}  // namespace myelin::bench
