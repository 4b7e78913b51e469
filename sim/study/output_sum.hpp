#pragma once

#include <cstdint>

#include "study/simulate.hpp"
#include "study/work.hpp"

namespace myelin::study {

/// Adds up the outputs of parameter draws, errors as sums of squares.
class OutputSum {
 public:
  OutputSum() = default;
  /// Of one draw.
  explicit OutputSum(AnalysisOutput output);

  /// Of no draw: zeros in the shape that sums over draws of these programs, with the tallies that are counted, have.
  static OutputSum shaped(const std::vector<Program>& programs);

  std::uint64_t count() const { return count_; }

  /// The mean over the draws. Its errors are those of the patients, who differ from draw to draw.
  AnalysisOutput mean() &&;

  /// Writes or reads all that it holds; what is read must have its shape.
  template <class Archive>
  void pass(Archive& archive);

  friend OutputSum merge(OutputSum a, const OutputSum& b);

 private:
  std::uint64_t count_ = 0;
  AnalysisOutput sum_;
};

template <class Archive>
void pass(Archive& archive, Estimates& estimates) {
  archive(estimates.mean);
  archive(estimates.standard_error);
}

template <class Archive>
void pass(Archive& archive, std::optional<engine::AmountsByTime>& amounts) {
  std::uint64_t known = amounts ? 1 : 0;
  archive(known);
  if (known == 0) amounts.reset();
  if (!amounts) return;
  archive(amounts->start);
  archive(amounts->point);
  archive(amounts->event);
}

template <class Archive>
void OutputSum::pass(Archive& archive) {
  archive(count_);
  archive.each(sum_.strategies, [&](StrategyOutput& strategy) {
    study::pass(archive, strategy.outcomes);
    archive.each(strategy.tallies, [&](std::vector<double>& tally) { archive.sparse(tally); });
    archive.each(strategy.amounts, [&](auto& amounts) { study::pass(archive, amounts); });
    archive(strategy.cohort_states);
  });
  archive.each(sum_.increments, [&](IncrementOutput& increment) {
    std::uint64_t strategy = increment.strategy, versus = increment.versus;
    archive(strategy);
    archive(versus);
    if (strategy != increment.strategy || versus != increment.versus) throw Unpacker::unfit();
    study::pass(archive, increment.outcomes);
    archive(increment.cost_qaly_covariance);
  });
  archive(sum_.patients);
  archive(sum_.patient_cycles);
}

}  // namespace myelin::study
