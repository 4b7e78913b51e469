#pragma once

#include <optional>
#include <vector>

#include "models/ms/model.hpp"
#include "study/plan.hpp"

namespace myelin::bench {

/// The base case of the MS model, read when it is first asked for.
class BaseCase {
 public:
  const ms::MsModel& model() const { return model_; }
  const study::PlannedAnalysis& analysis();

  /// Exact means by the cohort engine's forward solution: [strategy][outcome x 2 + column].
  const std::vector<std::vector<double>>& means();

  /// Position of an outcome; all strategies have the same.
  OutcomeIndex outcome(const char* name);

 private:
  ms::MsModel model_;
  std::optional<study::Plan> plan_;
  std::vector<std::vector<double>> means_;
};

}  // namespace myelin::bench
